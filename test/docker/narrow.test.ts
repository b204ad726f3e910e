import { describe, expect, it } from 'vitest'
import { toNode, toWorkload, toSpecText, toInstance } from '../../src/docker/narrow.ts'
import { answers } from './fixtures.ts'

const names = new Map([['l2yh0f95d0yogfkrqmvqh2ff0', 'hello_www']])

/** A fingerprint. */
const HASH = expect.stringMatching(/^[0-9a-f]{16}$/)

describe('toWorkload', () => {
  it('reads what a real engine says', () => {
    const labels = {
      'com.docker.stack.image': 'idle',
      'com.docker.stack.namespace': 'hello',
      'shoal.spec': 'a: 1\nb: 2',
      x: 'y',
    }
    expect(toWorkload(answers.service)).toEqual({
      id: 'l2yh0f95d0yogfkrqmvqh2ff0',
      name: 'hello_www',
      group: 'hello',
      nameInGroup: 'www',
      labels,
      containerLabels: { 'com.docker.stack.namespace': 'hello' },
      env: { A: '1', B: 'x=y', C: 'd' },
      publishedPorts: [],
      previous: {
        labels,
        containerLabels: { 'com.docker.stack.namespace': 'hello' },
        env: { A: '1', B: 'x=y', C: 'd' },
        publishedPorts: [],
        template: HASH,
      },
      template: HASH,
      createdAt: '2026-11-23T22:16:40.896063336Z',
      moving: true,
      wanted: 1,
    })
  })

  it('reads a service that has nothing but a name', () => {
    expect(toWorkload({ ID: 's1', Spec: { Name: 'alone' } })).toEqual({
      id: 's1',
      name: 'alone',
      group: null,
      nameInGroup: 'alone',
      labels: {},
      containerLabels: {},
      env: {},
      publishedPorts: [],
      template: '',
      previous: null,
      createdAt: '',
      moving: false,
      wanted: null,
    })
  })

  it('gives a global service no number of replicas', () => {
    expect(toWorkload({ ID: 's1', Spec: { Mode: { Global: {} } } }).wanted).toBeNull()
  })

  it('tells a previous version without labels from none', () => {
    expect(toWorkload({ ID: 's1', PreviousSpec: { Name: 'www' } }).previous?.labels).toEqual({})
  })

  it('reads the container ports that are published, of TCP alone, and none where Docker says null', () => {
    const Ports = [
      { Protocol: 'tcp' as const, TargetPort: 8080, PublishedPort: 80 },
      { Protocol: 'udp' as const, TargetPort: 53, PublishedPort: 53 },
      { Protocol: 'tcp' as const, TargetPort: 9000 },
    ]
    expect(toWorkload({ ID: 's1', Spec: { EndpointSpec: { Ports } } }).publishedPorts).toEqual([8080, 9000])
    expect(toWorkload({ ID: 's1', Spec: { EndpointSpec: {} } }).publishedPorts).toEqual([])
  })

  it('reads a variable that is set to nothing', () => {
    const TaskTemplate = { ContainerSpec: { Env: ['EMPTY=', 'BARE'] } }
    expect(toWorkload({ ID: 's1', Spec: { TaskTemplate } }).env).toEqual({ EMPTY: '', BARE: '' })
  })

  it.each([
    ['updating', true],
    ['rollback_started', true],
    ['paused', false],
    ['completed', false],
    ['rollback_paused', false],
    ['rollback_completed', false],
  ] as const)('takes an update that is %s for one in progress: %s', (State, expected) => {
    expect(toWorkload({ ID: 's1', UpdateStatus: { State } }).moving).toBe(expected)
  })
})

