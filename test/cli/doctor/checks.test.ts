import { describe, expect, it } from 'vitest'
import type { Finding } from '../../../src/cli/doctor/check.ts'
import { CHECKS } from '../../../src/cli/doctor/checks.ts'
import { isUnknown } from '../../../src/cli/doctor/facts.ts'
import type { DoctorFacts } from '../../../src/cli/doctor/facts.ts'
import type { PublishedPort } from '../../../src/model/setup.ts'
import type { SwarmService, SwarmTask } from '../../../src/model/swarm.ts'
import { HTTP, label, labelled, service, specText, task } from '../../plan/world.ts'
import {
  condition,
  consulFacts,
  facts,
  factsOf,
  healthySnapshot,
  NOW,
  setup,
  status,
  swarmFacts,
} from './facts.ts'

/** What one check finds, as `level subject: found`. */
function found(name: string, given: DoctorFacts): string[] {
  return findings(name, given).map((each) => `${each.level} ${each.subject}: ${each.found}`)
}

function findings(name: string, given: DoctorFacts): readonly Finding[] {
  const check = CHECKS.find((each) => each.name === name)
  if (check === undefined) throw new Error(`no check ${name}`)
  const result = check.find(given)
  if (isUnknown(result)) throw new Error(result.unknown)
  return result
}

/** Every check that finds something. */
function complaining(given: DoctorFacts): string[] {
  return CHECKS.map(({ name }) => name).filter((name) => findings(name, given).length > 0)
}

function withServices(...services: SwarmService[]): readonly SwarmService[] {
  return [...healthySnapshot().services, ...services]
}

function withoutTasks(gone: (task: SwarmTask) => boolean, ...others: SwarmTask[]): readonly SwarmTask[] {
  return [...healthySnapshot().tasks.filter((each) => !gone(each)), ...others]
}

describe('every check', () => {
  it('finds nothing in a healthy Swarm', () => {
    expect(complaining(facts())).toEqual([])
  })

  it('has a name of its own, and says what is so when all is well', () => {
    expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length)
    expect(CHECKS.filter(({ healthy }) => healthy.length < 10)).toEqual([])
  })
})

describe('docker', () => {
  const engine = { address: 'unix:///docker.sock', version: '1', api: '1.51', minApi: '1.24' }

  it('tells why the engine does not answer', () => {
    const unknown = { unknown: 'Docker at unix:///x: nobody listens there' }
    expect(found('docker', facts({ engine: unknown }))).toEqual([`fault docker: ${unknown.unknown}`])
  })

  it.each([
    ['too new for this Shoal', { minApi: '1.52' }, 'fault'],
    ['older than any that was tried', { api: '1.40' }, 'warning'],
  ])('finds an engine that is %s', (_, versions, level) => {
    expect(findings('docker', facts({ engine: { ...engine, ...versions } }))).toMatchObject([{ level }])
  })

  it.each(['1.41', '1.44', '1.51', '1.60'])('is content with API %s', (api) => {
    expect(found('docker', facts({ engine: { ...engine, api, minApi: '1.24' } }))).toEqual([])
  })
})

describe('swarm', () => {
  it('finds an engine that is no manager', () => {
    const swarm = { unknown: '503 This node is not a swarm manager' }
    expect(found('swarm', facts({ swarm }))).toEqual([`fault swarm: ${swarm.unknown}`])
  })

  it('warns of two managers, of which none may be lost', () => {
    const nodes = healthySnapshot().nodes.map((each) =>
      each.id === 'n3' ? { ...each, role: 'worker' as const } : each,
    )
    expect(findings('swarm', factsOf({ nodes }))).toMatchObject([{ level: 'warning' }])
  })
})

describe('nodes', () => {
  it.each([
    [{ status: 'down' }, 'fault host-n2: the node is down'],
    [{ availability: 'drain' }, 'warning host-n2: the node is drained: it runs no task'],
    [{ availability: 'pause' }, 'warning host-n2: the node is paused: it gets no new task'],
  ] as const)('finds one that is %j', (changes, told) => {
    const nodes = healthySnapshot().nodes.map((each) => (each.id === 'n2' ? { ...each, ...changes } : each))
    expect(found('nodes', factsOf({ nodes }))).toEqual([told])
  })
})

