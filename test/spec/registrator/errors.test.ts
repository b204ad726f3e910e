import { describe, expect, it } from 'vitest'
import { errors, read } from './variables.ts'
import type { Values } from './variables.ts'

describe('a bad value', () => {
  it.each<[string, Values, string]>([
    [
      'no duration',
      { SERVICE_CHECK_INTERVAL: 'abc' },
      'env SERVICE_CHECK_INTERVAL of service shop_api: found "abc"; expected a duration',
    ],
    [
      'a number for a duration',
      { SERVICE_81_CHECK_TIMEOUT: '15' },
      'env SERVICE_81_CHECK_TIMEOUT of service shop_api: found "15"; expected a duration',
    ],
    [
      'too long an interval',
      { SERVICE_CHECK_INTERVAL: '2h' },
      'env SERVICE_CHECK_INTERVAL of service shop_api: found "2h"; expected at most 1h',
    ],
    [
      'a name that is none',
      { SERVICE_NAME: 'My_App', SERVICE_TAGS: 'world.dev' },
      'env SERVICE_NAME of service shop_api: found "my_app"; expected a DNS label: at most 63 lower-case letters, digits and inner hyphens, no dots; did you mean "my-app"?',
    ],
    ['no name before the dot', { SERVICE_NAME: '.prod' }, 'env SERVICE_NAME of service shop_api: found ""'],
    [
      'a namespace that is none',
      { SERVICE_NAME: 'a.b_c' },
      'env SERVICE_NAME of service shop_api: found "b_c"; expected DNS labels with dots between',
    ],
    [
      'a name that is too long',
      { SERVICE_80_NAME: 'a'.repeat(60) },
      `env SERVICE_80_NAME of service shop_api: makes the Consul service ${'a'.repeat(60)}-shop`,
    ],
    [
      'a path without its slash',
      { SERVICE_CHECK_HTTP: 'health' },
      'env SERVICE_CHECK_HTTP of service shop_api: found "health"; expected a path that starts with /',
    ],
    [
      'a host that is none',
      { SERVICE_TAGS: 'server_alias=*.home' },
      'env SERVICE_TAGS of service shop_api: found "*.home"; expected a DNS name',
    ],
    [
      'another protocol',
      { SERVICE_NAME: 'dns', SERVICE_PROTOCOL: 'udp' },
      'env SERVICE_PROTOCOL of service shop_api: found "udp"; expected one of "http", "tcp"',
    ],
    [
      'TCP on port 80',
      { SERVICE_NAME: 'x', SERVICE_PROTOCOL: 'tcp' },
      'env SERVICE_PROTOCOL of service shop_api: found 80 for protocol tcp',
    ],
    [
      'a script',
      { SERVICE_CHECK_SCRIPT: 'curl x' },
      'env SERVICE_CHECK_SCRIPT of service shop_api: found "curl x", but scripts are not run; expected SERVICE_CHECK_HTTP=/path or SERVICE_CHECK_TCP=true instead',
    ],
    [
      'HTTPS',
      { SERVICE_443_CHECK_HTTPS: '/' },
      'env SERVICE_443_CHECK_HTTPS of service shop_api: found "/", but',
    ],
    ['a TTL', { SERVICE_CHECK_TTL: '30s' }, 'env SERVICE_CHECK_TTL of service shop_api: found "30s", but'],
    [
      'no port',
      { SERVICE_99999_NAME: 'x' },
      'env SERVICE_99999_NAME of service shop_api: found 99999; expected an integer from 1 to 65535',
    ],
  ])('is told of once, with its variable (%s)', (_, env, message) => {
    const told = errors(env)
    expect(told).toHaveLength(1)
    expect(told[0]).toContain(message)
  })

  it('says whether it is in a label', () => {
    const bad = { SERVICE_CHECK_INTERVAL: 'abc' }
    expect(errors({}, { labels: bad })[0]).toMatch(/^label SERVICE_CHECK_INTERVAL of service shop_api: /)
    expect(errors({}, { containerLabels: bad })[0]).toMatch(
      /^container label SERVICE_CHECK_INTERVAL of service/,
    )
  })

  it('of one port leaves the others', () => {
    const [first, second] = read({
      SERVICE_80_NAME: 'a',
      SERVICE_81_NAME: 'b',
      SERVICE_81_CHECK_TIMEOUT: 'x',
    })
    expect(first).toMatchObject({ ok: true, spec: { name: 'a' } })
    expect(second).toMatchObject({ ok: false, name: 'b', namespace: 'shop', port: 81 })
  })

  it('of all ports is told for each, under names of their own', () => {
    const told = read({ SERVICE_NAME: 'My_App' }, { publishedPorts: [80, 81] })
    const message = expect.stringContaining('env SERVICE_NAME of service shop_api: found "my_app-8')
    expect(told).toMatchObject([
      { ok: false, name: 'api-80', errors: [message] },
      { ok: false, name: 'api-81', errors: [message] },
    ])
  })

  it('is one name for two ports', () => {
    const [first, second] = read({ SERVICE_80_NAME: 'web', SERVICE_81_NAME: 'web' })
    expect(first).toMatchObject({ ok: true, port: 80 })
    expect(second).toMatchObject({
      ok: false,
      name: 'web-81',
      errors: [
        'env SERVICE_81_NAME of service shop_api: found "web" for port 81, which is the name of port 80 already; expected SERVICE_81_NAME to give it another',
      ],
    })
  })

  it('that the name of the Swarm service makes tells of the variable that is missing', () => {
    const name = 'a'.repeat(63)
    const owner = { name, group: 'shop', nameInGroup: name }
    expect(errors({ SERVICE_TAGS: 'a=1' }, {}, owner)[0]).toMatch(
      /^service a+ without SERVICE_NAME: makes the Consul/,
    )
  })
})
