/** Tasks that run and are not well. How soon every HAProxy leaves one alone is read from the HAProxies themselves. */
import { setTimeout as pause } from 'node:timers/promises'
import type { App, Container } from '../app.ts'
import type { Bounds } from '../case.ts'
import { engineOf } from '../engine.ts'
import type { Lab } from '../lab.ts'
import { loadCase } from '../load-case.ts'
import { startObservers } from '../observer.ts'
import type { Observers, Servers } from '../observer.ts'
import { containerName } from '../../e2e/app.ts'
import { ALL_NODES, RATE } from './load.ts'

/** ms: the check's interval of 1 s, and 250 to act on what it found. */
const OUT_MS = 1250
/** ms for which health comes and goes. */
const FLAP_MS = 20_000

type Sickness = (
  lab: Lab,
  victim: Container,
  name: string,
  observers: Observers,
) => Promise<Record<string, number>>

const isOut =
  (name: string) =>
  (servers: Servers): boolean =>
    servers[name] !== 'ready'
const isIn =
  (name: string) =>
  (servers: Servers): boolean =>
    servers[name] === 'ready'

function sickCase(
  [name, title]: readonly [name: string, title: string],
  bounds: Bounds,
  sickness: Sickness,
  timeout = '500ms',
) {
  return loadCase({
    name,
    title,
    replicas: 4,
    settings: { CHECK_TIMEOUT: timeout },
    bounds,
    shoalOnly: true,
    load: { nodes: ALL_NODES, rate: RATE },
    async change(lab, app) {
      const observers = await startObservers(lab)
      try {
        await observers.watch(app.backend)
        const victim = await anyOf(app)
        return { measures: await sickness(lab, victim, await containerName(lab.world, victim), observers) }
      } finally {
        await observers.close()
      }
    },
  })
}

async function anyOf(app: App): Promise<Container> {
  const [victim] = await app.containers()
  if (victim === undefined) throw new Error(`${app.swarmService} has no task`)
  return victim
}

/** ms from a command to a container until every HAProxy has followed. */
async function following(command: () => Promise<unknown>, followed: () => Promise<number>): Promise<number> {
  const from = Date.now()
  await command()
  return (await followed()) - from
}

export const SICK = sickCase(
  ['sick', 'A task whose health check is answered 500, though it serves'],
  { failed: 0, reloads: 0, measures: { 'out after ms': OUT_MS } },
  async ({ world: { cluster } }, { node, id }, name, observers) => {
    const container = engineOf(cluster.node(node)).getContainer(id)
    const signal = (which: string) => () => container.kill({ signal: which })
    const out = await following(signal('SIGUSR2'), () => observers.everywhere('it to be out', isOut(name)))
    await pause(3000)
    const back = await following(signal('SIGHUP'), () => observers.everywhere('it to be back', isIn(name)))
    return { 'out after ms': out, 'back after ms': back }
  },
)

export const HANGING = sickCase(
  ['hanging', 'A task that hangs (check timeout 200 ms)'],
  { reloads: 0, measures: { 'out after ms': OUT_MS + 200 } },
  async ({ world: { cluster } }, { node, id }, name, observers) => {
    const container = engineOf(cluster.node(node)).getContainer(id)
    const out = await following(
      () => container.pause(),
      () => observers.everywhere('it to be out', isOut(name)),
    )
    await pause(3000)
    const back = await following(
      () => container.unpause(),
      () => observers.everywhere('it to be back', isIn(name)),
    )
    return { 'out after ms': out, 'back after ms': back }
  },
  '200ms',
)

export const FLAPPING = sickCase(
  ['flapping', 'A task whose health comes and goes every 0.7 s for 20 s, though it serves'],
  { failed: 0, reloads: 0, measures: { 'times out of use': 4 } },
  async ({ world: { cluster } }, { node, id }, name, observers) => {
    const container = engineOf(cluster.node(node)).getContainer(id)
    await container.kill({ signal: 'SIGWINCH' })
    await pause(FLAP_MS)
    await container.kill({ signal: 'SIGHUP' })
    await observers.everywhere('it to be back', isIn(name))
    const states = observers.history(0).map(({ servers }) => isIn(name)(servers))
    return {
      'times out of use': states.filter((ready, index) => !ready && states[index - 1] === true).length,
    }
  },
)
