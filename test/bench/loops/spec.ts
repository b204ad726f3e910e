import { setTimeout as pause } from 'node:timers/promises'
import { startApp } from '../app.ts'
import { engineOf } from '../engine.ts'
import { startObservers } from '../observer.ts'
import { serviceSpec } from '../spec.ts'
import type { Loop } from './loop.ts'

/** A new service on tasks that run, as `shoal apply` declares it. It takes a reload, of which there is one a second at most. */
export const SPEC_TO_ROUTE: Loop = {
  name: 'spec-to-route',
  title: 'New spec → every proxy answers for it',
  goal: 1000,
  async measure(lab, samples) {
    const app = await startApp(lab, 'spec-to-route', 2)
    const observers = await startObservers(lab)
    const engine = engineOf(lab.world.cluster.node(0))
    const measured: number[] = []
    try {
      while (measured.length < samples) {
        const name = `loop-${measured.length}`
        const from = Date.now()
        const config = await engine.createConfig({
          Name: name,
          Labels: { 'shoal.dev/kind': 'Service' },
          Data: Buffer.from(serviceSpec(name, app.swarmService)).toString('base64'),
        })
        measured.push((await observers.routed(`${name}.bench`)) - from)
        await pause(500 + Math.random() * 1000)
        await config.remove()
        await pause(1000 + Math.random() * 1000)
      }
    } finally {
      await observers.close()
      await app.remove()
    }
    return measured
  },
}