describe('parts', () => {
  const gone = (serviceName: string, nodeId: string) => (each: SwarmTask) =>
    each.serviceName === serviceName && each.nodeId === nodeId

  it.each(['consul-agent', 'haproxy', 'dns', 'proxy', 'controller'])('finds a node without %s', (part) => {
    const tasks = withoutTasks(gone(`shoal_${part}`, 'n2'))
    expect(found('parts', factsOf({ tasks }))).toEqual([
      expect.stringMatching(`^fault host-n2: no task of shoal_${part} runs there: `),
    ])
  })

  it('says what Docker says of the newest task', () => {
    const failed = (id: string, error: string) =>
      task(id, 'shoal_haproxy', { nodeId: 'n2', slot: null, state: 'rejected', error })
    const tasks = withoutTasks(gone('shoal_haproxy', 'n2'), failed('b', 'no space'), failed('a', 'no memory'))
    const given = swarmFacts({ ...healthySnapshot(), tasks })
    const times = new Map(given.tasks)
    times.set('a', { id: 'a', image: '', since: '2026-01-01T00:30:00Z' })
    const swarm = { ...given, tasks: times }
    expect(found('parts', facts({ swarm }))).toEqual([expect.stringMatching(/; no memory$/)])
  })

  it('names the constraint that keeps it away', () => {
    const constraints = ['node.labels.fast==true']
    const tasks = withoutTasks(gone('shoal_dns', 'n3'))
    const given = factsOf({ tasks }, [setup('shoal_dns', { constraints })])
    expect(findings('parts', given)).toMatchObject([
      { mend: "docker service update --constraint-rm 'node.labels.fast==true' shoal_dns" },
    ])
  })

  it('does not want a part where no task may run, nor a controller on a worker', () => {
    const nodes = healthySnapshot().nodes.map((each) =>
      each.id === 'n2'
        ? { ...each, availability: 'drain' as const }
        : { ...each, role: each.id === 'n3' ? ('worker' as const) : each.role },
    )
    const tasks = withoutTasks((each) => each.nodeId === 'n2' || gone('shoal_controller', 'n3')(each))
    expect(found('parts', factsOf({ nodes, tasks }))).toEqual([])
  })

  it('only warns during an update', () => {
    const services = healthySnapshot().services.map((each) =>
      each.name === 'shoal_proxy' ? { ...each, updating: true } : each,
    )
    const tasks = withoutTasks(gone('shoal_proxy', 'n1'))
    expect(findings('parts', factsOf({ services, tasks }))).toMatchObject([{ level: 'warning' }])
  })

  it('finds a part that is not deployed, or has too few tasks', () => {
    const services = healthySnapshot().services.filter(({ name }) => name !== 'shoal_dns')
    const others = withoutTasks(({ serviceName }) => serviceName === 'shoal_dns')
    expect(found('parts', factsOf({ services, tasks: others }))).toEqual([
      expect.stringMatching('^fault service shoal_dns: it is not deployed'),
    ])
    const tasks = withoutTasks(({ serviceName }) => serviceName === 'shoal_consul-server')
    expect(found('parts', factsOf({ tasks }))).toEqual([
      expect.stringMatching('^fault service shoal_consul-server: 0 of 1 tasks run'),
    ])
  })
})

describe('ports', () => {
  const port = (mode: PublishedPort['mode']): PublishedPort => ({
    published: 80,
    target: 8080,
    protocol: 'tcp',
    mode,
  })

  it.each(['host', 'ingress'] as const)(
    'finds a service that publishes HAProxy’s port in %s mode',
    (mode) => {
      const services = withServices(service('old_web'))
      expect(found('ports', factsOf({ services }, [setup('old_web', { ports: [port(mode)] })]))).toEqual([
        `fault service old_web: it publishes port 80 (${mode} mode), on which HAProxy is to answer on every node`,
      ])
    },
  )

  it('leaves other ports and protocols alone', () => {
    const services = withServices(service('old_web'))
    const ports = [
      { ...port('host'), published: 81 },
      { ...port('host'), protocol: 'udp' },
    ]
    expect(found('ports', factsOf({ services }, [setup('old_web', { ports })]))).toEqual([])
  })

  it.each([
    'driver failed programming external connectivity: Bind for 0.0.0.0:80 failed: port is already allocated',
    'listen tcp4 0.0.0.0:80: bind: address already in use',
    'no suitable node (host-mode port already in use on 1 node)',
  ])('finds a node on which something else has it: %s', (error) => {
    const failed = task('h', 'shoal_haproxy', { nodeId: 'n2', slot: null, state: 'rejected', error })
    const tasks = withoutTasks(
      ({ serviceName, nodeId }) => serviceName === 'shoal_haproxy' && nodeId === 'n2',
      failed,
    )
    expect(found('ports', factsOf({ tasks }))).toEqual([`fault host-n2: port 80 is taken there: ${error}`])
  })

  it('forgets a clash once HAProxy runs', () => {
    const error = 'port is already allocated'
    const tasks = [
      ...healthySnapshot().tasks,
      task('h', 'shoal_haproxy', { nodeId: 'n2', state: 'rejected', error }),
    ]
    expect(found('ports', factsOf({ tasks }))).toEqual([])
  })
})

