/** The SERVICE_* variables of a Swarm service: which holds for which port, and where it was written. */
import type { ServiceDescription } from '../../model/cluster.ts'

export interface Variable {
  readonly value: string
  /** For example `env SERVICE_80_TAGS`. */
  readonly origin: string
  /** Whether it is of one port, and not of all. */
  readonly ofPort: boolean
}

/** The variable `SERVICE_<name>` of one port. */
export type Lookup = (name: string) => Variable | null

export interface Variables {
  /** Whether anything in them declares a service. */
  readonly declare: boolean
  /** Ports that are described by themselves, in ascending order. */
  readonly ports: readonly number[]
  /** The variable `SERVICE_<name>` of a port: its own, else that of all ports. Null if it is not set, or set to nothing. */
  of(port: number, name: string): Variable | null
}

/** `SERVICE_80_CHECK_HTTP` or `SERVICE_NAME`; letters after the prefix may be small. */
const VARIABLE = /^SERVICE_(?:([1-9]\d*)_)?(.+)$/s
/** What describes a service. Applications have other SERVICE_ variables for themselves. */
const DESCRIBING = /^(NAME|TAGS|PROTOCOL|CHECK_.+)$/s

/** Reads them as registrator does: labels go before the environment, and a port's own before those of all ports. */
export function readVariables({ labels, containerLabels, env }: ServiceDescription): Variables {
  const all = new Map<string, Variable>()
  const ports = new Set<number>()
  let declare = false
  const sources = [
    ['env', env],
    ['container label', containerLabels],
    ['label', labels],
  ] as const
  for (const [kind, values] of sources) {
    for (const [key, value] of Object.entries(values)) {
      const [, port, rest = ''] = VARIABLE.exec(key) ?? []
      const name = rest.toUpperCase()
      if (name === '') continue
      all.set(`${port ?? ''}:${name}`, { value, origin: `${kind} ${key}`, ofPort: port !== undefined })
      if (!DESCRIBING.test(name)) continue
      if (port !== undefined) ports.add(Number(port))
      declare ||= value !== '' && name !== 'PROTOCOL'
    }
  }
  return {
    declare,
    ports: [...ports].toSorted((a, b) => a - b),
    of(port, name) {
      const variable = all.get(`${port}:${name}`) ?? all.get(`:${name}`)
      return variable === undefined || variable.value === '' ? null : variable
    },
  }
}
