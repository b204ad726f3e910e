/** Reads SERVICE_* variables for tests. */
import type { ServiceSpec } from '../../../src/model/service.ts'
import type { ServiceDescription, Workload } from '../../../src/model/cluster.ts'
import { specsOfVariables } from '../../../src/spec/registrator/registrator.ts'
import type { VariableSpec } from '../../../src/spec/registrator/registrator.ts'

export type Values = Readonly<Record<string, string>>

/** The Swarm service that has the variables. */
export const SHOP: Pick<Workload, 'name' | 'group' | 'nameInGroup'> = {
  name: 'shop_api',
  group: 'shop',
  nameInGroup: 'api',
}

/** What these variables make, by default those of the environment. */
export function read(env: Values, more: Partial<ServiceDescription> = {}, owner = SHOP): VariableSpec[] {
  return specsOfVariables({ labels: {}, containerLabels: {}, publishedPorts: [], env, ...more }, owner)
}

/** The same where all are good. */
export function specs(...args: Parameters<typeof read>): ServiceSpec[] {
  return read(...args).map((each) => {
    if (!each.ok) throw new Error(each.errors.join('\n'))
    return each.spec
  })
}

/** What is wrong with them. */
export function errors(...args: Parameters<typeof read>): string[] {
  return read(...args).flatMap((each) => (each.ok ? [] : each.errors))
}
