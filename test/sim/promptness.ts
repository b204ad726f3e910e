import type { VirtualClock } from '../loop/virtual-clock.ts'
import type { Instance } from './consul/agent.ts'
import type { Consul } from './consul/consul.ts'
import type { History } from './history.ts'
import type { Proxy } from './proxy/proxy.ts'
import { PROMPT } from './safety.ts'
import type { Rule, Safety } from './safety.ts'
import type { Declared, Specs } from './specs.ts'
import { isWanted } from './swarm/data.ts'
import type { SimTask } from './swarm/data.ts'
import type { Swarm } from './swarm/swarm.ts'

/** ms from the world's beginning until all of Shoal's own parts run. */
const STARTED = 15_000
/** ms that a task must have served for the others of its service to count on it. */
const SETTLED = 5000
/** ms between two questions whether Swarm calls a task running. */
const POLL = 10

interface Known {
  readonly clock: VirtualClock
  readonly history: History
  readonly swarm: Swarm
  readonly consul: Consul
  readonly specs: Specs
  readonly safety: Safety
  readonly proxies: readonly Proxy[]
}

/**
 * What must be done within its time while all is well. What is late comes right all the same, by the next comparison of
 * everything: only these rules tell that the quick way is gone.
 */
export class Promptness {
  /** Set where a controller or a node agent is away for good: nobody is there to be prompt. */
  unattended = false
  /** How often each rule was judged. */
  readonly judged = new Map<Rule, number>()
  readonly #known: Known

  constructor(known: Known) {
    this.#known = known
  }

  /** Swarm no longer means a task to run: it is to stop, or is known to be dead. */
  decided(task: SimTask): void {
    if (task.container?.exited === true) this.#died(task)
    else this.#within('drain late', PROMPT.drain, () => this.#stillReady(task))
  }

  /** A service's declaration is another one now. */
  declared(declared: Declared): void {
    const { good, bad } = declared
    if (good === null || bad) return
    const isNew = this.#known.proxies.some(({ haproxy }) => haproxy.servers(backendOf(declared)) === null)
    this.#within('policy late', isNew ? PROMPT.newPolicy : PROMPT.changedPolicy, () => {
      // By now another version is what counts.
      if (declared.good !== good || declared.bad) return null
      const lacking = this.#upProxies().filter(({ haproxy }) => {
        const servers = haproxy.servers(backendOf(declared))
        return servers === null || servers.some(({ maxConnections }) => maxConnections !== good)
      })
      return lacking.length === 0 ? null : `${declared.key}: ${names(lacking)} lack version ${good}`
    })
  }

  /**
   * The task of a node's Consul agent listens. Nobody calls it before Swarm says that it runs; if that was sooner, the
   * controller was refused and waits before it tries again, so that nothing is judged.
   */
  agentListens(task: SimTask): void {
    if (task.state === 'running') return
    const wait = (): void => {
      if (task.state === 'running') {
        this.#within('new agent unused', PROMPT.newAgent, () => this.#notRegistered(task))
      } else if (isWanted(task)) this.#known.clock.schedule(wait, POLL)
    }
    wait()
  }

  /** `late` says what is not done yet once the time is over, null if all is. */
  #within(rule: Rule, ms: number, late: () => string | null): void {
    const { clock, safety, history } = this.#known
    if (clock.now() < STARTED) return
    clock.schedule(() => {
      if (this.unattended || !safety.calm(ms)) return
      this.judged.set(rule, (this.judged.get(rule) ?? 0) + 1)
      const what = late()
      if (what !== null) history.violate(rule, `${what} after ${ms} ms`)
    }, ms)
  }

  /** While no other task serves, those that are to stop go on. */
  #stillReady(task: SimTask): string | null {
    const { swarm, specs, clock } = this.#known
    const others = [...swarm.tasks.values()].filter(
      (other) =>
        other.service === task.service &&
        isWanted(other) &&
        (other.container?.servingSince ?? Infinity) < clock.now() - SETTLED,
    )
    if (others.length === 0) return null
    const address = task.addresses['shoal_mesh']
    const steady = [...specs.all.values()].filter(
      ({ key, selects }) => selects === task.service.name && specs.isSteady(key),
    )
    const ready = this.#upProxies().filter(({ haproxy }) =>
      steady.some((declared) =>
        haproxy
          .servers(backendOf(declared))
          ?.some((server) => server.address === address && server.state === 'ready'),
      ),
    )
    return ready.length === 0 ? null : `${task.id} is ready in ${names(ready)}, though it is to stop`
  }

  /** Its check may have failed before Swarm knew: then nothing tells the controller when to look. */
  #died(task: SimTask): void {
    if (!this.#instances(task).every(({ status }) => status === 'passing')) return
    this.#within('dead task registered', PROMPT.deadTask, () => {
      const left = this.#instances(task).filter(({ maintenance }) => maintenance === null)
      return left.length === 0 ? null : `${left[0]?.registration.id} is registered, though ${task.id} is dead`
    })
  }

  #notRegistered({ nodeId }: SimTask): string | null {
    const { swarm, specs, clock } = this.#known
    const steady = [...specs.all.values()].filter(({ key }) => specs.isSteady(key))
    const missing = [...swarm.tasks.values()].filter(
      (task) =>
        task.nodeId === nodeId &&
        isWanted(task) &&
        (task.container?.servingSince ?? Infinity) < clock.now() - SETTLED &&
        steady.some(({ selects }) => selects === task.service.name) &&
        this.#instances(task).length === 0,
    )
    if (missing.length === 0) return null
    return `${missing.map(({ id }) => id).join(', ')} are not registered at ${nodeId}'s new Consul agent`
  }

  #instances(task: SimTask): Instance[] {
    const instances = this.#known.consul.agent(task.nodeId)?.instances.values() ?? []
    return [...instances].filter(({ registration }) => registration.meta['shoal-task'] === task.id)
  }

  #upProxies(): Proxy[] {
    return this.#known.proxies.filter(({ haproxy }) => haproxy.isUp())
  }
}

function backendOf({ namespace, name }: Declared): string {
  return `${namespace}_${name}`
}

function names(proxies: readonly Proxy[]): string {
  return proxies.map(({ node }) => node.id).join(', ')
}
