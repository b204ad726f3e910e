/** The common course of the cases: deploy the app, then in each round change something under load. */
import { setTimeout as pause } from 'node:timers/promises'
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import { startApp } from './app.ts'
import type { App, AppSettings } from './app.ts'
import type { Bounds, Case, Round } from './case.ts'
import { proxyCpu } from './cost.ts'
import type { Lab } from './lab.ts'
import { startLoad } from './load/load.ts'
import type { Load, LoadOptions, LoadResult } from './load/load.ts'
import { summarize } from './load/summary.ts'
import type { Judge } from './load/summary.ts'

/** What a change measured beside the load, and how its answers are to be judged if not by their status. */
interface Change {
  readonly measures?: Readonly<Record<string, number>>
  /** What is measured once all answers are there. */
  readonly evaluate?: (result: LoadResult) => Readonly<Record<string, number>>
  readonly judge?: Judge
}

export interface LoadCase {
  readonly name: string
  readonly title: string
  readonly replicas: number
  readonly settings?: AppSettings
  readonly bounds: Bounds
  readonly shoalOnly?: true
  readonly load: Omit<LoadOptions, 'host'>
  /** What has to be so before a round. */
  readonly prepare?: (lab: Lab, app: App) => Promise<void>
  /** The change; the load goes on until it is done. */
  readonly change: (lab: Lab, app: App, load: Load) => Promise<Change | void>
  /** Puts right what the change left behind. */
  readonly restore?: (lab: Lab, app: App) => Promise<void>
}

/** Load before and after the change, in ms. */
const LEAD_MS = 2000

export function loadCase(options: LoadCase): Case {
  const { name, title, bounds } = options
  return {
    name,
    title,
    shoalOnly: options.shoalOnly === true,
    async run(lab, rounds) {
      const app = await startApp(lab, name, options.replicas, options.settings)
      const results: Round[] = []
      try {
        for (let number = 1; number <= rounds; number += 1) {
          await options.prepare?.(lab, app)
          const round = await runRound(lab, app, options)
          results.push(round)
          lab.log(`${name}, round ${number}: ${describe(round)}`)
          await options.restore?.(lab, app)
        }
      } finally {
        await app.remove()
      }
      const sum = (of: (round: Round) => number): number =>
        results.reduce((total, round) => total + of(round), 0)
      return {
        name,
        title,
        bounds,
        requests: sum(({ requests }) => requests),
        failed: sum(({ failed }) => failed),
        rounds: results,
      }
    },
  }
}

async function runRound(lab: Lab, app: App, { load: options, change }: LoadCase): Promise<Round> {
  const reloadsBefore = (await lab.proxy.reloads?.(lab, options.nodes)) ?? null
  const load = await startLoad(lab, { ...options, host: app.host })
  const cpuBefore = await proxyCpu(lab, options.nodes)
  const countBefore = load.count()
  await pause(LEAD_MS)
  const began = performance.now()
  const { measures = {}, evaluate = () => ({}), judge } = (await change(lab, app, load)) ?? {}
  const seconds = (performance.now() - began) / 1000
  await pause(LEAD_MS)
  await waitFor('enough requests', async () => load.count() >= lab.requests || undefined, {
    timeoutMs: 300_000,
  })
  const cpu = (await proxyCpu(lab, options.nodes)) - cpuBefore
  const count = load.count() - countBefore
  const result = await load.stop()
  const reloadsAfter = (await lab.proxy.reloads?.(lab, options.nodes)) ?? null
  const reloads = reloadsBefore === null || reloadsAfter === null ? null : reloadsAfter - reloadsBefore
  return {
    ...summarize(result, judge),
    reloads,
    seconds,
    cpuPerRequest: (cpu * 1000) / count,
    measures: { ...measures, ...evaluate(result) },
  }
}

function describe({ requests, failed, failures, reloads, seconds, latency }: Round): string {
  const causes = Object.entries(failures).map(([cause, count]) => `\n    ${count} × ${cause}`)
  return (
    `${failed} of ${requests} failed, ${reloads ?? 'no'} reloads, ${seconds.toFixed(1)} s, ` +
    `p99 ${latency.p99.toFixed(0)} ms${causes.slice(0, 10).join('')}`
  )
}
