import type { HeldRegistration, Registration } from '../model/registration.ts'
import { ask, ConsulError } from './call.ts'
import type { CallOptions, ConsulApi, Reply } from './call.ts'
import { checkDefinition, finding } from './check.ts'
import { checkId } from '../model/names.ts'
import { asList, asObject, asText } from '../lib/unknown.ts'
import { by } from '../lib/order.ts'

/** ms: an agent answers these from its own memory. */
const AGENT_TIMEOUT = 2000
const MAINTENANCE_CHECK = '_service_maintenance:'

export interface AgentSelf {
  /** Consul's name of the node. */
  readonly node: string
  readonly datacenter: string
  /** `host:port` on which the agent answers DNS. */
  readonly dnsAddresses: readonly string[]
}

/** One node's Consul agent. Every call rejects with ConsulError after 2 s at the latest. */
export interface ConsulAgent {
  /** What Shoal has registered there, by ID. */
  registered(): Promise<readonly HeldRegistration[]>
  /**
   * Registers, or changes what is registered: then the check keeps its status and output until it
   * runs again, and maintenance stays as it is. Maintenance itself is set by `setMaintenance`
   * alone. A new one whose check asks the same of the same task as that of the instance `checkedAs`
   * passes from the start if that one passes; any other is unchecked for up to an interval.
   */
  register(registration: Registration, checkedAs?: string): Promise<void>
  /**
   * Drains an instance, saying why (in its maintenance check's Notes), or lets it serve again
   * (null).
   */
  setMaintenance(id: string, reason: string | null): Promise<void>
  /** An unknown ID is fine. */
  deregister(id: string): Promise<void>
  self(): Promise<AgentSelf>
}

export function consulAgent(api: ConsulApi): ConsulAgent {
  const { agent } = api.npm
  const request = (what: string, call: (options: CallOptions) => Promise<unknown>): Promise<Reply> =>
    ask(api, what, { timeout: AGENT_TIMEOUT }, call)
  const isPassing = async (id: string): Promise<boolean> => {
    const filter = `CheckID == "${checkId(id)}"`
    const { body } = await request(`asking for the check of ${id}`, (options) =>
      agent.check.list({ filter, ...options }),
    )
    return finding(asObject(body)[checkId(id)]) === 'passing'
  }
  return {
    async registered() {
      const ours = '"shoal-hash" in Meta'
      const maintenance = `CheckID matches "^${MAINTENANCE_CHECK}"`
      const [services, checks] = await Promise.all([
        request('listing services', (options) => agent.service.list({ filter: ours, ...options })),
        request('listing maintenance', (options) => agent.check.list({ filter: maintenance, ...options })),
      ])
      return registeredInstances(services.body, checks.body)
    },
    async register(registration, checkedAs) {
      const passes = checkedAs !== undefined && (await isPassing(checkedAs))
      const { id, service, address, port, tags, meta } = registration
      const definition = { id, name: service, address, port, tags: [...tags], meta: { ...meta } }
      await request(`registering ${id}`, (options) =>
        agent.service.register({ ...definition, check: checkDefinition(registration, passes), ...options }),
      )
    },
    async setMaintenance(id, reason) {
      const wanted = reason === null ? { id, enable: false } : { id, enable: true, reason }
      await request(`${reason === null ? 'ending' : 'setting'} maintenance of ${id}`, (options) =>
        agent.service.maintenance({ ...wanted, ...options }),
      )
    },
    async deregister(id) {
      try {
        await request(`deregistering ${id}`, (options) => agent.service.deregister({ id, ...options }))
      } catch (error) {
        if (!(error instanceof ConsulError && error.status === 404)) throw error
      }
    },
    async self() {
      const { body } = await request('asking for its configuration', (options) => agent.self({ ...options }))
      return agentSelf(body)
    },
  }
}

/** From the answers of `/v1/agent/services` and `/v1/agent/checks`. */
export function registeredInstances(services: unknown, checks: unknown): readonly HeldRegistration[] {
  const maintained = new Set(Object.keys(asObject(checks)))
  return Object.values(asObject(services))
    .map((answer) => {
      const { ID, Service, Meta } = asObject(answer)
      const id = asText(ID)
      const meta = asObject(Meta)
      const maintenance = maintained.has(MAINTENANCE_CHECK + id)
      return {
        id,
        service: asText(Service),
        hash: asText(meta['shoal-hash']),
        instanceId: asText(meta['shoal-task']),
        maintenance,
      }
    })
    .filter(({ hash }) => hash !== '')
    .sort(by(({ id }) => id))
}

/** From the answer of `/v1/agent/self`, which writes a DNS address as `udp://10.0.0.1:8600`. */
export function agentSelf(answer: unknown): AgentSelf {
  const { Config, DebugConfig } = asObject(answer)
  const { NodeName, Datacenter } = asObject(Config)
  const dns = asList(asObject(DebugConfig)['DNSAddrs']).map((address) =>
    asText(address).replace(/^\w+:\/\//, ''),
  )
  return { node: asText(NodeName), datacenter: asText(Datacenter), dnsAddresses: [...new Set(dns)] }
}
