import type { Log } from '../lib/log.ts'
import { sameContent } from '../lib/same.ts'
import type { ClusterSnapshot } from '../model/cluster.ts'
import type { Deployment } from '../model/deployment.ts'
import type { HeldRegistration } from '../model/registration.ts'
import type { ConsulStep } from './plan/steps.ts'
import type { ConsulAgentPort, ControllerPorts } from './ports.ts'
import type { ControllerState, RegisteredByNode } from './state.ts'
import { consulAgentAddress, workConsulAgent } from './work.ts'

/** The Consul agents of all nodes, and what each was last seen to hold. */
export class ConsulAgents {
  readonly #ports: Pick<ControllerPorts, 'consulAgent'>
  readonly #deployment: Deployment
  readonly #log: Log
  readonly #registered = new Map<string, readonly HeldRegistration[]>()

  constructor(ports: Pick<ControllerPorts, 'consulAgent'>, deployment: Deployment, log: Log) {
    this.#ports = ports
    this.#deployment = deployment
    this.#log = log
  }

  /** By node ID. */
  get registered(): RegisteredByNode {
    return this.#registered
  }

  /** Asks all that answer what they hold. */
  async askAll(snapshot: ClusterSnapshot): Promise<void> {
    await Promise.allSettled(
      snapshot.nodes.map(async ({ id }) => {
        const agent = this.at(snapshot, id)
        if (agent !== null) this.#registered.set(id, await agent.registered())
      }),
    )
  }

  /** A node's agent; null while none runs there. */
  at(snapshot: ClusterSnapshot, node: string): ConsulAgentPort | null {
    const address = consulAgentAddress(snapshot, node, this.#deployment)
    return address === null ? null : this.#ports.consulAgent(address)
  }

  /** Whether a node's agent is where it was. */
  isSame(before: ClusterSnapshot, now: ClusterSnapshot, node: string): boolean {
    const [was, is] = [before, now].map((each) => consulAgentAddress(each, node, this.#deployment))
    return was === is
  }

  /**
   * Brings a node's agent to what the newest state says, and tells of each step once it is done.
   * Returns whether it holds something else then than when it was last seen. `newest` is null once
   * there is nothing to be done any more.
   */
  async work(
    node: string,
    agent: ConsulAgentPort,
    newest: () => ControllerState | null,
    onDone: (step: ConsulStep) => void,
  ): Promise<boolean> {
    const before = this.#registered.get(node)
    const after = await workConsulAgent(agent, node, newest, { log: this.#log, onDone })
    if (after === null || newest() === null) return false
    this.#registered.set(node, after)
    return !sameContent(before, after)
  }
}
