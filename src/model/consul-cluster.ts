/** Consul itself, as one of its agents sees it. */

export interface ConsulMember {
  /** Consul's name of the node: `<host name>-<task ID>` for an agent. */
  readonly name: string
  readonly address: string
  readonly status: 'alive' | 'leaving' | 'left' | 'failed' | 'unknown'
  readonly server: boolean
}

export interface ConsulAgentAnswer {
  /** Address of the leading server, null if this agent knows of none. */
  readonly leader: string | null
  readonly clock: ClockOffset
}

/** How far another clock is ahead of ours, ms: no less than `least`, no more than `most`. Negative when it is behind. */
export interface ClockOffset {
  readonly least: number
  readonly most: number
}
