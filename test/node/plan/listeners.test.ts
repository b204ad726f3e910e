import { describe, expect, it } from 'vitest'
import { hostRoute } from '../../../src/model/listener.ts'
import { plannedListeners } from '../../../src/node/plan/listeners.ts'
import { hostsOn, listeners } from '../../haproxy/listeners.ts'
import { backend, policy } from '../world.ts'

describe('plannedListeners', () => {
  it('always has port 80', () => {
    expect(plannedListeners([]).listeners).toEqual(listeners({ 80: {} }))
  })

  it('routes every host to the HTTP port that is asked for', () => {
    const www = policy('hello/www', {
      hosts: ['www.hello', 'www.example.org'],
      backends: [backend('hello_www', 'www-hello'), backend('hello_www_admin', 'www-hello-admin', 8081)],
    })
    expect(plannedListeners([www]).listeners).toEqual(
      listeners({
        80: { 'www.hello': 'hello_www', 'www.example.org': 'hello_www' },
        8081: { 'www.hello': 'hello_www_admin', 'www.example.org': 'hello_www_admin' },
      }),
    )
  })

  it('routes port 80 to the first HTTP port where none is 80, and to port 80 wherever it stands', () => {
    const api = policy('shop/api', {
      backends: [backend('tcp', 't', 5000, 'tcp'), backend('shop_api', 'api-shop', 8080)],
    })
    const late = policy('shop/late', { backends: [backend('admin', 'a', 9000), backend('main', 'm', 80)] })
    const planned = plannedListeners([api, late]).listeners
    expect(hostsOn(planned, 80)).toEqual({ 'api.shop': 'shop_api', 'late.shop': 'main' })
    expect(hostsOn(planned, 8080)).toEqual({ 'api.shop': 'shop_api' })
    expect(hostsOn(planned, 9000)).toEqual({ 'late.shop': 'admin' })
  })

  it('gives a TCP port its own backend', () => {
    const db = policy('shop/db', { backends: [backend('shop_db', 'db-shop', 5432, 'tcp')] })
    expect(plannedListeners([db])).toEqual({
      listeners: listeners({ 80: {} }, { 5432: 'shop_db' }),
      conflicts: new Map(),
    })
  })

  it('leaves a port or a host to the first of two claimants', () => {
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
    const { listeners: planned, conflicts } = plannedListeners([first, second, third, fourth])
    expect(planned).toEqual(listeners({ 80: { one: 'a2', two: 'c2' } }, { 5432: 'a' }))
    expect(Object.fromEntries(conflicts)).toEqual({
      'b/b': 'port 5432 is taken by a',
      'c/c': 'port 5432 is taken by a',
      'd/d': 'port 80 is taken by HTTP',
    })
  })

  it('lets two services share a host by its paths', () => {
    const api = { ...hostRoute(80, 'www', 'shop_api'), path: '/api' }
    const shop = policy('shop/api', { backends: [backend('shop_api', 'api-shop')], routes: [api] })
    const planned = plannedListeners([policy('hello/www', { hosts: ['www'] }), shop]).listeners
    expect(hostsOn(planned, 80)).toEqual({ www: 'hello_www', 'www/api': 'shop_api' })
  })

  it('gives the same objects for the same policies', () => {
    const all = [policy('hello/www'), policy('shop/db', { backends: [backend('d', 'd', 5432, 'tcp')] })]
    const before = plannedListeners(all).listeners
    const again = all.map((each) => JSON.parse(JSON.stringify(each)))
    expect(plannedListeners(again, before).listeners).toBe(before)
    const more = plannedListeners([...all, policy('shop/api')], before).listeners
    expect(more).not.toBe(before)
    expect(more.find(({ port }) => port === 5432)).toBe(before.find(({ port }) => port === 5432))
  })
})
