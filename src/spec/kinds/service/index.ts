import { SERVICE_KIND } from '../../../model/spec-format.ts'
import type { ServiceSpec } from '../../../model/service.ts'
import type { Kind } from '../kind.ts'
import { complete } from './complete.ts'
import type { ServiceManifest } from './manifest.ts'
import { brokenRules } from './rules.ts'
import { SERVICE_SCHEMA } from './schema.ts'
import { toManifest } from './write.ts'

/** A service: its tasks, ports, hosts and health. */
export const SERVICE: Kind<ServiceManifest, ServiceSpec> = {
  kind: SERVICE_KIND,
  schema: SERVICE_SCHEMA,
  complete,
  rules: brokenRules,
  write: toManifest,
}
