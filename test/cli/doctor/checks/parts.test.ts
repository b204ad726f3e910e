import { describe, expect, it } from 'vitest'
import type { SwarmTask } from '../../../../src/model/cluster.ts'
import { task } from '../../../controller/plan/world.ts'
import { facts, factsOf, healthySnapshot, setup, swarmFacts } from '../facts.ts'
import { found, findings, withoutTasks } from '../finding.ts'

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
