import { describe, expect, it } from 'vitest'
import type { PublishedPort } from '../../../../src/model/setup.ts'
import { workload, instance } from '../../../controller/plan/world.ts'
import { factsOf, healthySnapshot, setup } from '../facts.ts'
import { found, withServices, withoutTasks } from '../finding.ts'

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
      const services = withServices(workload('old_web'))
      expect(
        found('ports', factsOf({ workloads: services }, [setup('old_web', { ports: [port(mode)] })])),
      ).toEqual([
        `fault service old_web: it publishes port 80 (${mode} mode), on which HAProxy is to answer on every node`,
      ])
    },
  )

  it('leaves other ports and protocols alone', () => {
    const services = withServices(workload('old_web'))
    const ports = [
      { ...port('host'), published: 81 },
      { ...port('host'), protocol: 'udp' },
    ]
    expect(found('ports', factsOf({ workloads: services }, [setup('old_web', { ports })]))).toEqual([])
  })

  it.each([
    'driver failed programming external connectivity: Bind for 0.0.0.0:80 failed: port is already allocated',
    'listen tcp4 0.0.0.0:80: bind: address already in use',
    'no suitable node (host-mode port already in use on 1 node)',
  ])('finds a node on which something else has it: %s', (error) => {
    const failed = instance('h', 'shoal_haproxy', { nodeId: 'n2', slot: null, state: 'rejected', error })
    const tasks = withoutTasks((each) => each.workload === 'shoal_haproxy' && each.nodeId === 'n2', failed)
    expect(found('ports', factsOf({ instances: tasks }))).toEqual([
      `fault host-n2: port 80 is taken there: ${error}`,
    ])
  })

  it('forgets a clash once HAProxy runs', () => {
    const error = 'port is already allocated'
    const tasks = [
      ...healthySnapshot().instances,
      instance('h', 'shoal_haproxy', { nodeId: 'n2', state: 'rejected', error }),
    ]
    expect(found('ports', factsOf({ instances: tasks }))).toEqual([])
  })
})
