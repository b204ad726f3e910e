import type { ConsulFacts, DoctorFacts, SwarmFacts, Unknown } from './facts.ts'
import { isUnknown } from './facts.ts'

export interface Diagnosis {
  /**
   * `fault`: something does not work. `warning`: it may not, or works otherwise than people expect.
   */
  readonly level: 'warning' | 'fault'
  /** What it is about: `node2`, `service hello_www`. */
  readonly subject: string
  readonly found: string
  /**
   * What to do about it. `<service>` or `<node>` stands for the name of the Swarm service or node
   * that it is about.
   */
  readonly mend: string
}

export interface Check {
  readonly name: string
  /** What is so when nothing is found. */
  readonly healthy: string
  /** Unknown where the facts it needs could not be had. */
  readonly find: (facts: DoctorFacts) => readonly Diagnosis[] | Unknown
}

type OfSwarm = (swarm: SwarmFacts, facts: DoctorFacts) => readonly Diagnosis[]
type OfConsul = (consul: ConsulFacts, swarm: SwarmFacts, facts: DoctorFacts) => readonly Diagnosis[]

/** A check that needs what a Swarm manager tells. */
export const onSwarm =
  (find: OfSwarm): Check['find'] =>
  (facts) =>
    isUnknown(facts.swarm) ? facts.swarm : find(facts.swarm, facts)

/** A check that needs what Consul tells beside. */
export const onConsul =
  (find: OfConsul): Check['find'] =>
  (facts) => {
    if (isUnknown(facts.swarm)) return facts.swarm
    return isUnknown(facts.consul) ? facts.consul : find(facts.consul, facts.swarm, facts)
  }

export const fault = (subject: string, found: string, mend: string): Diagnosis => ({
  level: 'fault',
  subject,
  found,
  mend,
})

export const warning = (subject: string, found: string, mend: string): Diagnosis => ({
  level: 'warning',
  subject,
  found,
  mend,
})
