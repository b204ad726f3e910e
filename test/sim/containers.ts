import type { Registration } from '../../src/model/registration.ts'
import { deployment } from '../controller/plan/world.ts'
import type { Instance } from './consul/agent.ts'
import type { Consul } from './consul/consul.ts'
import type { Haproxy } from './proxy/haproxy.ts'
import { serves } from './swarm/data.ts'
import type { SimNode, SimTask } from './swarm/data.ts'
import type { Swarm } from './swarm/swarm.ts'

export interface Host {
  readonly swarm: Swarm
  readonly consul: Consul
  readonly haproxy: (node: SimNode) => Haproxy
  /** Told of a Swarm service of which a container ended unasked. */
  readonly failed: (swarmService: string) => void
}

/** What is in the containers: Consul agents and HAProxies, and applications that answer checks. */
export class Containers {
  readonly #host: Host
  /** The Consul agents' data folders, by node ID. */
  readonly #folders = new Map<string, ReadonlyMap<string, Instance>>()

  constructor(host: Host) {
    this.#host = host
  }

  started(task: SimTask): void {
    const node = this.#host.swarm.node(task.nodeId)
    if (node === null) return
    if (task.service.name === deployment.haproxy) this.#host.haproxy(node).start(task.id)
    if (task.service.name !== deployment.consulAgent) return
    const folder = this.#folders.get(node.id) ?? new Map<string, Instance>()
    this.#host.consul.join(node, addressOf(task), folder, (registration) => this.#probe(registration))
  }

  ended(task: SimTask): void {
    const node = this.#host.swarm.node(task.nodeId)
    if (node === null) return
    if (task.service.name === deployment.haproxy) this.#host.haproxy(node).stop(task.id)
    else if (task.service.name === deployment.consulAgent) this.#agentEnded(task, node)
    else if (task.container?.signalled === false) this.#host.failed(task.service.name)
  }

  /** A node's Consul agent dies; the next one finds its data folder, or an empty one. */
  restartAgent(nodeId: string, remembers: boolean): void {
    const task = [...this.#host.swarm.tasks.values()].find(
      ({ service, container, ...each }) =>
        each.nodeId === nodeId && service.name === deployment.consulAgent && container?.exited === false,
    )
    if (task === undefined) return
    this.#host.swarm.crash(task)
    if (!remembers) this.#folders.delete(nodeId)
  }

  #agentEnded(task: SimTask, node: SimNode): void {
    const agent = this.#host.consul.agentAt(addressOf(task))
    if (agent === null) return
    this.#folders.set(node.id, agent.instances)
    this.#host.consul.leave(agent)
  }

  /** What a check finds at its target. */
  #probe({ address, check }: Registration): boolean {
    const tasks = [...this.#host.swarm.tasks.values()]
    const task = tasks.find(({ addresses }) => addresses[deployment.mesh] === address)
    if (task === undefined) return false
    return check.http === null ? task.container?.listening === true : serves(task)
  }
}

function addressOf({ addresses }: SimTask): string {
  return addresses[deployment.control] ?? ''
}
