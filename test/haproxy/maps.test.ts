import { describe, expect, it } from 'vitest'
import { listenerMaps, renderMap } from '../../src/haproxy/maps.ts'
import { hostRoute } from '../../src/model/listener.ts'

const rule = (host: string, path = '/', backend = 'b') => ({ ...hostRoute(80, host, backend), path })
const maps = (...routes: readonly ReturnType<typeof rule>[]) => listenerMaps({ routes })

describe('listenerMaps', () => {
  it('has hosts by their whole name, and no map of paths while no rule has one', () => {
    expect(maps(rule('a', '/', '1'), rule('b', '/', '2'))).toEqual({ hosts: { a: '1', b: '2' }, paths: null })
  })

  it('has paths with a slash at the end, so that none fits in the middle of a name', () => {
    expect(maps(rule('a', '/', '1'), rule('a', '/api', '2'), rule('b', '/x/y', '3'))).toEqual({
      hosts: { a: '1' },
      paths: { 'a/api/': '2', 'b/x/y/': '3' },
    })
  })

  it.each([
    rule('a b'),
    rule('WWW.a'),
    rule('a', '/', 'x y'),
    rule('a', '/b c'),
    rule('a', 'b'),
    rule('a', '/b;c'),
  ])('takes no %j', (route) => {
    expect(() => maps(route)).toThrow(RangeError)
  })
})

describe('renderMap', () => {
  it('is sorted', () => {
    expect(renderMap({ 'www.b': 'b', 'www.a': 'a' })).toBe('www.a a\nwww.b b\n')
  })
})
