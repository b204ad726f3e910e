import { describe, expect, it } from 'vitest'
import { requireNamed, selected, requireOne } from '../../../src/cli/print/kind.ts'
import { SERVICES } from '../../../src/cli/print/service-columns.ts'
import { serviceViews } from '../../../src/views/service.ts'
import { inForce, labelled } from '../../controller/plan/world.ts'

const services = serviceViews(
  new Map(
    inForce(labelled('hello_www'), labelled('shop_www'), labelled('shop_api')).map((each) => [
      each.key,
      each,
    ]),
  ),
  new Map(),
)

const keys = (names: readonly string[], namespace: string | null) =>
  selected(services, SERVICES, { names, namespace }).map(SERVICES.id)

describe('a selection', () => {
  it.each([
    [[], null, ['hello/www', 'shop/api', 'shop/www']],
    [[], 'shop', ['shop/api', 'shop/www']],
    [['www'], null, ['hello/www', 'shop/www']],
    [['www'], 'hello', ['hello/www']],
    [['api', 'hello/www'], null, ['hello/www', 'shop/api']],
    [['www.shop'], null, ['shop/www']],
    [['nope'], null, []],
  ])('of %s in namespace %s is %s', (names, namespace, wanted) => {
    expect(keys(names, namespace)).toEqual(wanted)
  })

  it('by namespace leaves alone what is in none', () => {
    const free = { ...SERVICES, namespace: () => null }
    expect(selected(services, free, { names: [], namespace: 'nope' })).toEqual(services)
  })

  it('of a name that is not there is an error which says what is', () => {
    const ask = (names: string[], namespace: string | null) => () =>
      requireNamed(services, SERVICES, { names, namespace })
    expect(ask(['www', 'nope'], null)).toThrow('no service nope; there are: hello/www, shop/api, shop/www')
    expect(ask(['api'], 'hello')).toThrow('no service api in namespace hello; there are: hello/www')
    expect(ask(['x'], 'y')).toThrow('no service x in namespace y; there are: none')
    expect(ask(['www', 'api'], 'shop')).not.toThrow()
  })
})

describe('the one of a name', () => {
  it.each([
    ['api', null, 'shop/api'],
    ['hello/www', null, 'hello/www'],
    ['www.shop', null, 'shop/www'],
    ['www', 'hello', 'hello/www'],
  ])('%s in namespace %s is %s', (name, namespace, key) => {
    expect(SERVICES.id(requireOne(services, SERVICES, name, namespace))).toBe(key)
  })

  it('is asked for again where a name is not enough', () => {
    expect(() => requireOne(services, SERVICES, 'www', null)).toThrow(
      'service www is in several namespaces: name one of hello/www, shop/www',
    )
  })
})
