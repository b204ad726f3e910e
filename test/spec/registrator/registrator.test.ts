import { describe, expect, it } from 'vitest'
import type { ServiceSpec } from '../../../src/model/service.ts'
import { read, specs } from './variables.ts'
import type { Values } from './variables.ts'
import { sourceText } from '../../../src/model/source.ts'

/** `namespace/name:container port`, as the tables below say it. */
const places = (...args: Parameters<typeof read>) =>
  specs(...args).map(({ namespace, name, ports }) => `${namespace}/${name}:${ports[0]?.targetPort}`)

describe('SERVICE_ variables that declare a service', () => {
  it('make a whole spec, with Shoal’s defaults for what registrator has not', () => {
    expect(specs({ SERVICE_NAME: 'db', SERVICE_TAGS: 'v=1', SERVICE_REGION: 'us2' })).toEqual([
      {
        name: 'db',
        namespace: 'shop',
        selector: { service: 'shop_api' },
        ports: [{ name: 'http', port: 80, targetPort: 80, protocol: 'http' }],
        hosts: [],
        aliases: [],
        tags: ['v=1'],
        health: { type: 'tcp', path: '/', host: null, port: null, interval: 1000, timeout: 10_000 },
        locality: { mode: 'prefer', headroom: 1.2 },
        drain: 10_000,
        maxConnections: 0,
        timeout: 60_000,
      },
    ])
  })

  it.each<[string, Values, number[], string[]]>([
    ['a name', { SERVICE_NAME: 'db' }, [], ['shop/db:80']],
    ['a name, and the port that is published', { SERVICE_NAME: 'db' }, [6379], ['shop/db:6379']],
    ['tags alone: the service keeps its own name', { SERVICE_TAGS: 'a=b' }, [8080], ['shop/api:8080']],
    ['a check alone', { SERVICE_CHECK_TCP: 'true' }, [], ['shop/api:80']],
    [
      'several published ports: each is a service',
      { SERVICE_NAME: 'web' },
      [443, 80],
      ['shop/web-80:80', 'shop/web-443:443'],
    ],
    [
      'ports with names of their own',
      { SERVICE_443_NAME: 'https', SERVICE_80_NAME: 'http' },
      [80, 443],
      ['shop/http:80', 'shop/https:443'],
    ],
    ['a port that is named, though none is published', { SERVICE_8080_NAME: 'api' }, [], ['shop/api:8080']],
    [
      'one port named and another published',
      { SERVICE_8080_NAME: 'web', SERVICE_NAME: 'x' },
      [9000],
      ['shop/web:8080', 'shop/x-9000:9000'],
    ],
    [
      'a port’s tags, under the common name',
      { SERVICE_NAME: 'web', SERVICE_8080_TAGS: 'a=b' },
      [],
      ['shop/web:8080'],
    ],
    [
      'an ignored port: the others keep their suffix',
      { SERVICE_NAME: 'web', SERVICE_443_IGNORE: 'true' },
      [80, 443],
      ['shop/web-80:80'],
    ],
    ['any text for IGNORE', { SERVICE_NAME: 'web', SERVICE_IGNORE: 'no' }, [80], []],
    [
      'IGNORE that one port takes back',
      { SERVICE_NAME: 'web', SERVICE_IGNORE: '1', SERVICE_80_IGNORE: '' },
      [80, 81],
      ['shop/web-80:80'],
    ],
    ['the default port ignored', { SERVICE_NAME: 'web', SERVICE_80_IGNORE: 'true' }, [], []],
    [
      'keys in small letters',
      { SERVICE_name: 'web', SERVICE_443_name: 'tls' },
      [80],
      ['shop/web-80:80', 'shop/tls:443'],
    ],
    ['a name with a dot: name and namespace', { SERVICE_NAME: 'serviceA.prod' }, [], ['prod/servicea:80']],
    [
      'one name in two namespaces',
      { SERVICE_80_NAME: 'a.x', SERVICE_81_NAME: 'a.y' },
      [],
      ['x/a:80', 'y/a:81'],
    ],
    [
      'a dotted name of several ports',
      { SERVICE_NAME: 'a.prod' },
      [80, 81],
      ['prod/a-80:80', 'prod/a-81:81'],
    ],
    [
      'a name with dots: all after the first is the namespace',
      { SERVICE_NAME: 'www.world.dev' },
      [],
      ['world.dev/www:80'],
    ],
    [
      'a tag that is a domain: the namespace',
      { SERVICE_NAME: 'www', SERVICE_TAGS: 'world.dev' },
      [],
      ['world.dev/www:80'],
    ],
    [
      'a plain tag: the namespace',
      { SERVICE_NAME: 'consul-admin', SERVICE_TAGS: 'Infra' },
      [],
      ['infra/consul-admin:80'],
    ],
    [
      'a dotted name goes before a tag',
      { SERVICE_NAME: 'www.shop', SERVICE_TAGS: 'world.dev' },
      [],
      ['shop/www:80'],
    ],
  ])('%s', (_, env, publishedPorts, expected) => {
    expect(places(env, { publishedPorts })).toEqual(expected)
  })

  it.each<[string, Values]>([
    ['none', { PATH: '/bin' }],
    ['set to nothing', { SERVICE_NAME: '', SERVICE_TAGS: '' }],
    ['of the application’s own', { SERVICE_URL: 'http://x', SERVICE_ACCOUNT: 'y', SERVICE_ID: 'z' }],
    ['that say nothing but IGNORE or a protocol', { SERVICE_IGNORE: 'true', SERVICE_PROTOCOL: 'tcp' }],
    ['of another prefix', { OTEL_SERVICE_NAME: 'x', service_name: 'y' }],
  ])('are others than those: %s', (_, env) => {
    expect(read(env, { publishedPorts: [80, 443] })).toEqual([])
  })

  it('are labels before container labels before environment, and a port’s before the general', () => {
    const layers = {
      containerLabels: { SERVICE_NAME: 'two', SERVICE_TAGS: 'b=2' },
      labels: { SERVICE_NAME: 'three' },
    }
    const env = {
      SERVICE_NAME: 'one',
      SERVICE_TAGS: 'a=1',
      SERVICE_CHECK_HTTP: '/up',
      SERVICE_81_NAME: 'four',
    }
    expect(specs(env, layers)).toMatchObject([{ name: 'four', tags: ['b=2'], health: { path: '/up' } }])
    const { SERVICE_81_NAME: _, ...general } = env
    expect(specs(general, layers)).toMatchObject([{ name: 'three', tags: ['b=2'] }])
  })

  it('without a stack go to the namespace default', () => {
    expect(places({ SERVICE_NAME: 'db' }, {}, { name: 'api', group: null, nameInGroup: 'api' })).toEqual([
      'default/db:80',
    ])
  })

  it('say which service they were read from', () => {
    expect(read({ SERVICE_NAME: 'db' })).toMatchObject([
      { source: { kind: 'variables', service: 'shop_api', port: null } },
    ])
    const many = read({ SERVICE_NAME: 'db' }, { publishedPorts: [1, 2] })
    expect(many.map(({ source }) => sourceText(source))).toEqual([
      'SERVICE_1_* of service shop_api',
      'SERVICE_2_* of service shop_api',
    ])
  })
})