describe('versions', () => {
  it('finds programs of two images', () => {
    expect(found('versions', factsOf({}, [setup('shoal_proxy', { image: 'shoal:2' })]))).toEqual([
      'fault services shoal_controller and shoal_proxy: they are to run different images: shoal:1 and shoal:2',
    ])
  })

  it('finds tasks of another image than their service’s', () => {
    const swarm = swarmFacts()
    const tasks = new Map(swarm.tasks).set('dns-n2', { id: 'dns-n2', image: 'old:1', since: '' })
    expect(found('versions', facts({ swarm: { ...swarm, tasks } }))).toEqual([
      'warning service shoal_dns: on host-n2 it still runs old:1, not shoal_dns:1',
    ])
  })
})

describe('controller', () => {
  it('finds that none runs beside the leader', () => {
    const tasks = withoutTasks(({ id }) => id === 'controller-n1')
    expect(found('controller', factsOf({ tasks }))).toEqual([
      expect.stringMatching('^fault host-n1: it leads the Swarm, but no controller runs there'),
    ])
  })

  it('does not mind where else one is missing', () => {
    expect(found('controller', factsOf({ tasks: withoutTasks(({ id }) => id === 'controller-n2') }))).toEqual(
      [],
    )
  })

  it('finds services that nobody has judged', () => {
    const consul = consulFacts(swarmFacts(), { statuses: new Map() })
    expect(found('controller', facts({ consul }))).toEqual([
      'fault host-n1: its controller has not judged hello/www',
    ])
  })
})

describe('consul', () => {
  const agents = () => new Map(consulFacts(swarmFacts()).agents)
  const clock = { least: 0, most: 1000 }

  it('finds that nobody leads', () => {
    const leaderless = new Map([...agents()].map(([id]) => [id, { leader: null, clock }]))
    expect(found('consul', facts({ consul: consulFacts(swarmFacts(), { agents: leaderless }) }))).toEqual([
      expect.stringMatching('^fault consul: no agent knows of a leader'),
    ])
  })

  it('finds an agent that does not answer', () => {
    const consul = consulFacts(swarmFacts(), { agents: agents().set('n2', { unknown: 'timed out' }) })
    expect(found('consul', facts({ consul }))).toEqual([
      'fault host-n2: its Consul agent does not answer: timed out',
    ])
  })

  it.each(['failed', 'left'] as const)('finds an agent that is %s to the others', (told) => {
    const { members } = consulFacts(swarmFacts())
    const changed = members.map((each, index) => (index === 2 ? { ...each, status: told } : each))
    expect(found('consul', facts({ consul: consulFacts(swarmFacts(), { members: changed }) }))).toEqual([
      expect.stringMatching(`^warning host-n3: to the other agents its Consul agent is ${told}`),
    ])
  })

  it('does not mind agents of the past', () => {
    const { members } = consulFacts(swarmFacts())
    const past = { name: 'host-n1-dead', address: '10.0.0.9', status: 'failed' as const, server: false }
    expect(
      found('consul', facts({ consul: consulFacts(swarmFacts(), { members: [...members, past] }) })),
    ).toEqual([])
  })
})

describe('clocks', () => {
  it.each([
    [{ least: 2500, most: 3600 }, 'warning host-n2: its clock is at least 2 s ahead of'],
    [{ least: -9000, most: -7900 }, 'warning host-n2: its clock is at least 7 s behind'],
    [{ least: -100_000, most: -90_000 }, 'fault host-n2: its clock is at least 90 s behind'],
  ])('finds one that is surely off by %j ms', (clock, told) => {
    const agents = new Map(consulFacts(swarmFacts()).agents).set('n2', { leader: 'x', clock })
    const consul = consulFacts(swarmFacts(), { agents })
    expect(found('clocks', facts({ consul }))).toEqual([expect.stringContaining(told)])
  })

  it.each([
    { least: -3000, most: 3000 },
    { least: -Infinity, most: Infinity },
    { least: 1900, most: 2900 },
  ])('says nothing where it can’t be sure: %j', (clock) => {
    const agents = new Map(consulFacts(swarmFacts()).agents).set('n2', { leader: 'x', clock })
    expect(found('clocks', facts({ consul: consulFacts(swarmFacts(), { agents }) }))).toEqual([])
  })
})

