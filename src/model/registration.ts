/** What is registered at one node's Consul agent for one port of one task. */

export interface ConsulCheck {
  /** Exactly one of `http` (a URL) and `tcp` (`host:port`) is set. */
  readonly http: string | null
  readonly tcp: string | null
  /** Host header of an HTTP check; null sends the address. */
  readonly host: string | null
  /** ms */
  readonly interval: number
  /** ms */
  readonly timeout: number
}

export interface Registration {
  /** See `registrationId`. */
  readonly id: string
  /** Consul service name. */
  readonly service: string
  readonly address: string
  readonly port: number
  readonly tags: readonly string[]
  readonly meta: RegistrationMeta
  readonly check: ConsulCheck
  /** Why the instance is to be drained (Consul's maintenance mode), null while it serves. */
  readonly maintenance: string | null
  /**
   * Is for an instance of which nobody knows what its version declared: where something is
   * registered under this ID, that stays.
   */
  readonly asHeld: boolean
}

/**
 * Consul service meta: strings only. `shoal-hash` covers all of a registration but its maintenance.
 */
interface RegistrationMeta {
  readonly 'shoal-service': string
  readonly 'shoal-port': string
  readonly 'shoal-task': string
  readonly 'shoal-node': string
  readonly 'shoal-node-name': string
  /** Empty without a zone. */
  readonly 'shoal-zone': string
  readonly 'shoal-hash': string
}

/**
 * Checks that do not pass, as `<Consul node>/<check ID>`: they failed, or never ran, which is no
 * evidence either way.
 */
export type FailingChecks = ReadonlyMap<string, 'critical' | 'unchecked'>

/** What an agent says it has, of those that Shoal registered (they carry `shoal-hash`). */
export interface HeldRegistration {
  readonly id: string
  readonly service: string
  readonly hash: string
  /** The task it stands for. */
  readonly instanceId: string
  readonly maintenance: boolean
}
