import type { Cell } from './colour.ts'
import { formatHealth } from './endpoint-columns.ts'
import type { Kind } from './kind.ts'
import type { NodeView, HaproxyView, TaskView } from '../../views/node.ts'

export const NODES: Kind<NodeView> = {
  name: 'node',
  id: ({ name }) => name,
  names: ({ name, id }) => [name, id],
  namespace: () => null,
  columns: () => [
    { title: 'NAME', cell: ({ name }) => name, isKey: true },
    { title: 'STATUS', cell: ({ status }) => redUnless(status, 'ready') },
    { title: 'AVAILABILITY', cell: ({ availability }) => availability },
    { title: 'ROLE', cell: ({ role, leader }) => (leader ? `${role},leader` : role) },
    { title: 'ZONE', cell: ({ zone }) => zone ?? '-' },
    { title: 'NODE-ID', cell: ({ id }) => id, wide: true },
    { title: 'CONSUL-AGENT', cell: ({ consulAgent }) => redUnless(consulAgent, 'alive') },
    { title: 'HAPROXY', cell: ({ haproxy }) => haproxy?.address ?? '-' },
    { title: 'HAPROXY-HEALTH', cell: ({ haproxy }) => haproxyHealth(haproxy) },
    { title: 'TASKS', cell: ({ tasks }) => readyTasks(tasks) },
  ],
}

export function redUnless(found: string, wanted: string): Cell {
  return found === wanted ? found : { text: found, style: 'red' }
}

export function haproxyHealth(haproxy: HaproxyView | null): Cell {
  return haproxy === null ? { text: 'missing', style: 'red' } : formatHealth(haproxy.health)
}

function readyTasks(tasks: readonly TaskView[]): Cell {
  const ready = tasks.filter((task) => task.ready).length
  const text = `${ready}/${tasks.length}`
  return ready === tasks.length ? text : { text, style: 'yellow' }
}
