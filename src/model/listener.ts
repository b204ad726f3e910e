/** Host name to backend name. */
export type Hosts = Readonly<Record<string, string>>

export interface Frontends {
  /** By port. Port 80 is there whether it has hosts or not. */
  readonly http: Readonly<Record<number, Hosts>>
  /** Backend name by port. */
  readonly tcp: Readonly<Record<number, string>>
}
