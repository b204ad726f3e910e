import { describe, expect, it } from 'vitest'
import { InFlight } from '../../src/loop/in-flight.ts'
import { VirtualClock } from './virtual-clock.ts'

describe('InFlight', () => {
  it('waits for all that was begun, also for what begins meanwhile and for what fails', async () => {
    const clock = new VirtualClock()
    const inFlight = new InFlight()
    const ended: string[] = []
    const work = (name: string, ms: number) => async () => {
      await clock.sleep(ms)
      ended.push(name)
      if (name === 'fails') throw new Error(name)
      return name
    }
    const failing = inFlight.track(work('fails', 10))
    const slow = inFlight.track(work('slow', 20))
    clock.schedule(() => void inFlight.track(work('late', 30)), 15)
    void inFlight.settled().then(() => ended.push('settled'))
    await Promise.all([expect(failing).rejects.toThrow('fails'), clock.finish()])
    await expect(slow).resolves.toBe('slow')
    expect(ended).toEqual(['fails', 'slow', 'late', 'settled'])
  })

  it('has nothing to wait for where nothing was begun', async () => {
    await expect(new InFlight().settled()).resolves.toBeUndefined()
  })
})
