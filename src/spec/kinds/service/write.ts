import type { ServiceSpec } from '../../../model/service.ts'
import { formatDuration } from '../../duration.ts'
import { API_VERSION, SERVICE_KIND } from '../../../model/spec-format.ts'

/**
 * The document that says all that a spec does, its defaults too: what `parseSpec` reads back to the
 * same spec.
 */
export function toManifest({ name, namespace, health: check, ...rest }: ServiceSpec) {
  const { type, path, host, port, interval, timeout } = check
  const target = port === null ? {} : { port }
  const http = { path, status: 200, ...(host === null ? {} : { host }), ...target }
  return {
    apiVersion: API_VERSION,
    kind: SERVICE_KIND,
    metadata: { name, namespace },
    spec: {
      ...rest,
      health: {
        ...(type === 'http' ? { http } : { tcp: target }),
        interval: formatDuration(interval),
        timeout: formatDuration(timeout),
      },
      drain: formatDuration(rest.drain),
      timeout: formatDuration(rest.timeout),
    },
  }
}
