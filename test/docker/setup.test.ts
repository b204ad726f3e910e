import { describe, expect, it } from 'vitest'
import { describeServices, describeTasks, toSetup } from '../../src/docker/setup.ts'
import { fakeEngine } from './fake-engine.ts'

const SERVICE = {
  ID: 's1',
  Spec: {
    Name: 'hello_www',
    TaskTemplate: {
      ContainerSpec: {
        Image: 'hello:1',
        DNSConfig: { Nameservers: ['169.254.20.10'] },
        Command: ['app'],
        Args: ['--upstream', 'http://api.shop'],
        Env: ['DB=postgres://db.shop/?ssl=on', 'EMPTY='],
      },
      Networks: [{ Target: 'n1', Aliases: ['www'] }, { Target: 'gone' }],
      Placement: { Constraints: ['node.role == manager'] },
    },
    EndpointSpec: {
      Mode: 'dnsrr',
      Ports: [
        { Protocol: 'tcp', TargetPort: 8080, PublishedPort: 80, PublishMode: 'host' } as const,
        { Protocol: 'udp', TargetPort: 53 } as const,
      ],
    },
  },
}

describe('toSetup', () => {
  it('says how a service is set up, its networks by name', () => {
    expect(toSetup(SERVICE, new Map([['n1', 'shoal_mesh']]))).toEqual({
      id: 's1',
      name: 'hello_www',
      image: 'hello:1',
      endpointMode: 'dnsrr',
      networks: { shoal_mesh: ['www'], gone: [] },
      dns: ['169.254.20.10'],
      ports: [
        { published: 80, target: 8080, protocol: 'tcp', mode: 'host' },
        { published: null, target: 53, protocol: 'udp', mode: 'ingress' },
      ],
      words: ['app', '--upstream', 'http://api.shop', 'postgres://db.shop/?ssl=on', ''],
      constraints: ['node.role == manager'],
    })
  })

  it('takes virtual addresses for granted where nothing is said, as Docker does', () => {
    expect(toSetup({ ID: 's2' }, new Map())).toEqual({
      id: 's2',
      name: '',
      image: '',
      endpointMode: 'vip',
      networks: {},
      dns: [],
      ports: [],
      words: [],
      constraints: [],
    })
  })
})

describe('an engine', () => {
  it('tells of services and tasks', async () => {
    const task = {
      ID: 't1',
      Status: { State: 'running', Timestamp: '2026-01-01T00:00:00Z' },
      Spec: { ContainerSpec: { Image: 'hello:1' } },
    }
    const answers: Readonly<Record<string, unknown>> = {
      services: [SERVICE],
      networks: [{ Id: 'n1', Name: 'shoal_mesh' }],
      tasks: [task, { ID: 't2' }],
    }
    const docker = await fakeEngine('1.41', ({ url = '' }, response) => {
      const name = Object.keys(answers).find((each) => url.includes(`/${each}`)) ?? ''
      response.end(JSON.stringify(answers[name]))
    })
    expect(await describeServices(docker)).toMatchObject([
      { name: 'hello_www', networks: { shoal_mesh: ['www'] } },
    ])
    expect(await describeTasks(docker)).toEqual(
      new Map([
        ['t1', { id: 't1', image: 'hello:1', state: 'running', since: '2026-01-01T00:00:00Z' }],
        ['t2', { id: 't2', image: '', state: 'new', since: '' }],
      ]),
    )
  })
})