describe('specs', () => {
  it('finds a bad one, with its place', () => {
    const bad = service('shop_api', { labels: label(specText('api', { hots: [] })) })
    expect(found('specs', factsOf({ services: withServices(bad) }))).toEqual([
      expect.stringMatching(/^fault service shop\/shop_api|shop\/api: InvalidSpec: .*hots.*hosts/),
    ])
  })

  it.each([
    ['HostConflict', { hosts: ['www.hello'] }, {}],
    ['PortConflict', { ports: [{ ...HTTP, protocol: 'tcp', port: 90 }] }, { ports: [{ ...HTTP, port: 90 }] }],
  ])('finds a %s', (reason, newer, older) => {
    const older_ = labelled('shop_old', { hosts: reason === 'HostConflict' ? ['www.hello'] : [], ...older })
    const newer_ = labelled('shop_new', newer, { createdAt: '2026-01-02T00:00:00Z' })
    expect(findings('specs', factsOf({ services: withServices(older_, newer_) }))).toMatchObject([
      { level: 'fault', subject: 'service shop/new', found: expect.stringContaining(reason) },
    ])
  })
})

describe('mesh', () => {
  it('finds a service that is not on it, though it has no task yet', () => {
    const given = factsOf({}, [setup('hello_www', { networks: { hello_default: [] } })])
    expect(findings('mesh', given)).toMatchObject([
      {
        level: 'fault',
        subject: 'service hello/www',
        mend: expect.stringContaining('--network-add shoal_mesh hello_www'),
      },
    ])
  })

  it('finds a selector that matches nothing', () => {
    const services = healthySnapshot().services.filter(({ name }) => name !== 'hello_www')
    const tasks = withoutTasks(({ id }) => id === 'www')
    const lost = {
      id: 'c',
      name: 'c',
      labels: {},
      createdAt: '2026-01-01T00:00:00Z',
      text: specText('www', { selector: { service: 'hello_wwww' } }),
    }
    expect(found('mesh', factsOf({ services, tasks, configs: [lost] }))).toEqual([
      'fault service default/www: NoSuchService: it selects the Swarm service hello_wwww, which there is not',
    ])
  })

  it('finds a service without tasks, unless it is scaled to zero', () => {
    const tasks = withoutTasks(({ id }) => id === 'www')
    expect(found('mesh', factsOf({ tasks }))).toEqual([
      expect.stringMatching('^warning service hello/www: NoTasks'),
    ])
    const services = healthySnapshot().services.map((each) =>
      each.name === 'hello_www' ? { ...each, replicas: 0 } : each,
    )
    expect(found('mesh', factsOf({ services, tasks }))).toEqual([])
  })
})

describe('dns', () => {
  it.each([
    [[], 'have no name server set'],
    [['1.1.1.1'], 'ask 1.1.1.1'],
  ])('finds a service on the mesh with name servers %j', (servers, told) => {
    expect(found('dns', factsOf({}, [setup('hello_www', { dns: servers })]))).toEqual([
      expect.stringContaining(`warning service hello_www: its containers ${told}`),
    ])
  })

  it('leaves services elsewhere and Shoal’s own alone', () => {
    const elsewhere = setup('hello_www', { dns: [], networks: {} })
    const own = setup('shoal_haproxy', { networks: { shoal_mesh: [] } })
    expect(found('dns', factsOf({}, [elsewhere, own]))).toEqual([])
  })
})

