import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { configFiles } from '../../src/haproxy/config.ts'
import { fingerprint } from '../../src/haproxy/structure-key.ts'
import type { Reload } from '../../src/haproxy/runtime.ts'
import { sift, structureChanges, withChanges } from '../../src/haproxy/structure.ts'
import { backendOf } from './arbitrary.ts'
import { listeners } from './listeners.ts'

const NAMES = ['50-a.cfg', '50-b.cfg', '50-c.cfg', '50-d.cfg', '50-e.cfg', '50-f.cfg']

/** A HAProxy that refuses some files, and names those of them that are also in `named`. */
function refusing(bad: readonly string[], named: readonly string[], attempts: (readonly string[])[] = []) {
  return (files: readonly string[]): Promise<Reload> => {
    attempts.push(files)
    const culprits = files.filter((file) => bad.includes(file))
    if (culprits.length === 0) return Promise.resolve({ ok: true })
    const lines = culprits.filter((file) => named.includes(file)).map((file) => `parsing [/d/${file}:3]: no`)
    return Promise.resolve({ ok: false, complaint: ['something is wrong', ...lines].join('\n') })
  }
}

const never = (): Promise<Reload> => Promise.resolve({ ok: false, complaint: 'out of order' })

describe('sift', () => {
  it('accepts all that is good and ends with it loaded, whether HAProxy names the culprits or not', async () => {
    const some = fc.subarray(NAMES)
    await fc.assert(
      fc.asyncProperty(some, some, some, async (changed, bad, named) => {
        const attempts: (readonly string[])[] = []
        const { accepted, refused } = await sift(changed, refusing(bad, named, attempts))
        const good = changed.filter((file) => !bad.includes(file))
        expect(accepted.toSorted()).toEqual(good)
        expect([...refused.keys()].toSorted()).toEqual(changed.filter((file) => bad.includes(file)))
        expect(attempts.at(-1)?.toSorted()).toEqual(good)
      }),
    )
  })

  it('takes one failed attempt where HAProxy names all culprits', async () => {
    const attempts: (readonly string[])[] = []
    const { refused } = await sift(NAMES, refusing(['50-a.cfg', '50-d.cfg'], NAMES, attempts))
    expect(attempts).toHaveLength(2)
    expect(refused.get('50-d.cfg')).toBe('parsing [/d/50-d.cfg:3]: no')
  })

  it('says so if HAProxy refuses all there is', async () => {
    expect((await sift(['50-a.cfg'], never)).refused.get('')).toBe('out of order')
    expect((await sift([], never)).refused.get('')).toBe('out of order')
  })
})

describe('structureChanges', () => {
  const before = configFiles('/d', listeners({}), [backendOf([]), { ...backendOf([]), name: 'old' }])
  const desired = configFiles('/d', listeners({ 81: {} }), [{ ...backendOf([]), timeout: 5 }])

  it('names files whose structure appears, vanishes or changes', () => {
    expect(structureChanges(before, desired).changed).toEqual(['10-http-81.cfg', '50-old.cfg', '50-www.cfg'])
    expect(structureChanges(before, before).changed).toEqual([])
  })

  it('makes the desired config of all changes, and the one before of none', () => {
    const { base, changed } = structureChanges(before, desired)
    expect(withChanges(base, desired, changed)).toEqual(desired)
    expect(withChanges(base, desired, [])).toEqual(before)
  })

  it('has the newest servers even where the structure stays behind', () => {
    const server = {
      address: '10.0.0.1',
      port: 1,
      state: 'ready',
      backup: false,
      maxConnections: 0,
      weight: 1,
    } as const
    const newer = backendOf([{ name: 'a', ...server }])
    const { base } = structureChanges(before, configFiles('/d', listeners({}), [{ ...newer, timeout: 9 }]))
    const files = withChanges(base, desired, [])
    expect(files['50-www.cfg']).toContain('  server a 10.0.0.1:1 ')
    expect(files['50-www.cfg']).toContain('timeout server 1000')
    expect(fingerprint(files)).toBe(fingerprint(before))
  })
})
