/**
 * Health on two levels, as someone sees it who looks at the dashboards: HAProxy checks the port, Consul that `/` is well. A task that
 * fails either is out while the others serve; replaced, it's whole again.
 */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import type { Login } from '../../swarm/dev/dashboards.ts'
import { containerName, startApp } from './app.ts'
import type { App, AppContainer } from './app.ts'
import { keepScreenshot, openBrowser, openPage } from './browser.ts'
import { DASHBOARDS, dashboardsAnswer, redeployShoal, turnOn } from './dashboards.ts'
import { answeredBy } from './load.ts'
import type { Load } from './load.ts'
import { inOrder } from './steps.ts'
import { consul, isDraining, servers, world } from './world.ts'
import type { World } from './world.ts'

const LOGIN: Login = { user: 'admin', password: 'two levels' }
const SECRET = 'shoal-test-two-levels'
const SOON = { timeoutMs: 30_000 }

inOrder()

let target: World
let app: App
let browser: Browser
let consulPage: Page
let proxyPage: Page
let load: Load
let victim: AppContainer
let victimName: string

beforeAll(async () => {
  target = await world()
  app = await startApp(target, 'levels', 3)
  await turnOn(target, SECRET, LOGIN.password)
  await dashboardsAnswer(target, 200, LOGIN)
  browser = await openBrowser()
  consulPage = await openPage(browser, LOGIN)
  proxyPage = await openPage(browser, LOGIN)
  const [first] = await app.containers()
  if (first === undefined) throw new Error('no task')
  victim = first
  victimName = await containerName(target, victim)
  load = app.load()
})

afterAll(async () => {
  await load.stop()
  await browser.close()
  await app.remove()
  await redeployShoal(target, {})
  await target.cluster.docker(0, ['secret', 'rm', SECRET])
})

/** Address of a dashboard at the first node. */
function address(host: string, path: string): string {
  const { port } = new URL(target.cluster.node(0).httpUrl)
  return `http://${host}:${port}${path}`
}

/**
 * How many checks of the tasks whose names begin so have this status, by the API that Consul's page reads. Each task has two:
 * its own and its node's.
 */
async function checks(status: 'passing' | 'critical', name = ''): Promise<number> {
  interface Entry {
    readonly Service: { readonly ID: string }
    readonly Checks: readonly { readonly Status: string }[]
  }
  const entries = await consul<Entry[]>(target, 0, `health/service/${app.consulService}`)
  return entries
    .filter(({ Service }) => Service.ID.startsWith(name))
    .flatMap(({ Checks }) => Checks)
    .filter(({ Status }) => Status === status).length
}

/** Waits until so many checks of these tasks have this status. */
async function untilChecked(count: number, status: 'passing' | 'critical', name = ''): Promise<void> {
  await waitFor(
    `${count} ${status} checks of ${name || 'all tasks'}`,
    async () => {
      const found = await checks(status, name)
      if (found !== count) throw new Error(`there are ${found}`)
      return true
    },
    SOON,
  )
}

/** What HAProxy's page says of a server, as it is now. */
async function rowOf(name: string): Promise<string> {
  await proxyPage.goto(address(DASHBOARDS.proxy, '/'))
  const cell = proxyPage.locator(`a[name="${app.backend}/${name}"]`)
  return await proxyPage.locator('tr', { has: cell }).innerText()
}

/** Waits until a server is drained, or gone, in every HAProxy. */
async function outOfService(name: string): Promise<void> {
  await waitFor(
    `${name} to be out of service on every node`,
    async () => {
      for (const node of target.cluster.nodes.keys()) {
        const server = (await servers(target, node, app.backend)).find((each) => each.name === name)
        if (server !== undefined && !isDraining(server)) throw new Error(JSON.stringify(server))
      }
      return true
    },
    SOON,
  )
}

/** Waits until this many more requests were answered, and gives what went wrong since. */
async function failuresAmong(count: number): Promise<readonly string[]> {
  const { sent, failures } = load.soFar()
  const known = failures.length
  await waitFor(`${count} requests`, async () => load.soFar().sent >= sent + count || undefined, SOON)
  return load.soFar().failures.slice(known)
}

describe('one of three tasks whose php-fpm is killed', () => {
  it('passes with the others at first, and both dashboards show it', async () => {
    await untilChecked(6, 'passing')
    await consulPage.goto(address(DASHBOARDS.consul, `/ui/dc1/services/${app.consulService}/instances`))
    // The page keeps rows that it has no use for, unseen.
    await consulPage.getByText(victimName).filter({ visible: true }).first().waitFor()
    expect(await rowOf(victimName)).toMatch(/\bUP\b/)
  })

  it('is critical in Consul and drained in every HAProxy, and the others serve', async ({ annotate }) => {
    await target.cluster.docker(victim.node, ['exec', victim.id, 'pkill', 'php-fpm'])
    const killed = performance.now()
    await outOfService(victimName)
    await annotate(`out of every HAProxy ${Math.round(performance.now() - killed)} ms after the kill`)
    await untilChecked(1, 'critical', victimName)
    expect(await checks('critical')).toBe(1)
    await keepScreenshot(consulPage, 'consul-admin-red')
    expect(await rowOf(victimName)).toMatch(/DRAIN/)
    await keepScreenshot(proxyPage, 'proxy-admin-drain')
    expect(await failuresAmong(600)).toEqual([])
    // Until Consul's next check, which runs every second, nginx answers for the task.
    const { failures, lastFailure, sent } = load.soFar()
    const failedFor = Math.max(0, (lastFailure ?? killed) - killed)
    await annotate(
      `${failures.length} of ${sent} failed, the last sent ${Math.round(failedFor)} ms after the kill`,
    )
  })

  it('has a successor in its place once its container is removed, and all is well again', async ({
    annotate,
  }) => {
    const known = new Set((await app.containers()).map(({ id }) => id))
    const before = load.soFar().failures.length
    await target.cluster.docker(victim.node, ['rm', '--force', victim.id])
    const successor = await waitFor(
      'a task in its place',
      async () => (await app.containers()).find(({ id }) => !known.has(id)),
      { timeoutMs: 60_000 },
    )
    await waitFor('it to serve', async () => answeredBy(load.soFar()).has(successor.id) || undefined, {
      timeoutMs: 60_000,
    })
    const name = await containerName(target, successor)
    await untilChecked(2, 'passing', name)
    await untilChecked(0, 'critical')
    await untilChecked(6, 'passing')
    expect(await rowOf(name)).toMatch(/\bUP\b/)
    await app.served(3)
    expect(await failuresAmong(300)).toEqual([])
    expect(load.soFar().failures.slice(before)).toEqual([])
    await annotate(`${load.soFar().sent} requests in all`)
  })
})
