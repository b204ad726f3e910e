/** Something may have changed. What it is now, only an observation says. */
export type Hint =
  /** Anything may have: events were missed. */
  | { readonly type: 'resync' }
  | {
      /**
       * `container`: one of a Swarm task on the asked engine; ID and name are those of its service.
       */
      readonly type: 'service' | 'node' | 'config' | 'container'
      /** Docker's word, for example `update`, `die`, `health_status: healthy`. */
      readonly action: string
      readonly id: string
      readonly name: string
    }

/** One line of Docker's event stream, as far as it is read here. */
export interface EventAnswer {
  readonly Type?: string
  readonly Action?: string
  readonly Actor?: {
    readonly ID?: string
    readonly Attributes?: Readonly<Record<string, string>> | null
  } | null
}

/**
 * Null for an event that says nothing about the Swarm: other types, containers outside it, the
 * usual life of a container.
 */
export function toHint({ Type, Action = '', Actor }: EventAnswer): Hint | null {
  const attributes = Actor?.Attributes ?? {}
  const swarmType = (['service', 'node', 'config'] as const).find((type) => type === Type)
  if (swarmType !== undefined) {
    return { type: swarmType, action: Action, id: Actor?.ID ?? '', name: attributes['name'] ?? '' }
  }
  const id = attributes['com.docker.swarm.service.id']
  const tells = Action === 'die' || Action.startsWith('health_status')
  if (Type !== 'container' || id === undefined || !tells) return null
  return { type: Type, action: Action, id, name: attributes['com.docker.swarm.service.name'] ?? '' }
}
