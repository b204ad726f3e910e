import { describe, expect, it } from 'vitest'
import { isUiPath } from '../../src/consul/ui-paths.ts'

describe('Consul’s UI', () => {
  it.each([
    '/',
    '/ui',
    '/ui/',
    '/ui/dc1/services',
    '/ui/assets/chunk.143.css',
    '/v1/catalog/datacenters',
    '/v1/internal/ui/services?dc=dc1&index=7',
    '/v1/internal/ui/node/node1?dc=dc1',
    '/v1/health/service/www-hello?dc=dc1',
    '/v1/kv/?keys&separator=/',
    '/v1/kv/shoal%2Fservices/hello',
    '/v1/coordinate/nodes',
    '/v1/connect/intentions?dc=dc1',
    '/v1/operator/autopilot/state',
    '/v1/status/leader',
  ])('reads %s', (path) => expect(isUiPath(path)).toBe(true))

  it.each([
    ['a key, made on the spot', '/v1/agent/connect/ca/leaf/www'],
    ['everything at once', '/v1/snapshot'],
    ['the log, without end', '/v1/agent/monitor'],
    ['the configuration', '/v1/agent/self'],
    ['tokens', '/v1/acl/tokens'],
    ['keys of the gossip', '/v1/operator/keyring'],
    ['the process itself', '/debug/pprof/heap'],
    ['other servers, by way of Consul', '/v1/internal/ui/metrics-proxy/api'],
    ['more than it names', '/v1/internal/ui/services/../../../snapshot'],
    ['what only begins alike', '/v1/connect/intentions/exact'],
    ['another version', '/v2/catalog/nodes'],
    ['a way out of a folder', '/ui/../v1/snapshot'],
    ['an encoded one', '/v1/kv/%2e%2e/snapshot'],
    ['a half encoded one', '/v1/kv/..%2Fsnapshot'],
    ['one at the end', '/v1/kv/..'],
    ['one with backslashes', '/v1/kv/..%5csnapshot'],
    ['an empty step', '//v1/snapshot'],
    ['an end of line', '/v1/kv/a%0d%0aX: y'],
    ['a bad encoding', '/v1/kv/%zz'],
    ['a whole address', 'http://elsewhere/ui/'],
    ['nothing', ''],
  ])('does not read %s', (_, path) => expect(isUiPath(path)).toBe(false))
})
