import { describe, expect, it } from 'vitest'
import type { HeldRegistration, Registration } from '../../../src/model/registration.ts'
import type { Instance } from '../../../src/model/cluster.ts'
import { consulSteps } from '../../../src/controller/plan/steps.ts'
import type { ConsulStep, Evidence } from '../../../src/controller/plan/steps.ts'
import { config, label, labelled, planOf, workload, specText, instance } from './world.ts'

const ID = 'hello_www.1.t1:www-hello'

function desired(...tasks: readonly Instance[]): readonly Registration[] {
  return planOf({ workloads: [labelled('hello_www')], instances: tasks }).registrations.get('n1') ?? []
}

const running = instance('t1', 'hello_www')
const [wanted] = desired(running)
if (wanted === undefined) throw new Error('nothing is desired')

/** What the agent holds once `wanted` is registered. */
const held: HeldRegistration = {
  id: ID,
  service: 'www-hello',
  hash: wanted.meta['shoal-hash'],
  instanceId: 't1',
  maintenance: false,
}
const drained = { ...held, maintenance: true }

function evidence(tasks: readonly Instance[], absentBefore: readonly string[] = []): Evidence {
  return {
    instances: new Map(tasks.map((each) => [each.id, each])),
    absentBefore: new Set(absentBefore),
    unreadable: new Set(),
  }
}

function steps(
  tasks: readonly Instance[],
  registered: readonly HeldRegistration[],
  absentBefore: readonly string[] = [],
): ConsulStep[] {
  return consulSteps(desired(...tasks), registered, evidence(tasks, absentBefore))
}

describe('an agent', () => {
  it('that holds what it should is left alone', () => {
    expect(steps([running], [held])).toEqual([])
    expect(steps([instance('t1', 'hello_www', { desired: 'shutdown' })], [drained])).toEqual([])
    expect(steps([], [])).toEqual([])
  })

  it('is told of a new task', () => {
    expect(steps([running], [])).toEqual([{ kind: 'register', registration: wanted }])
  })

  it('is told of a task before it runs', () => {
    const early = instance('t1', 'hello_www', { state: 'assigned' })
    expect(steps([early], [])).toMatchObject([{ kind: 'register', registration: { id: ID } }])
  })

  it('is told of what changed', () => {
    expect(steps([running], [{ ...held, hash: 'old' }])).toEqual([{ kind: 'register', registration: wanted }])
  })

  it('keeps what is not Shoal’s: only what is listed as registered is ever removed', () => {
    expect(steps([running], [held]).filter(({ kind }) => kind === 'deregister')).toEqual([])
  })
})

describe('a second service on tasks that are checked', () => {
  const { id: held1 } = held
  const registrations = (spec: object) =>
    planOf({
      workloads: [labelled('hello_www')],
      specs: [config('api', specText('api', { selector: { service: 'hello_www' }, ...spec }))],
      instances: [running],
    }).registrations.get('n1') ?? []
  const registered = (spec: object, actual: readonly HeldRegistration[]) =>
    consulSteps(registrations(spec), actual, evidence([running]))

  it('is known to pass where its check asks the same', () => {
    const health = { http: { path: '/' }, timeout: '2s' }
    expect(registered({ health }, [held])).toMatchObject([{ kind: 'register', checkedAs: held1 }])
  })

  it.each([
    ['asks for another path', { health: { http: { path: '/other' } } }, [held]],
    ['is asked of another host', { health: { http: { path: '/', host: 'x.example' } } }, [held]],
    ['is asked of another port', { health: { http: { path: '/', port: 9000 } } }, [held]],
    ['was registered with another', {}, [{ ...held, hash: 'old' }]],
  ])('waits for its own where it %s', (_, spec, actual) => {
    const api = registered(spec, actual).find(
      (step) => step.kind === 'register' && step.registration.id !== held1,
    )
    expect(api).toMatchObject({ kind: 'register' })
    expect(api).not.toHaveProperty('checkedAs')
  })
})

