import { filter, firstValueFrom, ReplaySubject, timeout } from 'rxjs'
import type { Observable } from 'rxjs'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { stopCluster } from '../../swarm/dev/cluster.ts'
import type { ClusterNode } from '../../swarm/dev/cluster.ts'
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import { docker as cli } from '../../swarm/dev/docker.ts'
import type { ClusterSnapshot } from '../../src/model/cluster.ts'
import { createSpecConfig, listSpecConfigs, removeConfig } from '../../src/docker/configs.ts'
import { connectDocker } from '../../src/docker/docker.ts'
import type { Docker } from '../../src/docker/docker.ts'
import { swarmEvents } from '../../src/docker/events.ts'
import type { Hint } from '../../src/docker/hint.ts'
import { leads } from '../../src/docker/leader.ts'
import { movingWorkloads } from '../../src/controller/plan/moving.ts'
import { observe, observeWorkloads } from '../../src/docker/observe.ts'
import { startOneNode } from './one-node.ts'

const CLUSTER = `adapter-${process.pid}`
const YAML = 'apiVersion: shoal.dev/v1\nkind: Service\nmetadata: {name: wörld}\n'

let node: ClusterNode
let docker: Docker

beforeAll(async () => {
  node = await startOneNode(CLUSTER)
  const { hostname, port } = new URL(node.host)
  docker = await connectDocker({ host: hostname, port })
  await inNode('node', 'update', '--label-add', 'shoal.zone=a', 'node1')
  await inNode('network', 'create', '--driver', 'overlay', '--attachable', 'mesh')
})

afterAll(() => stopCluster(CLUSTER))

