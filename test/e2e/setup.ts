/**
 * Brings up one cluster with Shoal for all end-to-end tests, and takes it down after them. `SHOAL_TEST_CLUSTER` names it;
 * `SHOAL_TEST_KEEP=1` leaves it up, so that the next run finds it.
 */
import type { TestProject } from 'vitest/node'
import { bringUp } from '../../swarm/dev/bring-up.ts'
import { stopCluster } from '../../swarm/dev/cluster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly cluster: string
    /** Environment for `docker stack deploy`. */
    readonly settings: Readonly<Record<string, string>>
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const name = process.env['SHOAL_TEST_CLUSTER'] ?? 'test'
  const { settings } = await bringUp({ name, log: console.log })
  project.provide('cluster', name)
  project.provide('settings', settings)
  return async () => {
    if (process.env['SHOAL_TEST_KEEP'] !== '1') await stopCluster(name)
  }
}
