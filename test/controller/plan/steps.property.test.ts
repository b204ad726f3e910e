import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HeldRegistration, Registration } from '../../../src/model/registration.ts'
import type { Instance } from '../../../src/model/cluster.ts'
import { consulSteps } from '../../../src/controller/plan/steps.ts'
import { carryOut } from './agent.ts'
import { labelled, planOf, instance } from './world.ts'
import type { TaskState } from '../../../src/docker/task-life.ts'

const STATES: readonly TaskState[] = ['new', 'preparing', 'starting', 'running', 'failed', 'shutdown']
const DESIRED: readonly TaskState[] = ['ready', 'running', 'shutdown', 'remove']
const SERVICES = ['hello_www', 'hello_gone']

const anyTask = fc
  .record({
    number: fc.integer({ min: 1, max: 6 }),
    serviceName: fc.constantFrom(...SERVICES),
    state: fc.constantFrom(...STATES),
    desired: fc.constantFrom(...DESIRED),
    address: fc.boolean(),
  })
  .map(({ number, serviceName, state, desired, address }): Instance => {
    const addresses: Readonly<Record<string, string>> = address ? { shoal_mesh: `10.0.0.${number}` } : {}
    return instance(`t${number}`, serviceName, { slot: number, state, desired, addresses })
  })
const anyTasks = fc.uniqueArray(anyTask, { selector: ({ id }) => id })

/** What an agent may hold: also other versions, other services, tasks that nobody knows. */
const anyInstance = fc
  .record({
    number: fc.integer({ min: 1, max: 8 }),
    serviceName: fc.constantFrom(...SERVICES),
    hash: fc.constantFrom('old', 'older'),
    maintenance: fc.boolean(),
  })
  .map(({ number, serviceName, hash, maintenance }): HeldRegistration => {
    const consul = serviceName === 'hello_www' ? 'www-hello' : 'gone-hello'
    const id = `${serviceName}.${number}.t${number}:${consul}`
    return { id, service: consul, hash, instanceId: `t${number}`, maintenance }
  })
const anyInstances = fc.uniqueArray(anyInstance, { selector: ({ id }) => id })

function desiredOf(tasks: readonly Instance[]): readonly Registration[] {
  return planOf({ workloads: [labelled('hello_www')], instances: tasks }).registrations.get('n1') ?? []
}

/** The agent after each round of steps, until there are none. */
function rounds(tasks: readonly Instance[], start: readonly HeldRegistration[]): HeldRegistration[][] {
  const desired = desiredOf(tasks)
  const byId = new Map(tasks.map((each) => [each.id, each]))
  const seen = [[...start]]
  for (;;) {
    const registered = seen.at(-1) ?? []
    const absentBefore = seen.length === 1 ? new Set<string>() : new Set(start.map((each) => each.instanceId))
    const steps = consulSteps(desired, registered, { instances: byId, absentBefore, unreadable: new Set() })
    // The second round may find that what was missing from one observation is missing from two.
    if (steps.length === 0 && seen.length > 2) return seen
    if (seen.length > 10) throw new Error(`no end of steps: ${JSON.stringify(steps)}`)
    seen.push(carryOut(registered, steps))
  }
}

function isOdd(tasks: readonly Instance[], id: string): boolean {
  const listed = tasks.find((each) => each.id === id)
  if (listed === undefined || listed.phase === 'stopping' || listed.phase === 'ended') return false
  return Object.keys(listed.addresses).length === 0
}

describe('the steps, carried out until there are none', () => {
  it('lead to what is desired', () => {
    fc.assert(
      fc.property(anyTasks, anyInstances, (tasks, start) => {
        const end = rounds(tasks, start).at(-1) ?? []
        const held = new Set(start.map(({ id }) => id))
        const reached = desiredOf(tasks).filter(({ id, maintenance }) => maintenance === null || held.has(id))
        const wanted = new Map(
          reached.map((each) => [each.id, [each.meta['shoal-hash'], each.maintenance !== null]]),
        )
        const found = new Map(end.map(({ id, hash, maintenance }) => [id, [hash, maintenance]]))
        // A running task whose addresses the list lacks stays as it was.
        for (const { id, instanceId: taskId } of end) if (isOdd(tasks, taskId)) found.delete(id)
        expect(found).toEqual(wanted)
      }),
    )
  })

  it('never remove what serves before it was drained, if its task is known to run', () => {
    fc.assert(
      fc.property(anyTasks, anyInstances, (tasks, start) => {
        const alive = new Set(tasks.filter(({ phase }) => phase !== 'ended').map(({ id }) => id))
        const history = rounds(tasks, start)
        for (const [index, registered] of history.entries()) {
          for (const { id, instanceId: taskId, maintenance } of registered) {
            const next = history[index + 1]
            if (next === undefined || maintenance || !alive.has(taskId)) continue
            expect(next.map((each) => each.id)).toContain(id)
          }
        }
      }),
    )
  })
})