describe('a real one-node Swarm', () => {
  it('is observed with its only node leading', async () => {
    const snapshot = await observe(docker)
    expect(snapshot.nodes).toEqual([
      {
        id: snapshot.self,
        hostname: 'node1',
        status: 'ready',
        availability: 'active',
        role: 'manager',
        leader: true,
        zone: 'a',
      },
    ])
    expect(leads(snapshot)).toBe(true)
  })

  it('shows a service through its whole life', async () => {
    const REMOVED = 'Swarm wants the task remove'
    const service = ['--name', 'www', '--network', 'mesh', '--endpoint-mode', 'dnsrr', '--env', 'A=x=y']
    const more = ['--container-label', 'region=us']
    const fast = ['--update-monitor', '0s', '--stop-grace-period', '1s', '--no-resolve-image']
    const create = ['service', 'create', '--detach', '--replicas', '2', ...service, ...more, ...fast]
    const id = (await inNode(...create, '--label', 'shoal.spec=one', 'sleep', '/bin/sleep', '600')).trim()

    const running = await until('two tasks to run', id, await observe(docker), ({ instances }) => {
      return instances.length === 2 && instances.every(({ phase }) => phase === 'running')
    })
    expect(running.workloads).toMatchObject([
      {
        id,
        name: 'www',
        wanted: 2,
        env: { A: 'x=y' },
        labels: { 'shoal.spec': 'one' },
        containerLabels: { region: 'us' },
        publishedPorts: [],
        previous: null,
      },
    ])
    expect(new Set(running.instances.map(({ name }) => name.split('.')[1]))).toEqual(new Set(['1', '2']))
    for (const task of running.instances) {
      expect(task).toMatchObject({ workload: 'www', nodeId: running.self, wanted: true })
      expect(task.addresses).toEqual({ mesh: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/) })
    }
    expect(movingWorkloads(running)).toEqual([])

    // What is about to stop is seen before it has stopped.
    await inNode('service', 'update', '--detach', '--replicas', '1', '--label-add', 'shoal.spec=two', 'www')
    const scaled = await until('a task to be removed', id, running, ({ instances }) => {
      return instances.some(({ why, up }) => why === REMOVED && up)
    })
    expect(movingWorkloads(scaled)).toEqual([id])
    expect(scaled.workloads).toMatchObject([
      { wanted: 1, labels: { 'shoal.spec': 'two' }, previous: { labels: { 'shoal.spec': 'one' } } },
    ])

    // The tasks of a removed service are there until they have stopped, though Docker no longer knows the service.
    await inNode('service', 'rm', 'www')
    const removed = await observeWorkloads(docker, scaled, [id])
    expect(removed.workloads).toEqual([])
    const stopping = removed.instances.filter(({ up }) => up)
    expect(stopping.length).toBeGreaterThan(0)
    for (const task of stopping) {
      expect(task).toMatchObject({ workload: 'www', phase: 'stopping', why: REMOVED })
    }
    expect(movingWorkloads(removed)).toEqual([id])
    expect((await observe(docker, removed)).instances[0]?.workload).toBe('www')

    const gone = await until(
      'the last task to be gone',
      id,
      removed,
      ({ instances }) => instances.length === 0,
    )
    expect(movingWorkloads(gone)).toEqual([])
  })

  it('keeps specs in configs, and tells of them', async () => {
    const hints = await follow()
    const id = await createSpecConfig(docker, {
      name: 'www-1',
      labels: { 'shoal.dev/name': 'www' },
      text: YAML,
    })
    await expect(next(hints, 'config')).resolves.toEqual({
      type: 'config',
      action: 'create',
      id,
      name: 'www-1',
    })
    await inNode('config', 'create', 'not-a-spec', '/etc/hostname')

    const labels = { 'shoal.dev/kind': 'Service', 'shoal.dev/name': 'www' }
    const expected = [{ id, name: 'www-1', group: null, labels, createdAt: expect.any(String), text: YAML }]
    await expect(listSpecConfigs(docker)).resolves.toEqual(expected)
    expect((await observe(docker)).specs).toEqual(expected)

    const again = createSpecConfig(docker, { name: 'www-1', labels: {}, text: YAML })
    await expect(again).rejects.toMatchObject({ name: 'DockerError', status: 409 })
    await removeConfig(docker, id)
    await removeConfig(docker, id)
    await expect(listSpecConfigs(docker)).resolves.toEqual([])
  })

  it('tells of a task that dies', async () => {
    const hints = await follow()
    const create = [
      'service',
      'create',
      '--detach',
      '--name',
      'brief',
      '--no-resolve-image',
      '--restart-condition',
      'none',
    ]
    const id = (await inNode(...create, 'sleep', '/bin/sleep', '0')).trim()
    await expect(next(hints, 'container')).resolves.toEqual({
      type: 'container',
      action: 'die',
      id,
      name: 'brief',
    })
    await inNode('service', 'rm', 'brief')
  })

  it('refuses to be observed when it has left the Swarm', async () => {
    await inNode('swarm', 'leave', '--force')
    await expect(observe(docker)).rejects.toMatchObject({
      status: 503,
      message: expect.stringContaining('This node is not a swarm manager'),
    })
  })
})

function inNode(...args: string[]): Promise<string> {
  return cli(args, { host: node.host })
}

/** Observes one service again and again, until the snapshot is as it should be. */
function until(
  what: string,
  serviceId: string,
  from: ClusterSnapshot,
  isRight: (snapshot: ClusterSnapshot) => boolean,
): Promise<ClusterSnapshot> {
  let snapshot = from
  const look = async (): Promise<ClusterSnapshot | undefined> => {
    snapshot = await observeWorkloads(docker, snapshot, [serviceId])
    return isRight(snapshot) ? snapshot : undefined
  }
  return waitFor(what, look, { timeoutMs: 30_000, everyMs: 50 })
}

/** All hints from now on, those already past included. */
async function follow(): Promise<Observable<Hint>> {
  const hints = new ReplaySubject<Hint>()
  const subscription = swarmEvents(docker).subscribe(hints)
  onTestFinished(() => subscription.unsubscribe())
  await next(hints, 'resync')
  return hints
}

function next(hints: Observable<Hint>, type: Hint['type']): Promise<Hint> {
  return firstValueFrom(
    hints.pipe(
      filter((hint) => hint.type === type),
      timeout(20_000),
    ),
  )
}
