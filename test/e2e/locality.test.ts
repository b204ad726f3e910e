import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, shareOf } from './ask.ts'
import type { Reply } from './ask.ts'
import { containersOf, deploy, removeStack, waitUntilServed, world } from './world.ts'
import type { World } from './world.ts'

/** HAProxy's round robin is exact, but for the rounding of weights and a run cut short. */
const TOLERANCE = 0.02

let target: World

beforeAll(async () => {
  target = await world()
  await deploy(target, 'locality', 'test/e2e/stacks/locality.stack.yml')
  await waitUntilServed(target, 'locality/all', 6)
  await waitUntilServed(target, 'locality/two', 6)
  await waitUntilServed(target, 'locality/two-strict', 6)
  await waitUntilServed(target, 'locality/far', 2)
  await waitUntilServed(target, 'locality/far-roomy', 2)
})

afterAll(async () => await removeStack(target, 'locality'))

/** Asks a service through the HAProxy of a node, counted from 0. */
async function askAt(index: number, service: string, count: number): Promise<Reply[]> {
  return await ask({ url: target.cluster.node(index).httpUrl, host: `${service}.locality`, count })
}

/** Ends PHP in some of the tasks of `two` on node1; `from` and `to` as in `slice`. */
async function breakTasks(from: number, to: number): Promise<void> {
  const containers = await containersOf(target, 0, 'locality_two')
  for (const container of containers.slice(from, to)) {
    await target.cluster.docker(0, ['exec', container, 'pkill', 'php-fpm'])
  }
}

describe('locality prefer', () => {
  it.each([0, 1, 2])('keeps requests on node %i, which has its share of the tasks', async (index) => {
    const replies = await askAt(index, 'all', 300)
    expect(shareOf(replies, `node${index + 1}`)).toBeGreaterThanOrEqual(0.95)
    expect(new Set(replies.map(({ container }) => container)).size).toBeGreaterThanOrEqual(2)
  })

  it('gives no task more than headroom allows where a node has none', async () => {
    const replies = (await Promise.all([0, 1, 2].map((index) => askAt(index, 'two', 600)))).flat()
    const counts = [...Map.groupBy(replies, ({ container }) => container).values()].map((each) => each.length)
    const fair = replies.length / 6
    expect(counts).toHaveLength(6)
    expect(Math.max(...counts)).toBeLessThanOrEqual(1.25 * fair)
    // The near tasks of the zone get as much as they may: with less, node2's requests would leave their zone without need.
    expect(Math.max(...counts)).toBeGreaterThanOrEqual(1.15 * fair)
  })

  it('stays in the zone as far as headroom allows', async () => {
    // Of all requests the task on node2 may take 1.2/2; 1/3 are node2's own, the rest is for node1's third.
    const expected = (1.2 / 2 - 1 / 3) / (1 / 3)
    const replies = await askAt(0, 'far', 600)
    expect(Math.abs(shareOf(replies, 'node2') - expected)).toBeLessThan(TOLERANCE)
    expect(Math.abs(shareOf(replies, 'node3') - (1 - expected))).toBeLessThan(TOLERANCE)
  })

  it('does not leave the zone while headroom is large', async () => {
    expect(shareOf(await askAt(0, 'far-roomy', 300), 'node2')).toBeGreaterThanOrEqual(0.99)
  })
})

describe('locality strict', () => {
  it('never leaves a node while one of its tasks is healthy', async () => {
    await breakTasks(0, 2)
    await waitUntilServed(target, 'locality/two', 4)
    await waitUntilServed(target, 'locality/two-strict', 4)
    // What the one task left may take with `prefer`: 1.2 times its fair share, a quarter, of three nodes' requests.
    expect(Math.abs(shareOf(await askAt(0, 'two', 300), 'node1') - (3 * 1.2) / 4)).toBeLessThan(TOLERANCE)
    expect(shareOf(await askAt(0, 'two-strict', 300), 'node1')).toBe(1)
  })

  it('leaves a node that has no healthy task', async () => {
    await breakTasks(2, 3)
    await waitUntilServed(target, 'locality/two-strict', 3)
    expect(shareOf(await askAt(0, 'two-strict', 30), 'node3')).toBe(1)
  })
})
