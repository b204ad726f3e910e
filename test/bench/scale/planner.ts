/** What the pure parts cost at a given size, in ms of CPU time, and how much of a plan one change touches. */
import { HAPROXY_CONSUL_SERVICE, instanceOfRegistration } from '../../../src/model/names.ts'
import type { Endpoint } from '../../../src/model/endpoint.ts'
import type { ClusterSnapshot } from '../../../src/model/cluster.ts'
import { makePlan } from '../../../src/controller/plan/plan.ts'
import type { Plan } from '../../../src/controller/plan/plan.ts'
import { planNode } from '../../../src/node/plan/plan.ts'
import { EMPTY_VIEW, nextView } from '../../../src/node/view/view.ts'
import type { View } from '../../../src/node/view/view.ts'
import { configFiles } from '../../../src/haproxy/config.ts'
import { nodesOf, replaceWorkloads, snapshotOf } from '../../../src/docker/merge.ts'
import { deployment } from '../../controller/plan/world.ts'
import { ownCpu } from './process.ts'
import { engineLists, oneMoreTask } from './swarm.ts'
import type { EngineLists, Size } from './swarm.ts'
import { POLICIES } from '../../../src/store/policies.ts'
import type { ServiceKey } from '../../../src/model/service.ts'

/** ms of CPU time each; the median of several runs but for the first. */
export interface PlannerFigures {
  readonly size: Size
  /** From nothing, but for the specs, each of which is parsed once. */
  readonly full: number
  /** After one more task. */
  readonly oneTask: number
  /** Services and nodes that were planned anew for it. */
  readonly replanned: { readonly services: number; readonly nodes: number }
  /** A node agent's plan from nothing. */
  readonly proxyFull: number
  /** After one endpoint began to fail: taking it in and planning. */
  readonly proxyOne: number
  /** All of HAProxy's config as text. */
  readonly render: number
}

const RUNS = 15

export function measurePlanner(size: Size): PlannerFigures {
  const lists = engineLists(size)
  const snapshot = observed(lists)
  const input = {
    snapshot,
    known: new Map(),
    absentBefore: new Set<ServiceKey>(),
    deployment,
    domain: 'example.test',
    ownHosts: [],
    before: null,
  }
  const plan = makePlan(input)
  const known = plan.policies
  const full = median(() => makePlan({ ...input, known }))

  const id = lists.services.at(-1)?.ID ?? ''
  const own = lists.tasks.filter(({ ServiceID }) => ServiceID === id)
  const more = { ...oneMoreTask(lists, 0), ServiceID: id }
  let before = { snapshot, plan }
  let turn = 0
  const oneTask = median(() => {
    turn += 1
    const now = replaceWorkloads(before.snapshot, [id], [], turn % 2 === 1 ? [...own, more] : own)
    const withService = { ...now, services: before.snapshot.workloads }
    before = {
      snapshot: withService,
      plan: makePlan({ ...input, snapshot: withService, known, before: before.plan }),
    }
  })
  const replanned = {
    services: changed(plan.byService, before.plan.byService),
    nodes: changed(plan.registrations, before.plan.registrations),
  }
  return { size, full, oneTask, replanned, ...proxyFigures(snapshot, plan) }
}

function proxyFigures(
  snapshot: ClusterSnapshot,
  plan: Plan,
): Pick<PlannerFigures, 'proxyFull' | 'proxyOne' | 'render'> {
  const endpoints = endpointsOf(plan)
  const view = viewOf(plan, endpoints)
  const [node] = snapshot.nodes
  if (node === undefined) throw new Error('no nodes')
  const self = { node: node.id, nodeName: node.hostname, zone: node.zone }
  const proxyFull = median(() => planNode(view, self), 5)
  const planned = planNode(view, self)
  const [service, all] = [...endpoints].find(([name]) => name !== HAPROXY_CONSUL_SERVICE) ?? ['', []]
  let failing = false
  let last = { view, plan: planned }
  const proxyOne = median(() => {
    failing = !failing
    const news = all.map((each, index): Endpoint =>
      index === 0 && failing ? { ...each, health: 'critical' } : each,
    )
    const next = nextView(last.view, { kind: 'endpoints', service, endpoints: news }, 0)
    last = { view: next, plan: planNode(next, self, last.plan) }
  })
  const backends = [...planned.backends.values()].map(({ backend }) => backend)
  const render = median(() => configFiles('/var/lib/shoal/haproxy', planned.listeners, backends), 5)
  return { proxyFull, proxyOne, render }
}

function observed({ services, tasks, nodes }: EngineLists): ClusterSnapshot {
  const lists = { services, tasks, configs: [] }
  return snapshotOf(null, lists, nodesOf(null, nodes, nodes[0]?.ID ?? ''))
}

/** As Consul tells of them while all is well, by Consul service. */
function endpointsOf(plan: Plan): Map<string, Endpoint[]> {
  const registrations = [...plan.registrations.values()].flat()
  const byService = Map.groupBy(registrations, ({ service }) => service)
  return new Map(
    [...byService].map(([service, all]) => [
      service,
      all.map(({ id, address, port, meta }) => ({
        server: id.slice(0, id.lastIndexOf(':')),
        task: instanceOfRegistration(id),
        node: meta['shoal-node'],
        nodeName: meta['shoal-node-name'],
        zone: meta['shoal-zone'] || null,
        address,
        port,
        health: 'passing' as const,
      })),
    ]),
  )
}

function viewOf({ policies }: Plan, endpoints: ReadonlyMap<string, readonly Endpoint[]>): View {
  const kv = new Map(
    [...policies.values()].map((policy) => [POLICIES.key(policy.key), JSON.stringify(policy)]),
  )
  const followed = nextView(EMPTY_VIEW, { kind: 'policies', kv }, 0)
  return [...endpoints].reduce(
    (view, [service, all]) => nextView(view, { kind: 'endpoints', service, endpoints: all }, 0),
    followed,
  )
}

function changed(before: ReadonlyMap<string, unknown>, now: ReadonlyMap<string, unknown>): number {
  return [...now].filter(([key, value]) => before.get(key) !== value).length
}

function median(work: () => unknown, runs = RUNS): number {
  const costs = Array.from({ length: runs }, () => {
    const begun = ownCpu()
    work()
    return ownCpu() - begun
  })
  return costs.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? 0
}
