import { describe, expect, it } from 'vitest'
import { lastValueFrom } from 'rxjs'
import { abortable } from '../../src/loop/abortable.ts'
import { never } from './virtual-clock.ts'

describe('abortable', () => {
  it('starts anew for each subscription, and not before', async () => {
    let starts = 0
    const stream = abortable(async () => ++starts)
    expect(starts).toBe(0)
    expect(await lastValueFrom(stream)).toBe(1)
    expect(await lastValueFrom(stream)).toBe(2)
  })

  it('aborts when unsubscribed, not when done', async () => {
    const signals: AbortSignal[] = []
    await lastValueFrom(abortable(async (signal) => signals.push(signal)))
    const subscription = abortable((signal) => {
      signals.push(signal)
      return never()
    }).subscribe()
    subscription.unsubscribe()
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true])
  })

  it('takes a throw for a rejection, and never emits synchronously', async () => {
    const errors: unknown[] = []
    const failing = abortable((): Promise<never> => {
      throw new Error('broken')
    })
    failing.subscribe({ error: (error: unknown) => errors.push(error) })
    expect(errors).toEqual([])
    await expect(lastValueFrom(failing)).rejects.toThrow('broken')
    expect(errors).toEqual([new Error('broken')])
  })
})
