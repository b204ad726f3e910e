import { describe, expect, it } from 'vitest'
import { OneAtATime } from '../../src/loop/one-at-a-time.ts'

/** Work that ends when it is told to. */
function held(name: string, history: string[]) {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const work = (): Promise<string> => {
    history.push(name)
    return promise
  }
  return { work, end: () => resolve(name), fail: () => reject(new Error(name)) }
}

describe('OneAtATime', () => {
  it('begins a work when the one before it has ended, whether well or not', async () => {
    const history: string[] = []
    const [a, b, c] = [held('a', history), held('b', history), held('c', history)]
    const turns = new OneAtATime()
    const [first, second, third] = [turns.run(a.work), turns.run(b.work), turns.run(c.work)]
    await Promise.resolve()
    expect(history).toEqual(['a'])
    a.end()
    expect(await first).toBe('a')
    await Promise.resolve()
    expect(history).toEqual(['a', 'b'])
    b.fail()
    await expect(second).rejects.toThrow('b')
    c.end()
    expect(await third).toBe('c')
  })

  it('is idle once all has ended that was given', async () => {
    const history: string[] = []
    const [a, b] = [held('a', history), held('b', history)]
    const turns = new OneAtATime()
    await turns.idle()
    void turns.run(a.work)
    void turns.run(b.work)
    const idle = turns.idle().then(() => history.push('idle'))
    a.end()
    b.end()
    await idle
    expect(history).toEqual(['a', 'b', 'idle'])
  })
})
