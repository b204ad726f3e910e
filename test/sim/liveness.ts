import { isTombstone } from '../../src/model/policy.ts'
import type { ServiceStatus } from '../../src/model/status.ts'
import type { Declared } from './specs.ts'
import { isWanted, serves } from './swarm/data.ts'
import type { SimTask } from './swarm/data.ts'
import type { World } from './world.ts'
import { POLICIES } from '../../src/store/policies.ts'
import { STATUSES } from '../../src/store/statuses.ts'

/** Whether the Swarm has come to rest: every task that should run serves, and none is about to stop. */
export function atRest({ swarm }: World): boolean {
  const tasks = [...swarm.tasks.values()]
  const stopping = tasks.some((task) => !isWanted(task) && task.container?.exited === false)
  const starting = tasks.some((task) => isWanted(task) && !(serves(task) && task.state === 'running'))
  return !stopping && !starting && [...swarm.services.values()].every(({ updating }) => !updating)
}

/** What is not yet as it should be, in words; empty when all is. */
export function unfinished(world: World): string[] {
  return [...registrations(world), ...policies(world), ...statuses(world), ...missingServers(world)]
}

/** What HAProxies have beyond that: tasks that merely vanished are kept for a minute. */
export function leftovers(world: World): string[] {
  return servers(world).flatMap(({ place, found, wanted }) =>
    found.filter((task) => !wanted.includes(task)).map((task) => `${place} still has ${task}`),
  )
}

function registrations({ swarm, consul, specs }: World): string[] {
  const wanted = new Set<string>()
  for (const task of [...swarm.tasks.values()].filter(isWanted)) {
    const { name } = task.service
    if (name === 'shoal_haproxy') wanted.add(line(task.nodeId, 'shoal-haproxy', task, 80))
    for (const declared of specs.all.values()) {
      if (declared.selects !== name || declared.good === null) continue
      const services = specs.consulServices(declared)
      for (const [index, { targetPort }] of declared.ports.entries()) {
        wanted.add(line(task.nodeId, services[index] ?? '', task, targetPort))
      }
    }
  }
  const found = new Set<string>()
  for (const { id: node } of swarm.nodes) {
    for (const { registration, maintenance } of consul.agent(node)?.instances.values() ?? []) {
      const { service, address, port, meta } = registration
      const state = maintenance === null ? '' : ' in maintenance'
      found.add(`${node}: ${service} ${meta['shoal-task']} ${address}:${port}${state}`)
    }
  }
  return [
    ...[...wanted].filter((each) => !found.has(each)).map((each) => `not registered: ${each}`),
    ...[...found].filter((each) => !wanted.has(each)).map((each) => `should not be registered: ${each}`),
  ]
}

function line(node: string, service: string, { id, addresses }: SimTask, port: number): string {
  return `${node}: ${service} ${id} ${addresses['shoal_mesh']}:${port}`
}

function policies({ consul, specs }: World): string[] {
  const found = new Map<string, number>()
  for (const [key, entry] of POLICIES.decode(consul.read(POLICIES.prefix)).entries) {
    if (!isTombstone(entry)) found.set(key, entry.spec.drain / 1000)
  }
  const declared = [...specs.all.values()].filter(({ good }) => good !== null)
  return [
    ...declared
      .filter(({ key, good }) => found.get(key) !== good)
      .map(({ key, good }) => `${key} should have version ${good} in force, has ${found.get(key)}`),
    ...[...found.keys()]
      .filter((key) => !declared.some((each) => each.key === key))
      .map((key) => `${key} should not be in force`),
  ]
}

function statuses(world: World): string[] {
  const texts = world.consul.read(STATUSES.prefix)
  const declared = [...world.specs.all.values()].filter(({ good }) => good !== null)
  return declared.flatMap((each) => {
    const text = texts.get(STATUSES.key(each.key))
    if (text === undefined) return [`${each.key} has no status`]
    const status: ServiceStatus = JSON.parse(text)
    const found = status.conditions.map(({ type, reason }) => `${type}=${reason}`).join(' ')
    const wanted = expectedConditions(each, world)
    return found === wanted ? [] : [`${each.key}: ${found}; expected ${wanted}`]
  })
}

function expectedConditions(declared: Declared, { swarm }: World): string {
  const service = swarm.service(declared.selects)
  const count = [...swarm.tasks.values()].filter((task) => task.service === service && isWanted(task)).length
  const accepted = declared.bad && !isUnreadable(declared, swarm.configs) ? 'InvalidSpec' : 'Accepted'
  const none = service?.replicas === 0 ? 'ScaledToZero' : 'Unavailable'
  const withoutTasks = [service === null ? 'NoSuchService' : 'NoTasks', 'NoTasks', none]
  const [resolved, registered, ready] = count === 0 ? withoutTasks : ['TasksFound', 'Registered', 'Ready']
  return `Accepted=${accepted} Resolved=${resolved} Registered=${registered} Programmed=Programmed Ready=${ready}`
}

/** A config that can't be read at all is told of under its own name. */
function isUnreadable({ configs }: Declared, all: World['swarm']['configs']): boolean {
  const newest = all.get(configs.at(-1) ?? '')
  return newest !== undefined && !newest.text.includes('"name"')
}

function missingServers(world: World): string[] {
  return servers(world).flatMap(({ place, found, wanted }) =>
    wanted.filter((task) => !found.includes(task)).map((task) => `${place} lacks ${task}`),
  )
}

interface Servers {
  readonly place: string
  /** Tasks that are ready there, and those that should be. */
  readonly found: readonly string[]
  readonly wanted: readonly string[]
}

function servers({ proxies, swarm, specs }: World): Servers[] {
  const declared = [...specs.all.values()].filter(({ good }) => good !== null)
  return proxies.flatMap(({ node, haproxy }) =>
    declared.map(({ selects, namespace, name }) => {
      const tasks = [...swarm.tasks.values()].filter(
        (task) => task.service.name === selects && isWanted(task),
      )
      const backend = haproxy.servers(`${namespace}_${name}`) ?? []
      const ready = backend.filter(({ state }) => state === 'ready')
      const found = ready.map((server) => server.name.split('.').at(-1) ?? '')
      return { place: `${node.id}'s ${name}`, found, wanted: tasks.map(({ id }) => id) }
    }),
  )
}
