/** Clients that keep their connections: what is open on a task that is to stop lives on to the drain timeout. */
import { setTimeout as pause } from 'node:timers/promises'
import { waitFor } from '../../../swarm/dev/cluster/wait.ts'
import { loadCase } from '../load-case.ts'
import { openSockets } from '../load/sockets.ts'
import { ALL_NODES, RATE } from './load.ts'

const DRAIN_MS = 10_000
const SOCKETS = 60

export const DRAIN = loadCase({
  name: 'drain',
  title: 'Keep-alive and HTTP/2 clients and 60 WebSockets, 2 of 4 tasks drained (10 s)',
  replicas: 4,
  // An app that lets its clients finish.
  settings: { LINGER_MS: '15000', GRACE: '30s', DRAIN: `${DRAIN_MS / 1000}s` },
  bounds: { failed: 0, reloads: 0, measures: { 'WebSockets cut early': 0, 'WebSocket failures': 0 } },
  shoalOnly: true,
  load: {
    nodes: ALL_NODES,
    rate: RATE,
    methods: ['GET', 'POST'],
    options: (node) => (node === 0 ? ['-h2c'] : []),
  },
  async change({ world: { cluster } }, app) {
    const urls = cluster.nodes.map(({ httpUrl }) => `${httpUrl.replace('http:', 'ws:')}/`)
    const sockets = await openSockets(urls, app.host, SOCKETS)
    await pause(2000)
    const told = Date.now()
    await app.scale(2)
    await waitFor('2 containers', async () => (await app.containers()).length === 2 || undefined, {
      timeoutMs: 90_000,
      everyMs: 500,
    })
    await pause(1000)
    await sockets.stop()
    const lived = sockets.closed.map((at) => (at - told) / 1000)
    return {
      measures: {
        'WebSockets closed': lived.length,
        'WebSockets cut early': lived.filter((seconds) => seconds < DRAIN_MS / 1000).length,
        'WebSocket failures': sockets.failures.length,
        'first closed after s': Math.min(...lived),
      },
    }
  },
  async restore(_, app) {
    await app.scale(4)
    await app.served(4)
  },
})
