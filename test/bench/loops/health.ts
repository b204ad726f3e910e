import { setTimeout as pause } from 'node:timers/promises'
import { containerName } from '../../e2e/app.ts'
import { startApp } from '../app.ts'
import { engineOf } from '../engine.ts'
import { startObservers } from '../observer.ts'
import type { Loop } from './loop.ts'

/** Each falls ill once a minute, so that none is taken for one that flaps: ms between two samples. */
const TASKS = 12
const EVERY_MS = 60_000 / TASKS

/** Tasks fall ill and recover in turn, at any moment between two checks; each recovery is a sample. */
export const ANSWER_TO_USE: Loop = {
  name: 'answer-to-use',
  title: 'Container answers its check → every proxy sends to it',
  goal: 1300,
  async measure(lab, samples) {
    const app = await startApp(lab, 'answer-to-use', TASKS)
    const observers = await startObservers(lab)
    const measured: number[] = []
    try {
      await observers.watch(app.backend)
      const tasks = await app.containers()
      while (measured.length < samples) {
        const began = Date.now()
        const task = tasks[measured.length % tasks.length]
        if (task === undefined) throw new Error('the app has no task')
        const name = await containerName(lab.world, task)
        const container = engineOf(lab.world.cluster.node(task.node)).getContainer(task.id)
        await container.kill({ signal: 'SIGUSR2' })
        await observers.everywhere('the task to be out', (servers) => servers[name] !== 'ready')
        await pause(Math.random() * 1000)
        const from = Date.now()
        await container.kill({ signal: 'SIGHUP' })
        measured.push(
          (await observers.everywhere('it to be back', (servers) => servers[name] === 'ready')) - from,
        )
        await pause(Math.max(0, began + EVERY_MS - Date.now()))
      }
    } finally {
      await observers.close()
      await app.remove()
    }
    return measured
  },
}
