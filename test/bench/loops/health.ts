import { setTimeout as pause } from 'node:timers/promises'
import { containerName } from '../../swarm/app.ts'
import { startApp } from '../app.ts'
import { engineOf } from '../engine.ts'
import { startObservers } from '../observer.ts'
import type { Loop } from './loop.ts'

/** A task falls ill and recovers, at any moment between two checks; its recovery is the sample. */
export const ANSWER_TO_USE: Loop = {
  name: 'answer-to-use',
  title: 'Container answers its check → every proxy sends to it',
  goal: 1300,
  async measure(lab, samples) {
    const app = await startApp(lab, 'answer-to-use', 2)
    const observers = await startObservers(lab)
    const measured: number[] = []
    try {
      await observers.watch(app.backend)
      const [task] = await app.containers()
      if (task === undefined) throw new Error('the app has no task')
      const name = await containerName(lab.world, task)
      const container = engineOf(lab.world.cluster.node(task.node)).getContainer(task.id)
      while (measured.length < samples) {
        await container.kill({ signal: 'SIGUSR2' })
        await observers.everywhere('the task to be out', (servers) => servers[name] !== 'ready')
        await pause(Math.random() * 1000)
        const from = Date.now()
        await container.kill({ signal: 'SIGHUP' })
        measured.push(
          (await observers.everywhere('it to be back', (servers) => servers[name] === 'ready')) - from,
        )
        await pause(Math.random() * 1000)
      }
    } finally {
      await observers.close()
      await app.remove()
    }
    return measured
  },
}
