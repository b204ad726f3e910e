import { Subject } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { resyncInTurn } from '../../src/loop/resync.ts'
import { VirtualClock } from './virtual-clock.ts'

function start(keys: readonly string[]) {
  const clock = new VirtualClock()
  const silent = new Subject<boolean>()
  const asked: string[] = []
  const there = { keys }
  resyncInTurn(
    () => there.keys,
    silent,
    clock,
    () => 0.5,
  ).subscribe((key) => asked.push(key))
  return { clock, silent, there, news: () => asked.splice(0) }
}

const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `k${index}`)

describe('resyncInTurn', () => {
  it('has each of a few keys compared once in five seconds', async () => {
    const { clock, news } = start(many(5))
    await clock.advance(5000)
    expect(news().toSorted()).toEqual(many(5))
  })

  it('has one of many compared a second, until it was the turn of all', async () => {
    const { clock, news } = start(many(100))
    await clock.advance(1000)
    expect(news()).toHaveLength(1)
    await clock.advance(96_500)
    expect(new Set(news()).size).toBe(96)
  })

  it('says nothing while there are none, and goes on when there are', async () => {
    const { clock, there, news } = start([])
    await clock.advance(20_000)
    expect(news()).toEqual([])
    there.keys = ['late']
    await clock.advance(5000)
    expect(news()).toEqual(['late'])
  })

  it('has all compared at once when Consul answers again, and only then', () => {
    const { silent, news } = start(many(100))
    silent.next(false)
    silent.next(true)
    expect(news()).toEqual([])
    silent.next(false)
    expect(news()).toEqual(many(100))
    silent.next(false)
    expect(news()).toEqual([])
  })
})