describe('toInstance', () => {
  it('reads a running task', () => {
    expect(toInstance(answers.running, names)).toEqual({
      id: 'irx7bkbu1fv04t8am7yjoxl26',
      workloadId: 'l2yh0f95d0yogfkrqmvqh2ff0',
      workload: 'hello_www',
      name: 'hello_www.1.irx7bkbu1fv04t8am7yjoxl26',
      nodeId: 'apgnqricuphefikmsb3h6nba4',
      phase: 'running',
      why: '',
      wanted: true,
      up: true,
      moving: false,
      template: HASH,
      addresses: { hello_n: '10.0.2.5' },
      error: '',
    })
  })

  it('reads a task that no node has room for: it has an address but no node yet', () => {
    expect(toInstance(answers.unschedulable, names)).toMatchObject({
      nodeId: null,
      phase: 'starting',
      moving: false,
      addresses: { hello_n: '10.0.2.8' },
      error: 'no suitable node (scheduling constraints not satisfied on 1 node)',
    })
  })

  it('reads a task that crashed', () => {
    expect(toInstance(answers.crashed, names)).toMatchObject({
      phase: 'ended',
      why: 'the task is failed',
      wanted: false,
      error: 'task: non-zero exit (137)',
    })
  })

  it('tells by what its container is made from whether a task is of a version of its service', () => {
    const { Spec, ...service } = answers.service
    const { template } = toInstance(answers.running, names)
    expect(toWorkload({ ...service, Spec }).template).not.toBe(template)
    const placedElsewhere = { ...answers.running.Spec, Placement: { Constraints: ['node.role==worker'] } }
    const same = toInstance({ ...answers.running, Spec: placedElsewhere }, names)
    expect(same.template).toBe(template)
    const forced = toInstance(
      { ...answers.running, Spec: { ...answers.running.Spec, ForceUpdate: 1 } },
      names,
    )
    expect(forced.template).not.toBe(template)
    expect(toInstance({ ...answers.running, Spec: { ...Spec?.TaskTemplate } }, names).template).toBe(
      toWorkload({ ...service, Spec }).template,
    )
  })

  it('leaves the name of an unknown service empty', () => {
    expect(toInstance(answers.running, new Map()).workload).toBe('')
  })

  it('reads a task of which little is known', () => {
    expect(toInstance({ ID: 't1', NetworksAttachments: null }, names)).toEqual({
      id: 't1',
      workloadId: '',
      workload: '',
      name: '..t1',
      nodeId: null,
      phase: 'starting',
      why: '',
      wanted: false,
      up: false,
      moving: true,
      template: '',
      addresses: {},
      error: '',
    })
  })

  it.each([
    ['the first of several addresses', ['10.0.1.5/24', '10.0.1.6/24'], { net: '10.0.1.5' }],
    ['the IPv4 one of both kinds', ['fd00::5/64', '10.0.1.5/24'], { net: '10.0.1.5' }],
    ['an address without a prefix length', ['10.0.1.5'], { net: '10.0.1.5' }],
    ['none on a network with IPv6 alone', ['fd00::5/64'], {}],
    ['none where there is none yet', null, {}],
  ])('takes %s', (_, Addresses, expected) => {
    const NetworksAttachments = [{ Network: { Spec: { Name: 'net' } }, Addresses }]
    expect(toInstance({ ID: 't1', NetworksAttachments }, names).addresses).toEqual(expected)
  })

  it('passes over a network without a name, which was removed meanwhile', () => {
    const NetworksAttachments = [
      { Network: {}, Addresses: ['10.0.1.5/24'] },
      { Network: { Spec: { Name: 'net' } }, Addresses: ['10.0.2.5/24'] },
    ]
    expect(toInstance({ ID: 't1', NetworksAttachments }, names).addresses).toEqual({ net: '10.0.2.5' })
  })

  it('is named by its node if it is of a global service, whose slot Docker calls 0 or leaves out', () => {
    for (const slot of [{ Slot: 0 }, {}]) {
      expect(toInstance({ ID: 't1', NodeID: 'n1', ...slot }, names).name).toBe('.n1.t1')
    }
  })
})

describe('toNode', () => {
  it('reads a manager that leads', () => {
    expect(toNode(answers.node)).toEqual({
      id: 'apgnqricuphefikmsb3h6nba4',
      hostname: 'node1',
      status: 'ready',
      availability: 'active',
      role: 'manager',
      leader: true,
      zone: 'a',
    })
  })

  it('reads a worker without labels that was lost', () => {
    const answer = { ID: 'n2', Spec: { Role: 'worker', Availability: 'drain' }, Status: { State: 'down' } }
    expect(toNode(answer)).toEqual({
      id: 'n2',
      hostname: '',
      status: 'down',
      availability: 'drain',
      role: 'worker',
      leader: false,
      zone: null,
    })
  })

  it('takes an empty zone for none', () => {
    expect(toNode({ ID: 'n2', Spec: { Labels: { 'shoal.zone': '' } } }).zone).toBeNull()
  })
})

describe('toSpecText', () => {
  it('has the stack that the config belongs to', () => {
    const Spec = { Name: 'hello_www', Labels: { 'com.docker.stack.namespace': 'hello' }, Data: '' }
    expect(toSpecText({ ID: 'c1', CreatedAt: '', Spec }).group).toBe('hello')
  })

  it('decodes the text', () => {
    expect(toSpecText(answers.config)).toEqual({
      id: 'm2ahabe3caaiqze0kq3419p5j',
      name: 'www-1',
      group: null,
      labels: { 'shoal.dev/kind': 'Service' },
      createdAt: '2026-11-23T22:19:08.57352507Z',
      text: 'apiVersion: shoal.dev/v1\nkind: Service\nmetadata: {name: www}\n',
    })
  })
})
