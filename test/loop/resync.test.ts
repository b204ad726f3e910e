import { Subject } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { afterSilence, inTurn } from '../../src/loop/resync.ts'
import { VirtualClock } from './virtual-clock.ts'

function start(keys: readonly string[], most = 5000) {
  const clock = new VirtualClock()
  const asked: string[] = []
  const there = { keys }
  const options = { all: 5000, least: 1000, most, scheduler: clock, random: () => 0.5 }
  inTurn(() => there.keys, options).subscribe((key) => asked.push(key))
  return { clock, there, news: () => asked.splice(0) }
}

const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `k${index}`)

describe('inTurn', () => {
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

  it('has a lone key compared no less often than is allowed at most', async () => {
    const { clock, news } = start(['only'], 2500)
    await clock.advance(5000)
    expect(news()).toEqual(['only', 'only'])
  })
})

describe('afterSilence', () => {
  it('has all compared at once when Consul answers again, and only then', () => {
    const silent = new Subject<boolean>()
    const asked: string[] = []
    afterSilence(() => many(100), silent).subscribe((key) => asked.push(key))
    const news = () => asked.splice(0)
    silent.next(false)
    silent.next(true)
    expect(news()).toEqual([])
    silent.next(false)
    expect(news()).toEqual(many(100))
    silent.next(false)
    expect(news()).toEqual([])
  })
})