describe('SERVICE_TAGS', () => {
  const www = (tags: string) => specs({ SERVICE_NAME: 'www', SERVICE_TAGS: tags })[0]

  it.each<[string, { tags: string[]; namespace?: string; aliases?: string[] }]>([
    ['master=1,backups=2', { tags: ['master=1', 'backups=2'] }],
    ['a=1,,a=1, b=2 ', { tags: ['a=1', 'b=2'] }],
    [String.raw`/(;\,:-_)/`, { tags: ['/(;,:-_)/'] }],
    ['My_Tag,x:y', { tags: ['My_Tag', 'x:y'] }],
    ['World.dev', { tags: ['World.dev'], namespace: 'world.dev', aliases: ['www.world.dev'] }],
    [
      'world.dev,home,v=1',
      { tags: ['world.dev', 'home', 'v=1'], namespace: 'world.dev', aliases: ['www.world.dev', 'www.home'] },
    ],
    ['server_alias=Hello.home', { tags: ['server_alias=Hello.home'], aliases: ['hello.home'] }],
    [
      'world.dev,server_alias=a.home,server_alias=b.home',
      {
        tags: ['world.dev', 'server_alias=a.home', 'server_alias=b.home'],
        namespace: 'world.dev',
        aliases: ['www.world.dev', 'a.home', 'b.home'],
      },
    ],
    [
      'server_aliases=a.home b.home;c|d',
      { tags: ['server_aliases=a.home b.home;c|d'], aliases: ['a.home', 'b.home', 'c', 'd'] },
    ],
    [
      String.raw`server_aliases=a.home\,b.home`,
      { tags: ['server_aliases=a.home,b.home'], aliases: ['a.home', 'b.home'] },
    ],
    [
      'world.dev,server_aliases=a.home,b.home',
      {
        tags: ['world.dev', 'server_aliases=a.home', 'b.home'],
        namespace: 'world.dev',
        aliases: ['www.world.dev', 'a.home', 'b.home'],
      },
    ],
    [
      'server_aliases=a.home,b.home,v=1,world.dev',
      {
        tags: ['server_aliases=a.home', 'b.home', 'v=1', 'world.dev'],
        namespace: 'world.dev',
        aliases: ['www.world.dev', 'a.home', 'b.home'],
      },
    ],
    [
      'server_alias=a.home,world.dev',
      {
        tags: ['server_alias=a.home', 'world.dev'],
        namespace: 'world.dev',
        aliases: ['www.world.dev', 'a.home'],
      },
    ],
  ])('%s', (tags, { namespace = 'shop', aliases = [], ...rest }) => {
    expect(www(tags)).toMatchObject({ namespace, aliases, hosts: [], ...rest })
  })

  it('of a TCP port make names, too', () => {
    const env = {
      SERVICE_NAME: 'db',
      SERVICE_5432_TAGS: 'prod,server_alias=pg.home',
      SERVICE_PROTOCOL: 'TCP',
    }
    expect(specs(env)).toMatchObject([
      { namespace: 'prod', aliases: ['db.prod', 'pg.home'], ports: [{ port: 5432, protocol: 'tcp' }] },
    ])
  })
})

