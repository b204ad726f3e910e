import { describe, expect, it } from 'vitest'
import type { HeldRegistration, Registration } from '../../../src/model/registration.ts'
import type { Instance, Workload, WorkloadVersion } from '../../../src/model/cluster.ts'
import { consulSteps } from '../../../src/controller/plan/steps.ts'
import { carryOut } from './agent.ts'
import { config, description, HTTP, inForce, instance, label, planOf, specText, workload } from './world.ts'

/** A version of hello_www: an image, and a spec that is right for it. */
interface Version {
  readonly template: string
  readonly spec: object
}

const V1: Version = {
  template: 'v1',
  spec: { ports: [HTTP], health: { http: { path: '/' } }, tags: ['one'] },
}
const V2: Version = {
  template: 'v2',
  spec: { ports: [{ ...HTTP, targetPort: 9090 }], health: { http: { path: '/healthz' } }, tags: ['two'] },
}
const V3: Version = { template: 'v3', spec: { ports: [{ ...HTTP, targetPort: 7070 }] } }

function versionOf({ template, spec }: Version): WorkloadVersion {
  return description({ template, labels: label(specText('www', spec)) })
}

/** The service as it is in an update, or after one. */
function www(now: Version, before: Version | null = null, moving = true): Workload {
  const previous = before === null ? null : versionOf(before)
  return workload('hello_www', { ...versionOf(now), previous, moving })
}

function task(id: string, { template }: Pick<Version, 'template'>): Instance {
  return { ...instance(id, 'hello_www'), template }
}

function registrationsOf(service: Workload, ...tasks: readonly Instance[]): readonly Registration[] {
  return planOf({ workloads: [service], instances: tasks }).registrations.get('n1') ?? []
}

/** The port and path at which each task is registered, by its ID, as a Consul agent sees one state after the other. */
class Agent {
  #held: readonly HeldRegistration[] = []
  readonly #registered = new Map<string, Registration>()