describe('a task that is to stop', () => {
  const stopping = instance('t1', 'hello_www', { desired: 'shutdown' })

  it('is drained at once', () => {
    expect(steps([stopping], [held])).toEqual([
      { kind: 'drain', id: ID, reason: 'Swarm wants the task shutdown' },
    ])
  })

  it('is drained even if it is no longer declared', () => {
    expect(consulSteps([], [held], evidence([stopping]))).toEqual([
      { kind: 'drain', id: ID, reason: 'Swarm wants the task shutdown' },
    ])
  })

  it('is not registered any more', () => {
    expect(steps([stopping], [])).toEqual([])
  })

  it('stays drained until it has stopped, then goes', () => {
    expect(steps([stopping], [drained])).toEqual([])
    const stopped = instance('t1', 'hello_www', { desired: 'shutdown', state: 'shutdown' })
    expect(steps([stopped], [drained])).toEqual([
      { kind: 'deregister', id: ID, reason: 'the task is shutdown' },
    ])
  })
})

describe('a task that ended', () => {
  it.each(['failed', 'complete', 'rejected', 'orphaned'] as const)(
    '(%s) is drained at once, so that proxies hear of it, then goes',
    (state) => {
      const ended = instance('t1', 'hello_www', { state })
      const reason = `the task is ${state}`
      expect(steps([ended], [held])).toEqual([{ kind: 'drain', id: ID, reason }])
      expect(steps([ended], [drained])).toEqual([{ kind: 'deregister', id: ID, reason }])
    },
  )
})

describe('a task that no list has', () => {
  it('stays at first, and is drained when a second observation agrees', () => {
    expect(steps([], [held])).toEqual([])
    expect(steps([], [held], ['t1'])).toEqual([{ kind: 'drain', id: ID, reason: 'the task is gone' }])
  })

  it('stays if it was another task that was missing before', () => {
    expect(steps([], [held], ['t2'])).toEqual([])
  })

  it('goes at once after its drain: that is its ordinary end', () => {
    expect(steps([], [drained])).toEqual([
      { kind: 'deregister', id: ID, reason: 'drained, and the task is gone' },
    ])
  })
})

describe('a task that runs but is no longer declared', () => {
  it('is drained first, then goes', () => {
    expect(consulSteps([], [held], evidence([running]))).toEqual([
      { kind: 'drain', id: ID, reason: 'no longer declared' },
    ])
    expect(consulSteps([], [drained], evidence([running]))).toEqual([
      { kind: 'deregister', id: ID, reason: 'drained, and no longer declared' },
    ])
  })

  it('serves again if it is declared again', () => {
    expect(steps([running], [drained])).toEqual([{ kind: 'resume', id: ID }])
  })

  it('stays if the list merely lacks its addresses', () => {
    const odd = instance('t1', 'hello_www', { addresses: {} })
    expect(steps([odd], [held])).toEqual([])
  })
})

describe('a task whose spec can’t be read, and whose last good one nobody knows', () => {
  const bad = workload('hello_www', { labels: label('metadata: [') })
  const planned = (task: Instance) => planOf({ workloads: [bad], instances: [task] })
  const toward = (task: Instance, registered: readonly HeldRegistration[]) => {
    const { registrations, unreadable } = planned(task)
    return consulSteps(registrations.get('n1') ?? [], registered, { ...evidence([task]), unreadable })
  }

  it('stays registered as it is: it is declared, though nobody can tell as what', () => {
    expect(toward(running, [held])).toEqual([])
    expect(toward(running, [drained])).toEqual([])
  })

  it('is drained when it is to stop, and goes when it has', () => {
    const stopping = instance('t1', 'hello_www', { desired: 'shutdown' })
    const ended = instance('t1', 'hello_www', { desired: 'shutdown', state: 'shutdown' })
    expect(toward(stopping, [held])).toMatchObject([{ kind: 'drain', id: ID }])
    expect(toward(stopping, [drained])).toEqual([])
    expect(toward(ended, [drained])).toMatchObject([{ kind: 'deregister', id: ID }])
  })

  it('goes once its service has no spec at all', () => {
    const { registrations, unreadable } = planOf({ workloads: [workload('hello_www')], instances: [running] })
    const found = consulSteps(registrations.get('n1') ?? [], [held], { ...evidence([running]), unreadable })
    expect(found).toEqual([{ kind: 'drain', id: ID, reason: 'no longer declared' }])
  })
})

it('Consul’s and other people’s services are no concern of the plan', () => {
  const { registrations } = planOf({ workloads: [workload('hello_www')], instances: [running] })
  expect(consulSteps(registrations.get('n1') ?? [], [], evidence([running]))).toEqual([])
})
