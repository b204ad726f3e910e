import { PROGRAMS, restartAll } from '../../e2e/shoal-services.ts'
import { loadCase } from '../load-case.ts'
import { ALL_NODES, RATE } from './load.ts'

const CONSUL = ['shoal_consul-server', 'shoal_consul-agent']

export const UPGRADE = loadCase({
  name: 'upgrade',
  title: 'Shoal and Consul replaced container by container',
  replicas: 4,
  bounds: { failed: 0, reloads: 0 },
  shoalOnly: true,
  load: { nodes: ALL_NODES, rate: RATE, methods: ['GET', 'POST'] },
  async change({ world }, app) {
    for (const service of [...PROGRAMS, ...CONSUL]) await restartAll(world, [service])
    await app.served(4)
  },
})
