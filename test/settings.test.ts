import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readCliSettings, readControllerSettings, readNodeSettings, SettingsError } from '../src/settings.ts'
import type { Environment } from '../src/settings.ts'

const NODE = { SHOAL_NODE_ID: 'n1', SHOAL_NODE_NAME: 'node1' }

/** The lines of the error that a program ends with. */
function problems(read: (env: Environment) => unknown, env: Environment): readonly string[] {
  try {
    read(env)
  } catch (error) {
    if (error instanceof SettingsError) return error.message.split('\n')
    throw error
  }
  return []
}

/** The environment of a service of swarm/stack.yml as Docker would set it, deployed with the defaults as a stack of this name. */
function environmentOf(service: string, stack: string): Environment {
  const file: { services: Record<string, { environment: Record<string, unknown> }> } = parse(
    readFileSync('swarm/stack.yml', 'utf8'),
    { merge: true },
  )
  const set = Object.entries(file.services[service]?.environment ?? {}).map(([name, value]) => [
    name,
    String(value)
      .replaceAll(/\$\{\w+:-(.*?)\}/g, '$1')
      .replaceAll('{{index .Service.Labels "com.docker.stack.namespace"}}', stack)
      .replaceAll(/\{\{\.Node\.(ID|Hostname)\}\}/g, 'node1'),
  ])
  return Object.fromEntries(set)
}

describe('the settings of the programs', () => {
  it('have defaults for all but the node that a node agent is on', () => {
    expect(readControllerSettings({})).toEqual({
      logLevel: 'info',
      consulUrl: 'http://127.0.0.1:8500',
      controller: {
        deployment: {
          mesh: 'shoal_mesh',
          control: 'shoal_control',
          haproxy: 'shoal_haproxy',
          consulAgent: 'shoal_consul-agent',
        },
        domain: '127.0.0.1.nip.io',
        ownHosts: [],
      },
    })
    expect(readNodeSettings(NODE)).toEqual({
      logLevel: 'info',
      consulUrl: 'http://127.0.0.1:8500',
      identity: { node: 'n1', nodeName: 'node1' },
      domain: '127.0.0.1.nip.io',
      haproxyDirectory: '/var/lib/shoal/haproxy',
      dnsDirectory: '/var/lib/shoal/dns',
      dashboards: { wanted: false, secretFile: '/run/secrets/dashboards' },
    })
    expect(readCliSettings({})).toMatchObject({ consulUrl: null, stack: 'shoal', tied: false })
  })

  it('take an empty variable for one that is not set', () => {
    const empty = { SHOAL_LOG_LEVEL: '', SHOAL_DOMAIN: '', SHOAL_DASHBOARDS: '', CONSUL_HTTP_ADDR: '' }
    expect(readControllerSettings(empty)).toEqual(readControllerSettings({}))
  })

  it('reserve the hosts of the dashboards where these are on, for the command line as for the controller', () => {
    const env = { SHOAL_DASHBOARDS: 'on', SHOAL_DOMAIN: 'example.test' }
    const { controller } = readControllerSettings(env)
    expect(controller.ownHosts).toEqual(['consul-admin.infra.example.test', 'proxy-admin.infra.example.test'])
    expect(readCliSettings(env).settings).toEqual(controller)
  })

  it.each(['controller', 'node'])(
    'know the name of the stack that the service %s was deployed in',
    (service) => {
      const env = environmentOf(service, 'edge')
      expect(readCliSettings(env).stack).toBe('edge')
      expect(readCliSettings(env).settings.deployment).toEqual({
        mesh: 'edge_mesh',
        control: 'edge_control',
        haproxy: 'edge_haproxy',
        consulAgent: 'edge_consul-agent',
      })
    },
  )

  it('of the controller and the node agent are all set right by the stack file', () => {
    expect(readControllerSettings(environmentOf('controller', 'edge')).consulUrl).toBe(
      'http://consul-agent-node1:8500',
    )
    expect(readNodeSettings(environmentOf('node', 'edge')).identity).toEqual({
      node: 'node1',
      nodeName: 'node1',
    })
  })
})

describe('a setting that can’t be used', () => {
  it.each([
    [
      { SHOAL_LOG_LEVEL: 'loud' },
      "SHOAL_LOG_LEVEL is 'loud': it must be one of trace, debug, info, warn, error, fatal, silent",
    ],
    [
      { SHOAL_DOMAIN: 'http://example.test' },
      "SHOAL_DOMAIN is 'http://example.test': it must be a domain in lower case, such as 127.0.0.1.nip.io",
    ],
    [
      { SHOAL_DOMAIN: 'Example.test' },
      "SHOAL_DOMAIN is 'Example.test': it must be a domain in lower case, such as 127.0.0.1.nip.io",
    ],
    [{ SHOAL_DASHBOARDS: 'true' }, "SHOAL_DASHBOARDS is 'true': it must be one of on, off"],
    [
      { SHOAL_STACK: 'my stack' },
      "SHOAL_STACK is 'my stack': it must be the name of Shoal’s stack, such as shoal",
    ],
    [
      { CONSUL_HTTP_ADDR: 'consul:8500' },
      "CONSUL_HTTP_ADDR is 'consul:8500': it must be a URL such as http://127.0.0.1:8500",
    ],
  ])('such as %j is named, with what was found and what would be right', (env, line) => {
    expect(problems(readControllerSettings, env)).toEqual([line])
  })

  it('is told of together with all others', () => {
    expect(problems(readNodeSettings, { SHOAL_LOG_LEVEL: 'loud', SHOAL_HAPROXY_DIR: 'haproxy' })).toEqual([
      expect.stringContaining('SHOAL_LOG_LEVEL'),
      'SHOAL_NODE_ID is not set: swarm/stack.yml sets it from the node',
      'SHOAL_NODE_NAME is not set: swarm/stack.yml sets it from the node',
      "SHOAL_HAPROXY_DIR is 'haproxy': it must be an absolute path",
    ])
  })

  it('is told of once, however often it is needed', () => {
    expect(problems(readCliSettings, { SHOAL_DOMAIN: '-', SHOAL_STACK: '-' })).toHaveLength(2)
  })
})
