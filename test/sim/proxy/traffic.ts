import type { Server } from '../../../src/model/backend.ts'
import type { VirtualClock } from '../../loop/virtual-clock.ts'
import type { History } from '../history.ts'
import type { Random } from '../random.ts'
import type { Safety } from '../safety.ts'
import type { Declared, Specs } from '../specs.ts'
import { isWanted } from '../swarm/data.ts'
import type { SimNode, SimTask } from '../swarm/data.ts'
import type { Swarm } from '../swarm/swarm.ts'
import type { Proxy } from './proxy.ts'

/** ms after which HAProxy's own check has a dead server out: two failed ones, the second 200 ms after the first. */
const FAILOVER = 1500
/** ms that a task must have served to count on it: its check, and the way from there to HAProxy. */
const SETTLED = 5000
/** ms that a failure may be felt: a check a second, and HAProxy's own. */
const FAILURE_FELT = 4000
/** ms after a node's return in which its HAProxy may have what its disk knew before, and no agent to tell it better. */
const REBOOT_FELT = 20_000
const ATTEMPTS = 4
/** ms before SIGTERM in which a task gets no request. */
const LAST_MOMENT = 500

interface Known {
  readonly clock: VirtualClock
  readonly random: Random
  readonly history: History
  readonly swarm: Swarm
  readonly specs: Specs
  readonly safety: Safety
  readonly proxies: readonly Proxy[]
}

type Answer = 'ok' | 'bad' | 'none'

interface Request {
  readonly proxy: Proxy
  readonly answer: Answer
  readonly tasks: readonly SimTask[]
  /** IDs of the tasks that have been usable so far. */
  readonly usable: ReadonlySet<string>
}

/** Requests to all proxies, and what must come of them. */
export class Traffic {
  requests = 0
  readonly #known: Known
  /** When a task of each Swarm service last failed. */
  readonly #failures = new Map<string, number>()
  /** When each node last came back. */
  readonly #reboots = new Map<string, number>()
  /** Tasks that each proxy has had ready, by node and backend. */
  readonly #usable = new Map<string, Set<string>>()

  /** When each task was last asked, virtual ms, by its ID. */
  readonly #asked = new Map<string, number>()

  constructor(known: Known) {
    this.#known = known
  }

  /** A task of this Swarm service crashed, or fell sick. */
  failed(swarmService: string): void {
    this.#failures.set(swarmService, this.#known.clock.now())
  }

  /** A node is back. */
  rebooted(node: SimNode): void {
    this.#reboots.set(node.id, this.#known.clock.now())
  }

  /** When a task that may be asked was last asked, virtual ms; null if never. */
  lastRequest({ id }: SimTask): number | null {
    return this.#asked.get(id) ?? null
  }

  /** A task is about to get SIGTERM. */
  signalled(task: SimTask): void {
    const { clock, safety, history } = this.#known
    const asked = this.#asked.get(task.id)
    this.#asked.delete(task.id)
    if (asked === undefined || !safety.calm(clock.now() - (task.stoppedAt ?? clock.now()))) return
    const before = clock.now() - asked
    if (before < LAST_MOMENT) {
      history.violate('request in the last moment', `${task.id} had one ${before} ms before SIGTERM`)
    }
  }

  /** One request to each service through each proxy. */
  request(): void {
    for (const proxy of this.#known.proxies) {
      const back = this.#reboots.get(proxy.node.id) ?? Number.NEGATIVE_INFINITY
      if (!proxy.haproxy.isUp() || this.#known.clock.now() - back < REBOOT_FELT) continue
      for (const declared of this.#known.specs.all.values()) this.#ask(proxy, declared)
    }
  }

  #ask(proxy: Proxy, declared: Declared): void {
    const backend = `${declared.namespace}_${declared.name}`
    const servers = proxy.haproxy.servers(backend) ?? []
    const tasks = [...this.#known.swarm.tasks.values()].filter(
      ({ service }) => service.name === declared.selects,
    )
    const usable = this.#remember(`${proxy.node.id} ${backend}`, servers, tasks)
    this.requests += 1
    // Once a service is withdrawn no host leads to its backend, which only a reload removes.
    const isRouted = this.#known.specs.isSteady(declared.key)
    const answer = this.#send(servers, tasks, (task) => {
      if (isRouted) this.#asked.set(task.id, this.#known.clock.now())
    })
    if (answer !== 'ok') this.#judge(declared, { proxy, answer, tasks, usable })
  }

  /** As HAProxy does: a ready server by weight; if it refuses another one; backups while no other is up. */
  #send(servers: readonly Server[], tasks: readonly SimTask[], asked: (task: SimTask) => void): Answer {
    const { random } = this.#known
    const tried = new Set<string>()
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const up = servers.filter(
        (server) =>
          server.state === 'ready' &&
          server.weight > 0 &&
          !tried.has(server.name) &&
          this.#isUp(server, tasks),
      )
      const regular = up.filter(({ backup }) => !backup)
      const chosen = random.pick(regular.length > 0 ? regular : up)
      if (chosen === undefined) return 'none'
      const task = taskAt(chosen, tasks)
      const container = task?.container
      if (task !== undefined) asked(task)
      if (container?.listening === true) return container.healthy ? 'ok' : 'bad'
      tried.add(chosen.name)
    }
    return 'none'
  }

  /** What HAProxy's own check says. */
  #isUp(server: Server, tasks: readonly SimTask[]): boolean {
    const container = taskAt(server, tasks)?.container
    if (container === null || container === undefined) return false
    return container.listening || this.#known.clock.now() - (container.silentSince ?? 0) < FAILOVER
  }

  #remember(place: string, servers: readonly Server[], tasks: readonly SimTask[]): ReadonlySet<string> {
    const usable = this.#usable.get(place) ?? new Set()
    this.#usable.set(place, usable)
    for (const server of servers) {
      const task = server.state === 'ready' && server.weight > 0 ? taskAt(server, tasks) : undefined
      if (task !== undefined) usable.add(task.id)
    }
    return usable
  }

  #judge(declared: Declared, { proxy, answer, tasks, usable }: Request): void {
    const { clock, safety, specs, history } = this.#known
    if (!specs.isSteady(declared.key)) return
    const calm = safety.calm(SETTLED)
    // While Consul or the controller are in trouble, what was known before goes on; what is new since may stay unknown.
    const start = calm ? clock.now() : safety.disturbedFrom
    const failure = this.#failures.get(declared.selects) ?? Number.NEGATIVE_INFINITY
    const expected = tasks.filter(
      (task) =>
        isWanted(task) &&
        (task.container?.servingSince ?? Infinity) < start - SETTLED &&
        (calm || usable.has(task.id)),
    )
    if (expected.length === 0 || failure > start - FAILURE_FELT) return
    const names = expected.map(({ id }) => id).join(', ')
    history.violate(
      'request lost',
      `${declared.key} through ${proxy.node.id}: ${answer}, though ${names} serve`,
    )
  }
}

function taskAt({ address }: Server, tasks: readonly SimTask[]): SimTask | undefined {
  return tasks.find(({ addresses }) => addresses['shoal_mesh'] === address)
}
