import type { ClusterNode, Instance } from '../../../model/cluster.ts'
import { fault, onSwarm, warning } from '../check.ts'
import type { Check, Diagnosis } from '../check.ts'
import type { SwarmFacts } from '../facts.ts'
import { byTime } from '../../../lib/order.ts'

interface Part {
  /** Its Swarm service is `<stack>_<name>`. */
  readonly name: string
  readonly on: 'every node' | 'managers' | 'any'
  /** What is missing where it doesn't run. */
  readonly without: string
}

const PARTS: readonly Part[] = [
  { name: 'consul-server', on: 'any', without: 'Consul has no leader: nothing changes any more' },
  { name: 'consul-agent', on: 'every node', without: 'tasks there are neither registered nor checked' },
  { name: 'haproxy', on: 'every node', without: 'nobody answers requests there' },
  { name: 'dns', on: 'every node', without: 'containers there find no name by 169.254.20.10' },
  { name: 'node', on: 'every node', without: 'the HAProxy there is not told of changes' },
  { name: 'controller', on: 'managers', without: 'it can’t take over when that node leads' },
]

/** A part that an older stack file had under another name. */
const RENAMED = { before: 'proxy', now: 'node' }

export const parts: Check = {
  name: 'parts',
  healthy: 'every part of Shoal runs wherever it should',
  find: onSwarm((swarm, { stack }) => [
    ...PARTS.flatMap((part) => missing(part, stack, swarm)),
    ...left(stack, swarm),
  ]),
}

/** A deployment without `--prune` leaves the part under its old name, which then does the same work beside the new one. */
function left(stack: string, { snapshot }: SwarmFacts): Diagnosis[] {
  const [before, now] = [`${stack}_${RENAMED.before}`, `${stack}_${RENAMED.now}`]
  if (!snapshot.workloads.some(({ name }) => name === before)) return []
  return [warning(`service ${before}`, `it is called ${now} by now`, `docker service rm ${before}`)]
}

function missing(part: Part, stack: string, swarm: SwarmFacts): Diagnosis[] {
  const name = `${stack}_${part.name}`
  const service = swarm.snapshot.workloads.find((each) => each.name === name)
  if (service === undefined) {
    return [
      fault(
        `service ${name}`,
        `it is not deployed: ${part.without}`,
        `docker stack deploy -c swarm/stack.yml ${stack}`,
      ),
    ]
  }
  const tasks = swarm.snapshot.instances.filter((task) => task.workloadId === service.id)
  const level = service.moving ? warning : fault
  const note = service.moving ? ' (it is being updated)' : ''
  if (part.on === 'any') {
    const running = tasks.filter(runs).length
    const wanted = service.wanted ?? 0
    if (running >= Math.max(wanted, 1)) return []
    const why = reason(tasks, swarm)
    return [
      level(
        `service ${name}`,
        `${running} of ${wanted} tasks run${note}: ${part.without}${why}`,
        wanted === 0 ? `docker service scale ${name}=1` : `docker service ps --no-trunc ${name}`,
      ),
    ]
  }
  return swarm.snapshot.nodes
    .filter((node) => isWanted(node, part))
    .filter((node) => !tasks.some((task) => task.nodeId === node.id && runs(task)))
    .map((node) => {
      const own = tasks.filter((task) => task.nodeId === node.id)
      const found = `no task of ${name} runs there${note}: ${part.without}${reason(own, swarm)}`
      return level(node.hostname, found, remedy(name, part, swarm))
    })
}

export function runs({ wanted, phase }: Instance): boolean {
  return wanted && phase === 'running'
}

/** Global services run on nodes that take tasks; those that don't are told by another check. */
export function isWanted({ status, availability, role }: ClusterNode, { on }: Pick<Part, 'on'>): boolean {
  return status === 'ready' && availability === 'active' && (on !== 'managers' || role === 'manager')
}

/** What Docker says of the newest task that has an error, after a semicolon; empty if none has. */
function reason(tasks: readonly Instance[], { tasks: setups }: SwarmFacts): string {
  const since = ({ id }: Instance) => setups.get(id)?.since ?? ''
  const newest = tasks.toSorted((a, b) => byTime(since(b), since(a)))[0]
  if (newest === undefined) return ''
  return newest.error === ''
    ? `; its task is ${setups.get(newest.id)?.state ?? newest.phase}`
    : `; ${newest.error}`
}

/** A constraint that the stack file does not have is the likeliest cause. */
function remedy(name: string, { on }: Part, { setups }: SwarmFacts): string {
  const setup = setups.find((each) => each.name === name)
  const own = on === 'managers' ? /^node\.role\s*==\s*manager$/ : /^$/
  const foreign = setup?.constraints.filter((constraint) => !own.test(constraint)) ?? []
  if (foreign.length === 0) return `docker service ps --no-trunc ${name}, then docker service logs ${name}`
  const options = foreign.map((constraint) => `--constraint-rm '${constraint}'`).join(' ')
  return `docker service update ${options} ${name}`
}
