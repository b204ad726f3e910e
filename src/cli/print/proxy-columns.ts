import type { Cell } from './colour.ts'
import type { Kind } from './kind.ts'
import { haproxyHealth } from './node-columns.ts'
import type { ProxyView, ProgrammedService } from '../../views/proxy.ts'

export const PROXIES: Kind<ProxyView> = {
  name: 'proxy',
  id: ({ node }) => node,
  names: ({ node }) => [node],
  namespace: () => null,
  columns: () => [
    { title: 'NODE', cell: ({ node }) => node, isKey: true },
    { title: 'ZONE', cell: ({ zone }) => zone ?? '-' },
    { title: 'PROGRAMMED', cell: programmedCell },
    { title: 'BEHIND', cell: (view) => listed(view, 'behind', 'yellow'), wide: true },
    { title: 'REFUSED', cell: (view) => listed(view, 'refused', 'red') },
    { title: 'HAPROXY', cell: ({ haproxy }) => haproxy?.address ?? '-' },
    { title: 'HEALTH', cell: ({ haproxy }) => haproxyHealth(haproxy) },
  ],
}

function programmedCell({ services }: ProxyView): Cell {
  const programmed = services.filter(({ state }) => state === 'programmed').length
  const text = `${programmed}/${services.length}`
  return programmed === services.length ? text : { text, style: 'yellow' }
}

function listed({ services }: ProxyView, wanted: ProgrammedService['state'], style: 'red' | 'yellow'): Cell {
  const text = services
    .filter(({ state }) => state === wanted)
    .map(({ service }) => service)
    .join(',')
  return text === '' ? '-' : { text, style }
}
