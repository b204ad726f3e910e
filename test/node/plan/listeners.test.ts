import { describe, expect, it } from 'vitest'
import { listeners } from '../../../src/node/plan/listeners.ts'
import { backend, policy } from '../world.ts'

describe('listeners', () => {
  it('always have port 80', () => {
    expect(listeners([]).frontends).toEqual({ http: { 80: {} }, tcp: {} })
  })

  it('route every host to the HTTP port that is asked for', () => {
    const www = policy('hello/www', {
      hosts: ['www.hello', 'www.example.org'],
      backends: [backend('hello_www', 'www-hello'), backend('hello_www_admin', 'www-hello-admin', 8081)],
    })
    expect(listeners([www]).frontends.http).toEqual({
      80: { 'www.hello': 'hello_www', 'www.example.org': 'hello_www' },
      8081: { 'www.hello': 'hello_www_admin', 'www.example.org': 'hello_www_admin' },
    })
  })

  it('route port 80 to the first HTTP port where none is 80, and to port 80 wherever it stands', () => {
    const api = policy('shop/api', {
      backends: [backend('tcp', 't', 5000, 'tcp'), backend('shop_api', 'api-shop', 8080)],
    })
    const late = policy('shop/late', { backends: [backend('admin', 'a', 9000), backend('main', 'm', 80)] })
    const { http } = listeners([api, late]).frontends
    expect(http[80]).toEqual({ 'api.shop': 'shop_api', 'late.shop': 'main' })
    expect(http[8080]).toEqual({ 'api.shop': 'shop_api' })
    expect(http[9000]).toEqual({ 'late.shop': 'admin' })
  })

  it('give a TCP port its own backend', () => {
    const db = policy('shop/db', { backends: [backend('shop_db', 'db-shop', 5432, 'tcp')] })
    expect(listeners([db])).toEqual({
      frontends: { http: { 80: {} }, tcp: { 5432: 'shop_db' } },
      conflicts: new Map(),
    })
  })

  it('leave a port or a host to the first of two claimants', () => {
    const first = policy('a/a', {
      hosts: ['one'],
      backends: [backend('a', 'a', 5432, 'tcp'), backend('a2', 'a2')],
    })
    const second = policy('b/b', { hosts: ['one'], backends: [backend('b', 'b', 5432, 'tcp')] })
    const third = policy('c/c', {
      hosts: ['one', 'two'],
      backends: [backend('c', 'c', 5432), backend('c2', 'c2', 80)],
    })
    const fourth = policy('d/d', { backends: [backend('d', 'd', 80, 'tcp')] })
    const { frontends, conflicts } = listeners([first, second, third, fourth])
    expect(frontends.tcp).toEqual({ 5432: 'a' })
    expect(frontends.http).toEqual({ 80: { one: 'a2', two: 'c2' } })
    expect(Object.fromEntries(conflicts)).toEqual({
      'b/b': 'port 5432 is taken by a',
      'c/c': 'port 5432 is taken by a',
      'd/d': 'port 80 is taken by HTTP',
    })
  })
})