describe('ipvs', () => {
  const vip = setup('hello_www', { endpointMode: 'vip' })
  const ingress = setup('hello_www', {
    ports: [{ published: 8080, target: 80, protocol: 'tcp', mode: 'ingress' }],
  })

  it.each([
    ['vip mode', vip, /endpoint mode is vip.* hang, for the kernel has no IP_VS/],
    ['a port in ingress mode', ingress, /publishes port 8080 in ingress mode.* hang/],
  ])('finds %s on a kernel without', (_, given, told) => {
    expect(findings('ipvs', factsOf({}, [given], { ipvs: false }))).toMatchObject([
      { level: 'fault', subject: 'service hello_www', found: expect.stringMatching(told) },
    ])
  })

  it('warns where the kernel is unknown, and is content with one that has it', () => {
    const unknown = { unknown: 'no controller runs' }
    expect(findings('ipvs', factsOf({}, [vip], { ipvs: unknown }))).toMatchObject([{ level: 'warning' }])
    expect(found('ipvs', factsOf({}, [vip, ingress], { ipvs: true }))).toEqual([])
    expect(found('ipvs', factsOf({}, [], { ipvs: false }))).toEqual([])
  })
})

describe('names', () => {
  it('finds a Swarm service that has another’s short name', () => {
    const services = withServices(service('www'))
    expect(found('names', factsOf({ services }))).toEqual([
      'warning service hello/www: on the mesh Docker’s own DNS answers www with the tasks of Swarm service www, before Shoal’s is asked',
    ])
  })

  it('finds one that has it by the alias of its stack', () => {
    const services = withServices(service('shop_www'))
    expect(found('names', factsOf({ services }))).toHaveLength(1)
  })

  it('does not mind that a service has its own', () => {
    expect(found('names', factsOf({}, [setup('hello_www', { networks: { shoal_mesh: ['www'] } })]))).toEqual(
      [],
    )
  })
})

describe('proxies', () => {
  const base = consulFacts(swarmFacts())

  it('finds a refusal', () => {
    const reports = base.reports.map((each) =>
      each.node === 'host-n2' ? { ...each, error: '10-http-80.cfg: bad' } : each,
    )
    expect(found('proxies', facts({ consul: { ...base, reports } }))).toEqual([
      expect.stringMatching(/^fault host-n2: its HAProxy refused .* hello\/www.*bad$/),
    ])
  })

  it('warns of a proxy that is behind, and calls it a fault once that lasts', () => {
    const reports = base.reports.filter(({ node }) => node !== 'host-n3')
    const since = (ago: number) => new Date(NOW - ago).toISOString()
    const statuses = (ago: number) =>
      new Map([
        ['hello/www', status('hello/www', [condition('Programmed', 'False', 'Programming', '', since(ago))])],
      ])
    expect(
      findings('proxies', facts({ consul: { ...base, reports, statuses: statuses(5000) } })),
    ).toMatchObject([{ level: 'warning', subject: 'host-n3' }])
    expect(
      findings('proxies', facts({ consul: { ...base, reports, statuses: statuses(31_000) } })),
    ).toMatchObject([{ level: 'fault', subject: 'host-n3' }])
  })

  it('expects nothing of a node without HAProxy', () => {
    const swarm = swarmFacts({ ...healthySnapshot(), tasks: withoutTasks(({ id }) => id === 'haproxy-n3') })
    const reports = base.reports.filter(({ node }) => node !== 'host-n3')
    expect(found('proxies', facts({ swarm, consul: consulFacts(swarm, { reports }) }))).toEqual([])
  })
})

describe('health', () => {
  const resolved = condition('Resolved', 'True', 'TasksFound')
  const judged = (...conditions: Parameters<typeof condition>[]) =>
    facts({
      consul: consulFacts(swarmFacts(), {
        statuses: new Map([
          ['hello/www', status('hello/www', [resolved, ...conditions.map((each) => condition(...each))])],
        ]),
      }),
    })

  it.each([
    ['Unavailable', 'False', 'fault'],
    ['Degraded', 'True', 'warning'],
  ] as const)('finds a service that is %s', (reason, truth, level) => {
    expect(findings('health', judged(['Ready', truth, reason, '1 of 2 tasks']))).toMatchObject([{ level }])
  })

  it('finds tasks that stay unregistered', () => {
    expect(found('health', judged(['Registered', 'False', 'Registering', '1 of 2 tasks']))).toEqual([
      'fault service hello/www: only 1 of 2 tasks are registered in Consul',
    ])
    const recent = new Date(NOW - 1000).toISOString()
    expect(found('health', judged(['Registered', 'False', 'Registering', '1 of 2 tasks', recent]))).toEqual(
      [],
    )
  })

  it('is content with what is ready, or scaled to zero on purpose', () => {
    expect(found('health', judged(['Ready', 'True', 'Ready'], ['Ready', 'False', 'ScaledToZero']))).toEqual(
      [],
    )
  })
})
