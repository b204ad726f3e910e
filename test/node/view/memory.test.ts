import { describe, expect, it } from 'vitest'
import { readMemory, writeMemory } from '../../../src/node/view/memory.ts'
import { isComplete } from '../../../src/node/view/view.ts'
import { after, endpoint, endpointsAnswer, hello } from '../world.ts'

describe('memory', () => {
  it('keeps what is believed, and counts nothing of it as answered', () => {
    const view = after([endpointsAnswer('www-hello')], 5000, hello(endpoint('a', 'passing')))
    const recalled = readMemory(writeMemory({ view, zone: 'b' }))
    expect(recalled?.zone).toBe('b')
    expect(recalled?.view.policies).toEqual(view.policies)
    expect(recalled?.view.endpoints).toEqual(view.endpoints)
    expect(recalled?.view.silentSince).toBe(5000)
    expect(recalled !== null && isComplete(recalled.view)).toBe(false)
  })

  it('is understood that the version before left', () => {
    const view = hello(endpoint('a', 'passing'), endpoint('b', 'pending'))
    const memory = JSON.parse(writeMemory({ view, zone: 'b' }))
    for (const each of memory.policies) {
      delete each.policy.routes
      each.policy.hosts = ['www.hello']
    }
    const former = JSON.stringify(memory).replaceAll('"starting"', '"waiting"')
    expect(former).toContain('"waiting"')
    const recalled = readMemory(former)
    expect(recalled?.view.policies).toEqual(view.policies)
    expect(recalled?.view.endpoints).toEqual(view.endpoints)
  })

  it('is none where it makes no sense', () => {
    for (const text of ['', '{', 'null', '[]', '{"form":99}']) expect(readMemory(text)).toBeNull()
  })

  it('of the version before, which wrote sources as text, keeps every policy', () => {
    const view = hello(endpoint('a', 'passing'))
    const written = writeMemory({ view, zone: null })
    const source = JSON.stringify({ kind: 'label', service: 'hello_www' })
    expect(written).toContain(source)
    const old = written.replaceAll(source, '"label shoal.spec of service hello_www"')
    expect(readMemory(old)?.view.policies).toEqual(view.policies)
  })

  it('leaves out what it cannot read', () => {
    const whole = writeMemory({ view: hello(endpoint('a', 'passing'), endpoint('b', 'passing')), zone: null })
    const broken = whole.replace('"server":"b"', '"server":7').replace('"revision":"r1"', '"revision":1')
    const recalled = readMemory(broken)
    expect([...(recalled?.view.endpoints.get('www-hello')?.keys() ?? [])]).toEqual(['a'])
    expect(recalled?.view.policies.size).toBe(0)
  })
})
