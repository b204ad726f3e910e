/**
 * Gathers what the checks look at from Docker, Consul and the kernel. What can't be had is unknown,
 * with the reason.
 */
import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { CONSUL } from '../clients.ts'
import type { Policy } from '../../model/policy.ts'
import type { ServiceKey } from '../../model/service.ts'
import type { ClusterSnapshot } from '../../model/cluster.ts'
import { consulAgentAddress } from '../../controller/work.ts'
import { RemoteError } from '../../lib/errors.ts'
import { connectDocker } from '../../docker/docker.ts'
import { observe } from '../../docker/observe.ts'
import { describeEngine, describeServices, describeTasks } from '../../docker/setup.ts'
import type { CliContext } from '../../settings.ts'
import { foreseeStatuses } from '../../views/foresee.ts'
import { isUnknown } from './facts.ts'
import type { ConsulFacts, DoctorFacts, SwarmFacts, Unknown } from './facts.ts'
import { decodePoliciesInForce, POLICIES } from '../../store/policies.ts'
import { SERVICE_REPORTS } from '../../store/reports.ts'
import { STATUSES } from '../../store/statuses.ts'

/**
 * Where the kernel keeps its virtual servers, if it has IP_VS. Docker has loaded it if a service
 * ever asked for it.
 */
const IPVS = '/proc/net/ip_vs'

/** How often an observation is made that can't be relied on, and the pause between, ms. */
const ATTEMPTS = 5
const PAUSE = 400

type Observed = Pick<SwarmFacts, 'snapshot' | 'setups' | 'tasks'>

/**
 * The facts as they are now. `outside` says why Consul can't be asked from here; null in a
 * container of Shoal's.
 */
export async function gather(context: CliContext, outside: string | null): Promise<DoctorFacts> {
  const { stack, settings } = context
  const now = Date.now()
  const engine = await attempt(describeEngine())
  const observed = isUnknown(engine) ? engine : await attempt(observeSwarm(context))
  const consul = await consulFacts(context, observed, outside)
  const known = isUnknown(consul) ? new Map<ServiceKey, Policy>() : consul.policies
  const swarm = isUnknown(observed) ? observed : swarmFacts(observed, known, settings, now)
  const ipvs = outside === null ? existsSync(IPVS) : { unknown: outside }
  return { stack, settings, now, engine, swarm, consul, ipvs }
}

/** A fact, or why it can't be had. */
export async function attempt<T>(fact: Promise<T>): Promise<T | Unknown> {
  try {
    return await fact
  } catch (error) {
    if (error instanceof RemoteError) return { unknown: error.message }
    throw error
  }
}

/** Observes anew while a list contradicts another: services were just made or removed. */
async function observeSwarm({ settings }: CliContext): Promise<Observed | Unknown> {
  const docker = await connectDocker()
  for (let attempts = 1; ; attempts += 1) {
    const [snapshot, setups, tasks] = await Promise.all([
      observe(docker),
      describeServices(docker),
      describeTasks(docker),
    ])
    const foresight = foreseeStatuses(snapshot, new Map(), settings, Date.now())
    if (!('unreliable' in foresight)) return { snapshot, setups, tasks }
    if (attempts === ATTEMPTS) return { unknown: foresight.unreliable }
    await setTimeout(PAUSE)
  }
}

function swarmFacts(
  observed: Observed,
  known: ReadonlyMap<ServiceKey, Policy>,
  settings: CliContext['settings'],
  now: number,
): SwarmFacts | Unknown {
  const foresight = foreseeStatuses(observed.snapshot, known, settings, now)
  if ('unreliable' in foresight) return { unknown: foresight.unreliable }
  return { ...observed, foreseen: foresight.statuses, policies: foresight.policies }
}

async function consulFacts(
  context: CliContext,
  observed: Observed | Unknown,
  outside: string | null,
): Promise<ConsulFacts | Unknown> {
  const { consulUrl } = context
  if (consulUrl === null) {
    return { unknown: outside ?? 'Consul can only be asked from a container of Shoal’s' }
  }
  if (isUnknown(observed)) return observed
  return await attempt(askConsul(consulUrl, observed.snapshot, context))
}

async function askConsul(
  consulUrl: string,
  snapshot: ClusterSnapshot,
  { settings }: CliContext,
): Promise<ConsulFacts> {
  const { cluster, kv } = CONSUL.at(consulUrl)
  const addressed = snapshot.nodes.flatMap(({ id }): [string, string][] => {
    const address = consulAgentAddress(snapshot, id, settings.deployment)
    return address === null ? [] : [[id, address]]
  })
  const [members, policies, statuses, reports, ...agents] = await Promise.all([
    cluster.members(),
    kv.read(POLICIES.prefix),
    kv.read(STATUSES.prefix),
    kv.read(SERVICE_REPORTS.prefix),
    ...addressed.map(async ([id, address]) => [id, await attempt(CONSUL.on(address).cluster.ask())] as const),
  ])
  return {
    members,
    agents: new Map(agents),
    policies: decodePoliciesInForce(policies),
    statuses: STATUSES.decode(statuses).entries,
    reports: [...SERVICE_REPORTS.decode(reports).entries.values()],
  }
}
