import { waitFor } from '../../../swarm/dev/cluster/wait.ts'
import { loadCase } from '../load-case.ts'
import { answered } from '../load/summary.ts'
import type { Judge } from '../load/summary.ts'
import { ALL_NODES, RATE } from './load.ts'

export const SCALE = loadCase({
  name: 'scale',
  title: 'Scaling 2 → 8 → 2',
  replicas: 2,
  bounds: { failed: 0, reloads: 0 },
  load: { nodes: ALL_NODES, rate: RATE, methods: ['GET', 'POST'] },
  async change(lab, app) {
    for (const tasks of [8, 2]) {
      await app.scale(tasks)
      await app.served(tasks)
      await waitFor(
        `${tasks} containers`,
        async () => (await app.containers()).length === tasks || undefined,
        { timeoutMs: 60_000 },
      )
    }
  },
})

/** ms from the request to scale down until answers may be missing, and from the first good answer after it until all must be good. */
export const SCALE_TO_ZERO = loadCase({
  name: 'scale-to-zero',
  title: 'Scaling 2 → 0 → 2; while there is no task, 503 that says so',
  replicas: 2,
  bounds: { failed: 0, reloads: 0 },
  shoalOnly: true,
  load: { nodes: ALL_NODES, rate: RATE, methods: ['GET', 'POST'] },
  async change(lab, app) {
    const down = Date.now()
    await app.scale(0)
    await app.served(0)
    await waitFor('no container', async () => (await app.containers()).length === 0 || undefined, {
      timeoutMs: 60_000,
    })
    await app.scale(2)
    await app.served(2)
    return { judge: whileAway(down, Date.now()) }
  },
})

/** 503 is right between the two times (ms since the epoch) if its body says why. */
function whileAway(from: number, to: number): Judge {
  return (sample) => {
    const { sentAt, status, body } = sample
    if (sentAt >= from && sentAt <= to && status === 503 && body.includes('no task of service')) {
      return undefined
    }
    return answered(sample)
  }
}
