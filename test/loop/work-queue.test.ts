import { describe, expect, it } from 'vitest'
import { workQueue } from '../../src/loop/work-queue.ts'

describe('workQueue', () => {
  it('hands out keys in the order in which they came, each once', () => {
    const queue = workQueue<string>()
    for (const key of ['b', 'a', 'b', 'c', 'a']) queue.add(key)
    expect([queue.take(), queue.take(), queue.take(), queue.take()]).toEqual(['b', 'a', 'c', undefined])
  })

  it('holds back a key that is being worked, and then puts it last', () => {
    const queue = workQueue<string>()
    queue.add('a')
    queue.take()
    queue.add('a')
    queue.add('b')
    expect(queue.working()).toBe(1)
    expect(queue.finish('a')).toBe(true)
    expect([queue.take(), queue.take()]).toEqual(['b', 'a'])
  })

  it('counts the keys that are being worked', () => {
    const queue = workQueue<string>()
    expect(queue.working()).toBe(0)
    queue.add('a')
    expect(queue.working()).toBe(0)
    queue.take()
    expect(queue.working()).toBe(1)
    expect(queue.finish('a')).toBe(false)
    expect(queue.working()).toBe(0)
  })
})
