import { namespaceOfStack, serviceKey } from '../../model/names.ts'
import type { ServiceKey, ServiceSpec } from '../../model/service.ts'
import type { ServiceDescription, Workload, ClusterSnapshot, Instance } from '../../model/cluster.ts'
import { formatSpecError } from '../../spec/messages/errors.ts'
import { parseSpec } from '../../spec/parse.ts'
import { specsOfVariables } from '../../spec/registrator/registrator.ts'
import type { VariableSpec } from '../../spec/registrator/registrator.ts'
import { inForceFrom } from './declaration.ts'
import type { Declaration, Known, Problem } from './declaration.ts'
import { instancesOf } from './lookup.ts'
import { byAge } from '../../lib/order.ts'
import { once } from '../../lib/once.ts'
import { SPEC_LABEL, sourceText } from '../../model/source.ts'
import type { Source } from '../../model/source.ts'

/**
 * What Swarm services say of themselves, the oldest first: in the label `shoal.spec`, or else in SERVICE_* variables.
 * Variables count on the mesh alone: elsewhere they may be meant for something else, so that nothing but a problem
 * comes of them.
 */
export function declaredByServices(snapshot: ClusterSnapshot, known: Known, mesh: string): Declaration[] {
  return snapshot.workloads
    .flatMap((service) =>
      service.labels[SPEC_LABEL] === undefined
        ? ofVariables(service, known, instancesOf(snapshot, service.name), mesh)
        : [ofLabel(service, known)],
    )
    .toSorted(byAge)
}

/** One version of what a service says: a usable spec, or else why it is none and under which key that is told. */
type Read =
  | { readonly spec: ServiceSpec }
  | { readonly spec: null; readonly key: ServiceKey; readonly problem: Problem }

interface Versions {
  readonly newest: Read
  /** The version that Swarm remembers, if it is good. */
  readonly before: () => ServiceSpec | null
  /** What that version declares of the service of this key, where it is not `before`. */
  readonly earlier?: (key: ServiceKey) => ServiceSpec | null
}

/** Where the newest version is bad: what is in force from the same place, else the version that Swarm remembers. */
function declaration(
  service: Workload,
  source: Source,
  { newest, before, earlier = before }: Versions,
  known: Known,
): Declaration {
  const base = { source, specSource: source, createdAt: service.createdAt, earlier: null }
  if (newest.spec !== null) {
    const key = serviceKey(newest.spec)
    return { ...base, key, spec: newest.spec, problems: [], earlier: { spec: earlier(key) } }
  }
  const spec = inForceFrom(source, known)?.spec ?? before()
  return { ...base, key: spec === null ? newest.key : serviceKey(spec), spec, problems: [newest.problem] }
}

function ofLabel(service: Workload, known: Known): Declaration {
  const before = () => previousLabel(service)?.spec ?? null
  return declaration(service, labelOf(service), { newest: newestLabel(service), before }, known)
}

// While anything moves, a plan is made five times a second: what a service says is read once for each version of it.
const newestLabel = once((service: Workload): Read => readLabel(service, service))
const previousLabel = once((service: Workload): Read | null =>
  service.previous === null ? null : readLabel(service.previous, service),
)
const newestVariables = once((service: Workload) => specsOfVariables(service, service))
const previousVariables = once((service: Workload) =>
  service.previous === null ? [] : specsOfVariables(service.previous, service),
)

function labelOf({ name: service }: Workload): Source {
  return { kind: 'label', service }
}

function readLabel({ labels }: Pick<ServiceDescription, 'labels'>, service: Workload): Read {
  const context = { source: sourceText(labelOf(service)), stack: service.group, service: service.name }
  const parsed = parseSpec(labels[SPEC_LABEL] ?? '', context)
  if (parsed.ok) return { spec: parsed.spec }
  const message = parsed.errors.map(formatSpecError).join('; ')
  return { spec: null, key: keyOfService(service), problem: { reason: 'InvalidSpec', message } }
}

/** The key under which a service is reported that no readable spec names. */
function keyOfService(service: Workload): ServiceKey {
  return serviceKey({ namespace: namespaceOfStack(service.group), name: service.nameInGroup })
}

function ofVariables(
  service: Workload,
  known: Known,
  tasks: readonly Instance[],
  mesh: string,
): Declaration[] {
  const addressed = tasks.filter(({ addresses }) => Object.keys(addresses).length > 0)
  const isOnMesh = addressed.some(({ addresses }) => addresses[mesh] !== undefined)
  return newestVariables(service).flatMap((newest) => {
    const { port, source } = newest
    // Its tasks have no addresses yet, or it has none: on which networks it is can't be told.
    if (addressed.length === 0 && inForceFrom(source, known) === undefined) return []
    if (addressed.length > 0 && !isOnMesh) return [notOnMesh(service, newest, mesh)]
    const good = previousVariables(service).filter((each) => each.ok)
    const before = () => good.find((each) => each.port === port)?.spec ?? null
    // Another port may have the name by now.
    const earlier = (key: ServiceKey) => good.find(({ spec }) => serviceKey(spec) === key)?.spec ?? before()
    return [declaration(service, source, { newest: readOf(newest), before, earlier }, known)]
  })
}

function readOf(read: VariableSpec): Read {
  if (read.ok) return { spec: read.spec }
  const problem: Problem = { reason: 'InvalidSpec', message: read.errors.join('; ') }
  return { spec: null, key: serviceKey(read), problem }
}

function notOnMesh({ name, createdAt }: Workload, read: VariableSpec, mesh: string): Declaration {
  const { source } = read
  const message = `service ${name} has SERVICE_ variables, but is not on network ${mesh}: attach it, or set SERVICE_IGNORE=true`
  const problems: Problem[] = [{ reason: 'NotOnMesh', message }]
  const key = serviceKey(read.ok ? read.spec : read)
  return { key, spec: null, source, specSource: source, createdAt, problems, earlier: null }
}
