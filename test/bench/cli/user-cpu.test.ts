import { describe, expect, it } from 'vitest'
import { toMilliseconds, userCpu } from './user-cpu.ts'

describe('user CPU time', () => {
  it('is read in whichever way the locale writes seconds', () => {
    expect([toMilliseconds('0.123\n'), toMilliseconds('1,5')]).toEqual([123, 1500])
  })

  it('of a busy command is more than that of one that sleeps', async () => {
    const busy = await userCpu([process.execPath, '-e', 'for (let n = 0; n < 1e9; n += 1);'])
    expect(busy).toBeGreaterThan(100)
    expect(await userCpu(['sleep', '0.3'])).toBeLessThan(100)
  })

  it('of a command that fails is none: it says what it complained of', async () => {
    await expect(userCpu(['sh', '-c', 'echo no such thing >&2; exit 3'])).rejects.toThrow(
      'sh -c echo no such thing >&2; exit 3: no such thing',
    )
  })
})
