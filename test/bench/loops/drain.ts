import { startApp } from '../app.ts'
import { engineOf, scaleService } from '../engine.ts'
import { startObservers } from '../observer.ts'
import type { Servers } from '../observer.ts'
import type { Loop } from './loop.ts'

const TASKS = 12

const readyIn = (servers: Servers): number =>
  Object.values(servers).filter((state) => state === 'ready').length

/** A scale-down by one task is a sample, so that each is of one drained task. */
export const UPDATE_TO_DRAIN: Loop = {
  name: 'update-to-drain',
  title: 'Service update → every proxy drains the task',
  goal: 250,
  async measure(lab, samples) {
    const app = await startApp(lab, 'update-to-drain', TASKS)
    const observers = await startObservers(lab)
    const engine = engineOf(lab.world.cluster.node(0))
    const measured: number[] = []
    try {
      await observers.watch(app.backend)
      while (measured.length < samples) {
        for (let tasks = TASKS - 1; tasks > 0; tasks -= 1) {
          const from = await scaleService(engine, app.swarmService, tasks)
          const until = await observers.everywhere('one less', (servers) => readyIn(servers) === tasks)
          measured.push(until - from)
        }
        await app.scale(TASKS)
        await app.served(TASKS)
      }
    } finally {
      await observers.close()
      await app.remove()
    }
    return measured
  },
}
