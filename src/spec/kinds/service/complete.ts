import { namespaceOfStack } from '../../../model/names.ts'
import type { HealthCheck, ServicePort, ServiceSpec } from '../../../model/service.ts'
import { DEFAULTS } from './defaults.ts'
import { milliseconds } from '../../duration.ts'
import type { Surroundings } from '../kind.ts'
import type { ManifestHealth, ManifestPort, ServiceManifest } from './manifest.ts'

/** Fills in every default. A selector that nothing gives is left empty, which rules.ts refuses. */
export function complete({ metadata, spec }: ServiceManifest, { stack, service }: Surroundings): ServiceSpec {
  const ports = completePorts(spec.ports)
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? namespaceOfStack(stack),
    selector: { service: spec.selector?.service ?? service ?? '' },
    ports,
    hosts: (spec.hosts ?? []).map((host) => host.toLowerCase()),
    aliases: (spec.aliases ?? []).map((alias) => alias.toLowerCase()),
    tags: [...(spec.tags ?? [])],
    health: completeHealth(spec.health ?? {}, ports),
    locality: {
      mode: spec.locality?.mode ?? DEFAULTS.mode,
      headroom: spec.locality?.headroom ?? DEFAULTS.headroom,
    },
    drain: milliseconds(spec.drain ?? DEFAULTS.drain),
    maxConnections: spec.maxConnections ?? DEFAULTS.maxConnections,
    timeout: milliseconds(spec.timeout ?? DEFAULTS.timeout),
  }
}

/**
 * A port without a name is named after its protocol, so that adding another one later renames none.
 */
function completePorts(ports: readonly ManifestPort[]): ServicePort[] {
  const taken = new Set(ports.flatMap(({ name }) => name ?? []))
  return ports.map(({ name, port, targetPort = port, protocol = DEFAULTS.protocol }) => {
    const own = name ?? (taken.has(protocol) ? `p${port}` : protocol)
    taken.add(own)
    return { name: own, port, targetPort, protocol }
  })
}

function completeHealth(
  { http, tcp, interval, timeout }: ManifestHealth,
  ports: readonly ServicePort[],
): HealthCheck {
  return {
    type: typeOf(http, tcp) ?? ports[0]?.protocol ?? DEFAULTS.protocol,
    path: http?.path ?? DEFAULTS.path,
    host: http?.host?.toLowerCase() ?? null,
    port: http?.port ?? tcp?.port ?? null,
    interval: milliseconds(interval ?? DEFAULTS.interval),
    timeout: milliseconds(timeout ?? DEFAULTS.checkTimeout),
  }
}

/** The type that a check is written as; null if that is left out. */
function typeOf(http: unknown, tcp: unknown): HealthCheck['type'] | null {
  if (http !== undefined) return 'http'
  return tcp === undefined ? null : 'tcp'
}
