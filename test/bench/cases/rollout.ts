import { rollOut } from '../app.ts'
import { loadCase } from '../load-case.ts'
import { ALL_NODES, RATE } from './load.ts'

export const STOP_FIRST = loadCase({
  name: 'stop-first',
  title: 'Rolling update, stop-first, 4 tasks that die at once on SIGTERM',
  replicas: 4,
  bounds: { failed: 0, reloads: 0 },
  load: { nodes: ALL_NODES, rate: RATE, methods: ['GET', 'POST'] },
  change: (lab, app) => rollOut(lab, app),
})

export const START_FIRST = loadCase({
  name: 'start-first',
  title: 'Rolling update, start-first, 4 tasks that are ready 3 s after their port opens',
  replicas: 4,
  settings: { ORDER: 'start-first', READY_MS: '3000' },
  bounds: { failed: 0, reloads: 0 },
  load: { nodes: ALL_NODES, rate: RATE, methods: ['GET', 'POST'] },
  change: (lab, app) => rollOut(lab, app),
})

export const SLOW = loadCase({
  name: 'slow',
  title: 'Rolling update, stop-first, under requests of 1.5 s',
  replicas: 4,
  bounds: { failed: 0, reloads: 0 },
  load: { nodes: ALL_NODES, rate: RATE, path: '/slow', methods: ['GET', 'POST'] },
  change: (lab, app) => rollOut(lab, app),
})
