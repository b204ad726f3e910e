import type { Diagnosis } from '../../../src/cli/doctor/check.ts'
import { CHECKS } from '../../../src/cli/doctor/checks.ts'
import { isUnknown } from '../../../src/cli/doctor/facts.ts'
import type { DoctorFacts } from '../../../src/cli/doctor/facts.ts'
import type { Workload, Instance } from '../../../src/model/cluster.ts'
import { healthySnapshot } from './facts.ts'

/** What one check finds, as `level subject: found`. */
export function found(name: string, given: DoctorFacts): string[] {
  return findings(name, given).map((each) => `${each.level} ${each.subject}: ${each.found}`)
}

export function findings(name: string, given: DoctorFacts): readonly Diagnosis[] {
  const check = CHECKS.find((each) => each.name === name)
  if (check === undefined) throw new Error(`no check ${name}`)
  const result = check.find(given)
  if (isUnknown(result)) throw new Error(result.unknown)
  return result
}

/** The healthy services and more. */
export function withServices(...services: Workload[]): readonly Workload[] {
  return [...healthySnapshot().workloads, ...services]
}

/** The healthy tasks without some, and others. */
export function withoutTasks(gone: (task: Instance) => boolean, ...others: Instance[]): readonly Instance[] {
  return [...healthySnapshot().instances.filter((each) => !gone(each)), ...others]
}
