import type { Cell, Paint } from './colour.ts'
import { formatFields, formatList, formatSections } from './description.ts'
import { redUnless, haproxyHealth } from './node-columns.ts'
import type { HaproxyView, NodeView } from '../../views/node.ts'
import type { ProgrammedService, ProxyView } from '../../views/proxy.ts'

/** What `shoal describe node` prints. */
export function nodeText(view: NodeView, paint: Paint): string {
  const { name, id, status, availability, role, leader, zone, consulAgent, haproxy, tasks } = view
  const fields = formatFields(
    [
      ['Name', name],
      ['ID', id],
      ['Status', redUnless(status, 'ready')],
      ['Availability', availability],
      ['Role', leader ? `${role}, leader` : role],
      ['Zone', zone ?? '-'],
      ['Consul agent', redUnless(consulAgent, 'alive')],
      ...haproxyFields(haproxy),
    ],
    paint,
  )
  const rows = tasks.map(({ service, container, ready }): Cell[] => [
    service,
    container,
    ready ? 'yes' : { text: 'no', style: 'yellow' },
  ])
  const table = formatList(['SERVICE', 'TASK', 'READY'], rows, paint)
  return `${fields}\n\n${formatSections([['Tasks', table]], paint)}`
}

/** What `shoal describe proxy` prints. */
export function proxyText({ node, zone, haproxy, services }: ProxyView, paint: Paint): string {
  const fields = formatFields([['Node', node], ['Zone', zone ?? '-'], ...haproxyFields(haproxy)], paint)
  const rows = services.map((each): Cell[] => [
    each.service,
    stateCell(each.state),
    each.revision ?? '-',
    each.error?.replaceAll('\n', ' ') ?? '',
  ])
  const table = formatList(['SERVICE', 'STATE', 'REVISION', 'ERROR'], rows, paint)
  return `${fields}\n\n${formatSections([['Services', table]], paint)}`
}

function haproxyFields(haproxy: HaproxyView | null): (readonly [string, Cell])[] {
  return [
    ['HAProxy', haproxy?.address ?? '-'],
    ['HAProxy health', haproxyHealth(haproxy)],
  ]
}

function stateCell(state: ProgrammedService['state']): Cell {
  return state === 'programmed' ? state : { text: state, style: state === 'refused' ? 'red' : 'yellow' }
}
