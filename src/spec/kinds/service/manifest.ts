import type { LocalityMode, Protocol } from '../../../model/service.ts'

/**
 * A spec as its author wrote it, once the schema has passed it. See schema.ts for what the fields
 * mean.
 */
export interface ServiceManifest {
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly spec: {
    readonly selector?: { readonly service: string }
    readonly ports: readonly ManifestPort[]
    readonly hosts?: readonly string[]
    readonly aliases?: readonly string[]
    readonly tags?: readonly string[]
    readonly health?: ManifestHealth
    readonly locality?: { readonly mode?: LocalityMode; readonly headroom?: number }
    readonly drain?: string
    readonly maxConnections?: number
    readonly timeout?: string
  }
}

export interface ManifestPort {
  readonly name?: string
  readonly port: number
  readonly targetPort?: number
  readonly protocol?: Protocol
}

export interface ManifestHealth {
  readonly http?: {
    readonly path?: string
    readonly status?: 200
    readonly host?: string
    readonly port?: number
  }
  readonly tcp?: { readonly port?: number }
  readonly interval?: string
  readonly timeout?: string
}
