/** Label on a Swarm service that holds its spec as YAML. */
export const SPEC_LABEL = 'shoal.spec'

/** Where a spec was read. */
export type Source =
  /** A Docker config, by name. */
  | { readonly kind: 'config'; readonly name: string }
  /** The label `shoal.spec` of a Swarm service. */
  | { readonly kind: 'label'; readonly service: string }
  /**
   * SERVICE_* variables of a Swarm service; `port` is null where they declare one service alone.
   */
  | { readonly kind: 'variables'; readonly service: string; readonly port: number | null }

/**
 * For people: `config www-1`, `label shoal.spec of service hello_www`, `SERVICE_80_* of service
 * hello_www`.
 */
export function sourceText(source: Source): string {
  switch (source.kind) {
    case 'config':
      return `config ${source.name}`
    case 'label':
      return `label ${SPEC_LABEL} of service ${source.service}`
    case 'variables':
      return `SERVICE_${source.port === null ? '' : `${source.port}_`}* of service ${source.service}`
  }
}

/** Whether it is the very same place. */
export function sameSource(a: Source, b: Source): boolean {
  switch (a.kind) {
    case 'config':
      return b.kind === 'config' && a.name === b.name
    case 'label':
      return b.kind === 'label' && a.service === b.service
    case 'variables':
      return b.kind === 'variables' && a.service === b.service && a.port === b.port
  }
}

/** Name of the Docker config or the Swarm service that it is in. */
export function holderOf(source: Source): string {
  return source.kind === 'config' ? source.name : source.service
}
