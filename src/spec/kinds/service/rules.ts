/** Rules between the fields of a spec, and others that a schema can't state. */
import { HTTP_PORT } from '../../../model/listener.ts'
import { consulServiceName } from '../../../model/names.ts'
import type { ServicePort, ServiceSpec } from '../../../model/service.ts'
import { duplicate, missingField } from '../../messages/found-expected.ts'
import type { Surroundings } from '../kind.ts'
import { formatDuration } from '../../duration.ts'
import type { Violation } from '../../messages/errors.ts'
import type { ManifestPort, ServiceManifest } from './manifest.ts'
import { SERVICE_SCHEMA } from './schema.ts'
import { valueAt } from '../../path.ts'
import type { Path } from '../../path.ts'
import { quoted } from '../../messages/phrases.ts'

const HOUR = 3_600_000
const DNS_LABEL_LENGTH = 63

interface Limit {
  readonly path: Path
  readonly of: (spec: ServiceSpec) => number
  /** ms */
  readonly least: number
  /** ms; HAProxy's timers end at 24 days. */
  readonly most: number
  readonly why: string
}

const LIMITS: readonly Limit[] = [
  {
    path: ['spec', 'health', 'interval'],
    of: ({ health }) => health.interval,
    least: 1000,
    most: HOUR,
    why: ': Consul runs no check more often than every second',
  },
  { path: ['spec', 'health', 'timeout'], of: ({ health }) => health.timeout, least: 1, most: HOUR, why: '' },
  { path: ['spec', 'drain'], of: ({ drain }) => drain, least: 0, most: 24 * HOUR, why: '' },
  { path: ['spec', 'timeout'], of: ({ timeout }) => timeout, least: 1, most: 24 * HOUR, why: '' },
]

/** Everything a spec breaks beyond the schema. `spec` is `manifest` completed. */
export function brokenRules(
  manifest: ServiceManifest,
  spec: ServiceSpec,
  { service }: Surroundings,
): Violation[] {
  return [
    ...brokenSelector(spec, service),
    ...brokenPorts(manifest.spec.ports, spec.ports),
    ...brokenHosts(spec),
    ...brokenDurations(manifest, spec),
    ...brokenNames(spec),
  ]
}

function brokenSelector({ selector }: ServiceSpec, implied: string | null): Violation[] {
  const path = ['spec', 'selector', 'service']
  if (selector.service === '') return [missingField(SERVICE_SCHEMA, path.slice(0, 2))]
  if (implied === null || selector.service === implied) return []
  const message = `found ${quoted(selector.service)}; a spec in the label of service ${implied} is for that one: leave the selector out`
  return [{ code: 'SelectorConflict', path, message }]
}

function brokenPorts(written: readonly ManifestPort[], ports: readonly ServicePort[]): Violation[] {
  return ports.flatMap((port, index) => {
    const path = ['spec', 'ports', index]
    const earlier = ports.slice(0, index)
    const twin = (field: 'name' | 'port'): Violation[] => {
      const first = earlier.findIndex((each) => each[field] === port[field])
      if (first === -1) return []
      const message = `found ${quoted(port[field])}, which is the ${field === 'name' ? 'name' : 'port'} of ports[${first}] already; each port of a service needs its own`
      return [{ code: 'DuplicatePort', path: [...path, field], message }]
    }
    const reserved = port.protocol === 'tcp' && port.port === HTTP_PORT
    const message = `found 80 for protocol tcp; HAProxy’s HTTP listener has port 80: take another port, or protocol http`
    const broken: Violation[] = reserved ? [{ code: 'ReservedPort', path: [...path, 'port'], message }] : []
    const samePort = twin('port')
    // A default name may repeat just because the port does.
    const sameName = written[index]?.name === undefined && samePort.length > 0 ? [] : twin('name')
    return [...sameName, ...samePort, ...broken]
  })
}

function brokenHosts({ hosts, aliases, ports }: ServiceSpec): Violation[] {
  const path = ['spec', 'hosts']
  const again = [...repeated(path, hosts), ...repeated(['spec', 'aliases'], aliases)]
  if (hosts.length === 0 || ports.some(({ protocol }) => protocol === 'http')) return again
  const message = 'hosts are for HTTP, and no port speaks it; leave hosts out, or give a port protocol http'
  return [...again, { code: 'HostsWithoutHttp', path, part: 'key', message }]
}

/** The schema doesn't see that names are equal which differ in capitals alone. */
function repeated(path: Path, names: readonly string[]): Violation[] {
  return names.flatMap((name, index) => {
    const first = names.indexOf(name)
    return first === index ? [] : [duplicate(path, first, index, names)]
  })
}

function brokenDurations(manifest: ServiceManifest, spec: ServiceSpec): Violation[] {
  return LIMITS.flatMap(({ path, of, least, most, why }) => {
    const ms = of(spec)
    if (ms >= least && ms <= most) return []
    const bound = ms < least ? `at least ${formatDuration(least)}${why}` : `at most ${formatDuration(most)}`
    const message = `found ${quoted(valueAt(manifest, path))}; expected ${bound}`
    return [{ code: 'InvalidValue', path, message }]
  })
}

/** Consul's names are asked for by DNS, so each is one label. */
function brokenNames(spec: ServiceSpec): Violation[] {
  const [first] = spec.ports
  return spec.ports.flatMap((port, index) => {
    const name = consulServiceName(spec, port)
    if (name.length <= DNS_LABEL_LENGTH) return []
    const path = port === first ? ['metadata', 'name'] : ['spec', 'ports', index, 'name']
    const message = `makes the Consul service ${name}, which has ${name.length} characters; expected at most ${DNS_LABEL_LENGTH}, as it is a DNS label`
    return [{ code: 'NameTooLong', path, message }]
  })
}
