import { describe, expect, it } from 'vitest'
import type { Instance } from '../../../../src/model/cluster.ts'
import { instance, workload } from '../../../controller/plan/world.ts'
import { facts, factsOf, healthySnapshot, setup, swarmFacts } from '../facts.ts'
import { found, findings, withoutTasks } from '../finding.ts'

describe('parts', () => {
  const gone = (serviceName: string, nodeId: string) => (each: Instance) =>
    each.workload === serviceName && each.nodeId === nodeId

  it.each(['consul-agent', 'haproxy', 'dns', 'node', 'controller'])('finds a node without %s', (part) => {
    const tasks = withoutTasks(gone(`shoal_${part}`, 'n2'))
    expect(found('parts', factsOf({ instances: tasks }))).toEqual([
      expect.stringMatching(`^fault host-n2: no task of shoal_${part} runs there: `),
    ])
  })

  it('says what Docker says of the newest task', () => {
    const failed = (id: string, error: string) =>
      instance(id, 'shoal_haproxy', { nodeId: 'n2', slot: null, state: 'rejected', error })
    const tasks = withoutTasks(gone('shoal_haproxy', 'n2'), failed('b', 'no space'), failed('a', 'no memory'))
    const given = swarmFacts({ ...healthySnapshot(), instances: tasks })
    const times = new Map(given.tasks)
    times.set('a', { id: 'a', image: '', state: 'rejected', since: '2026-01-01T00:30:00Z' })
    const swarm = { ...given, tasks: times }
    expect(found('parts', facts({ swarm }))).toEqual([expect.stringMatching(/; no memory$/)])
  })

  it('names the constraint that keeps it away', () => {
    const constraints = ['node.labels.fast==true']
    const tasks = withoutTasks(gone('shoal_dns', 'n3'))
    const given = factsOf({ instances: tasks }, [setup('shoal_dns', { constraints })])
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
    expect(found('parts', factsOf({ nodes, instances: tasks }))).toEqual([])
  })

  it('only warns during an update', () => {
    const services = healthySnapshot().workloads.map((each) =>
      each.name === 'shoal_node' ? { ...each, moving: true } : each,
    )
    const tasks = withoutTasks(gone('shoal_node', 'n1'))
    expect(findings('parts', factsOf({ workloads: services, instances: tasks }))).toMatchObject([
      { level: 'warning' },
    ])
  })

  it('finds the node agent that an older stack file deployed under another name', () => {
    const workloads = [...healthySnapshot().workloads, workload('shoal_proxy', { wanted: null })]
    expect(found('parts', factsOf({ workloads }))).toEqual([
      'warning service shoal_proxy: it is called shoal_node by now',
    ])
  })

  it('finds a part that is not deployed, or has too few tasks', () => {
    const services = healthySnapshot().workloads.filter(({ name }) => name !== 'shoal_dns')
    const others = withoutTasks((each) => each.workload === 'shoal_dns')
    expect(found('parts', factsOf({ workloads: services, instances: others }))).toEqual([
      expect.stringMatching('^fault service shoal_dns: it is not deployed'),
    ])
    const tasks = withoutTasks((each) => each.workload === 'shoal_consul-server')
    expect(found('parts', factsOf({ instances: tasks }))).toEqual([
      expect.stringMatching('^fault service shoal_consul-server: 0 of 1 tasks run'),
    ])
  })
})
