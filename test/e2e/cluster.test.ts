/** The cluster itself, without Shoal: each fault does what it says and can be undone, and nothing is left behind. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listMembers, startCluster, stopCluster } from '../../swarm/dev/cluster.ts'
import type { Cluster, ClusterOptions } from '../../swarm/dev/cluster.ts'
import type { Member } from '../../swarm/dev/cluster/members.ts'
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import { docker } from '../../swarm/dev/docker.ts'
import { ensureEngine } from '../../swarm/dev/engine.ts'
import { copyImages } from '../../swarm/images/load.ts'
import { DEFAULT_NAMES } from '../../swarm/images/recipes.ts'
import { inOrder } from './steps.ts'

const log = () => {}
const toolbox = DEFAULT_NAMES.SHOAL_TOOLBOX_MUSL_IMAGE
// A heartbeat every second: a lost node is down after three of them.
const options: ClusterOptions = {
  name: 'cluster-test',
  image: DEFAULT_NAMES.SHOAL_NODE_IMAGE,
  heartbeatSeconds: 1,
}

inOrder()

let cluster: Cluster

beforeAll(async () => {
  await ensureEngine({ log })
  await stopCluster(options.name)
  cluster = await startCluster(options)
  await copyImages([toolbox], cluster.nodes, log)
})

afterAll(() => stopCluster(options.name))

describe('cluster', () => {
  it('is a Swarm of three managers in two zones', async () => {
    const members = await listMembers(cluster.node(0))
    expect(members.map(({ hostname }) => hostname).sort()).toEqual(['node1', 'node2', 'node3'])
    expect(members.every(({ ready, reachable }) => ready && reachable)).toBe(true)
    const format = '{{index .Spec.Labels "shoal.zone"}}'
    const zones = await cluster.docker(1, ['node', 'inspect', '--format', format, 'node1', 'node2', 'node3'])
    expect(zones.trim().split('\n')).toEqual(['a', 'a', 'b'])
  })

  it('is found again by a second start', async () => {
    const before = await containers()
    expect((await startCluster(options)).nodes).toEqual(cluster.nodes)
    expect(before).toHaveLength(3)
    expect(await containers()).toEqual(before)
  })

  it('carries whole packets between nodes on an overlay network', async () => {
    await startOverlay()
    expect(await fetchLines()).toBe(LINES)
  })

  it('keeps its Docker APIs from the tasks', async () => {
    for (const { address } of cluster.nodes) {
      await expect(inTask(`nc -w 1 ${address} 2375 </dev/null`)).rejects.toThrow(/timed out|exit code/)
    }
    expect(await inTask(`nc -w 1 ${cluster.node(1).address} 2377 </dev/null`)).toBe('')
  })

  it('pause freezes a node until unpause', async () => {
    await cluster.pause(2)
    expect(await seenDown(2)).toMatchObject({ ready: false })
    await cluster.unpause(2)
    await cluster.ready()
  })

  it('cut isolates a node and its tasks, heal brings both back', async () => {
    await restartServer()
    await cluster.cut(2)
    await expect(fetchLines()).rejects.toThrow(/timed out|exit code/)
    await seenDown(2)
    expect(await cluster.docker(2, ['ps', '--format', '{{.Names}}'])).toBe('server\n')
    await cluster.heal(2)
    await cluster.ready()
    await waitFor('traffic', fetchLines, { timeoutMs: 30_000 })
  })

  it('kill turns a node off, start brings it back as the same one', async () => {
    const before = await listMembers(cluster.node(0))
    await cluster.kill(2)
    await seenDown(2)
    await expect(cluster.docker(2, ['info'], { timeoutMs: 2000 })).rejects.toThrow(/daemon|refused|exit code/)
    await cluster.start(2)
    await cluster.ready()
    expect((await listMembers(cluster.node(0))).map(({ id }) => id)).toEqual(before.map(({ id }) => id))
  })

  it('restart reboots a node, which joins again', async () => {
    const startedAt = () => docker(['inspect', '--format', '{{.State.StartedAt}}', cluster.node(1).container])
    const before = await startedAt()
    await cluster.restart(1)
    await cluster.ready(1)
    expect(await startedAt()).not.toBe(before)
    expect(await cluster.logs(1)).toContain('API listen on')
  })

  it('is mended by a start when a node is gone for good', async () => {
    const { container } = cluster.node(2)
    await docker(['rm', '--force', '--volumes', container])
    await docker(['volume', 'rm', container])
    cluster = await startCluster(options)
    const members = await listMembers(cluster.node(0))
    expect(members.map(({ hostname, ready }) => `${hostname} ${ready}`).sort()).toEqual([
      'node1 true',
      'node2 true',
      'node3 true',
    ])
  })

  it('leaves nothing behind', async () => {
    const names = cluster.nodes.map(({ container }) => container)
    const mounted = await docker(['inspect', '--format', '{{range .Mounts}}{{.Name}}\n{{end}}', ...names])
    const volumes = mounted.split('\n').filter((line) => line !== '')
    expect(volumes.sort()).toEqual(names)
    await stopCluster(options.name)
    const filter = `label=shoal.dev/cluster=${options.name}`
    expect(await docker(['ps', '--all', '--quiet', '--filter', filter])).toBe('')
    expect((await docker(['volume', 'ls', '--quiet'])).split('\n')).not.toEqual(
      expect.arrayContaining([expect.stringContaining(`shoal-${options.name}`)]),
    )
    expect(await docker(['network', 'ls', '--quiet', '--filter', `name=shoal-${options.name}`])).toBe('')
    await stopCluster(options.name)
  })
})

/** So many lines that packets are as big as the network takes them. */
const LINES = 50_000

/** A server on node3 and a client on node1, on one overlay network. */
async function startOverlay(): Promise<void> {
  await cluster.docker(0, ['network', 'create', '--driver', 'overlay', '--attachable', 'test'])
  const run = ['run', '--detach', '--init', '--network', 'test']
  const serve = `while :; do nc -l -p 7000 -e seq 1 ${LINES}; done`
  await cluster.docker(2, [...run, '--name', 'server', toolbox, 'sh', '-c', serve])
  await cluster.docker(0, [...run, '--name', 'client', toolbox, 'sleep', '3600'])
}

/** After a node was lost for a while, its tasks' addresses come to the others anew with the task. */
async function restartServer(): Promise<void> {
  await cluster.docker(2, ['restart', '--time', '0', 'server'])
  await waitFor('traffic', fetchLines, { timeoutMs: 30_000 })
}

/** How many lines the client gets from the server. */
async function fetchLines(): Promise<number> {
  return Number(await inTask('nc -w 2 server 7000 </dev/null | grep -c .'))
}

function inTask(script: string): Promise<string> {
  return cluster.docker(0, ['exec', 'client', 'timeout', '5', 'sh', '-c', script])
}

async function seenDown(index: number): Promise<Member> {
  const { name } = cluster.node(index)
  const down = async () =>
    (await listMembers(cluster.node(0))).find((each) => each.hostname === name && !each.ready)
  return waitFor(`${name} to be down`, down, { timeoutMs: 30_000 })
}

async function containers(): Promise<string[]> {
  const filter = `label=shoal.dev/cluster=${options.name}`
  return (await docker(['ps', '--quiet', '--no-trunc', '--filter', filter])).trim().split('\n').sort()
}