describe('SERVICE_CHECK_', () => {
  it.each<[string, Values, Partial<ServiceSpec['health']>]>([
    [
      'HTTP is asked for its path',
      { HTTP: '/health?x=1' },
      { type: 'http', path: '/health?x=1', timeout: 10_000 },
    ],
    ['TCP connects', { TCP: 'true' }, { type: 'tcp' }],
    [
      'HTTP goes before TCP and what Shoal lacks',
      { TCP: 'true', HTTP: '/', SCRIPT: 'x', TTL: '30s' },
      { type: 'http' },
    ],
    [
      'INTERVAL and TIMEOUT',
      { HTTP: '/', INTERVAL: '15s', TIMEOUT: '1s' },
      { interval: 15_000, timeout: 1000 },
    ],
    [
      'times as Go writes them',
      { TCP: '1', INTERVAL: '1m30s', TIMEOUT: '1.5s' },
      { interval: 90_000, timeout: 1500 },
    ],
    ['an interval below a second is a second', { TCP: '1', INTERVAL: '200ms' }, { interval: 1000 }],
    [
      'INITIAL_STATUS and others change nothing',
      { TCP: '1', INITIAL_STATUS: 'passing', DEREGISTER_AFTER: '1m' },
      { type: 'tcp', interval: 1000 },
    ],
  ])('%s', (_, checks, health) => {
    const general = Object.entries(checks).map(([key, value]) => [`SERVICE_CHECK_${key}`, value])
    expect(specs(Object.fromEntries(general))[0]?.health).toMatchObject(health)
    const own = Object.entries(checks).map(([key, value]) => [`SERVICE_8080_CHECK_${key}`, value])
    expect(specs(Object.fromEntries(own))[0]).toMatchObject({ health, ports: [{ targetPort: 8080 }] })
  })
})