  sees(service: Workload, ...tasks: readonly Instance[]): Record<string, string> {
    const instances = new Map(tasks.map((each) => [each.id, each]))
    const evidence = { instances, absentBefore: new Set<string>(), unreadable: new Set<string>() }
    const steps = consulSteps(registrationsOf(service, ...tasks), this.#held, evidence)
    this.#held = carryOut(this.#held, steps)
    for (const step of steps) {
      if (step.kind === 'register') this.#registered.set(step.registration.id, step.registration)
    }
    return Object.fromEntries(
      this.#held.map(({ id, instanceId }) => [instanceId, where(this.#registered.get(id))]),
    )
  }
}

function where(registration: Registration | undefined): string {
  const { pathname } = new URL(registration?.check.http ?? 'http://none')
  return `${registration?.port}${pathname}`
}

describe('while an update runs', () => {
  const [old, fresh] = [task('t1', V1), task('t2', V2)]

  it('a task of the version before keeps the port, the check and the tags of that one', () => {
    const before = registrationsOf(www(V1), old)
    expect(before).toMatchObject([{ port: 8080, check: { http: expect.stringMatching(/:8080\/$/) } }])
    expect(registrationsOf(www(V2, V1), old)).toEqual(before)
  })

  it('a task of the new version gets those of the new one', () => {
    expect(registrationsOf(www(V2, V1), fresh)).toMatchObject([
      { port: 9090, tags: ['two'], check: { http: expect.stringMatching(/:9090\/healthz$/) } },
    ])
  })

  it('a port that only the new version has is registered of new tasks alone', () => {
    const spec = { ports: [HTTP, { ...HTTP, name: 'metrics', port: 9100 }] }
    const ids = registrationsOf(www({ template: 'v2', spec }, V1), old, fresh).map(({ id }) => id)
    expect(ids).toEqual([
      'hello_www.1.t1:www-hello',
      'hello_www.1.t2:www-hello',
      'hello_www.1.t2:www-hello-metrics',
    ])
  })

  it('the first port is the first one whatever it is called', () => {
    const spec = { ports: [{ ...HTTP, name: 'web', targetPort: 9090 }] }
    expect(registrationsOf(www({ template: 'v2', spec }, V1), old, fresh)).toMatchObject([
      { id: 'hello_www.1.t1:www-hello', port: 8080 },
      { id: 'hello_www.1.t2:www-hello', port: 9090 },
    ])
  })

  it('SERVICE_ variables of another port hold for new tasks alone, too', () => {
    const version = (template: string, port: number) =>
      description({ template, env: { [`SERVICE_${port}_NAME`]: 'www', SERVICE_NAME: 'www' } })
    const service = workload('hello_www', { ...version('v2', 9090), previous: version('v1', 8080) })
    expect(registrationsOf(service, old, fresh)).toMatchObject([
      { id: 'hello_www.1.t1:www-hello', port: 8080 },
      { id: 'hello_www.1.t2:www-hello', port: 9090 },
    ])
  })

  it('a spec in a config, which has no version of the service, holds for all tasks', () => {
    const spec = specText('www', { ...V2.spec, selector: { service: 'hello_www' } }, { namespace: 'hello' })
    const service = workload('hello_www', {
      template: 'v2',
      previous: description({ template: 'v1' }),
    })
    const plan = planOf({ workloads: [service], instances: [old, fresh], specs: [config('www-1', spec)] })
    expect(plan.registrations.get('n1')?.map(({ port }) => port)).toEqual([9090, 9090])
  })

  it('a bad new spec changes nothing for anybody', () => {
    const service = workload('hello_www', {
      ...description({ template: 'v2', labels: label('metadata: [') }),
      previous: versionOf(V1),
    })
    const plan = planOf({ workloads: [service], instances: [old, fresh] }, inForce(www(V1)))
    expect(plan.registrations.get('n1')?.map(({ port, asHeld }) => [port, asHeld])).toEqual([
      [8080, false],
      [8080, false],
    ])
  })
})

it('a change of the spec alone holds for all tasks at once', () => {
  const service = www({ ...V2, template: 'v1' }, V1)
  expect(registrationsOf(service, task('t1', V1))).toMatchObject([{ port: 9090, asHeld: false }])
})

it('a task of which Docker tells no version goes by the spec in force', () => {
  expect(registrationsOf(www(V2, V1), task('t1', { template: '' }))).toMatchObject([{ port: 9090 }])
})

describe('one after the other', () => {
  it('an update that Swarm rolls back leaves every task with what it was registered with', () => {
    const agent = new Agent()
    const [old, bad] = [task('t1', V1), task('t2', V2)]
    expect(agent.sees(www(V1, null, false), old)).toEqual({ t1: '8080/' })
    expect(agent.sees(www(V2, V1), old)).toEqual({ t1: '8080/' })
    expect(agent.sees(www(V2, V1), old, bad)).toEqual({ t1: '8080/', t2: '9090/healthz' })
    // Swarm forgets the version that it rolls back from.
    expect(agent.sees(www(V1, null), old, bad)).toEqual({ t1: '8080/', t2: '9090/healthz' })
    expect(agent.sees(www(V1, null, false), old)).toMatchObject({ t1: '8080/' })
  })

  it('a second update before the first is done leaves the tasks of both versions before as they are', () => {
    const agent = new Agent()
    const [first, second, third] = [task('t1', V1), task('t2', V2), task('t3', V3)]
    agent.sees(www(V1), first)
    agent.sees(www(V2, V1), first, second)
    expect(agent.sees(www(V3, V2), first, second, third)).toEqual({
      t1: '8080/',
      t2: '9090/healthz',
      t3: '7070/',
    })
  })

  it('a task that was seen before its service had its version is corrected', () => {
    const agent = new Agent()
    const fresh = task('t2', V2)
    expect(agent.sees(www(V1), fresh)).toEqual({ t2: '8080/' })
    expect(agent.sees(www(V2, V1), fresh)).toEqual({ t2: '9090/healthz' })
  })

  it('a task whose version nobody knows is registered by the spec in force if Consul lost it', () => {
    expect(new Agent().sees(www(V3, V2), task('t1', V1))).toEqual({ t1: '7070/' })
  })
})
