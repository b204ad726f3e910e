/**
 * Scale: how the cost of planning, of the controller at rest and of a real HAProxy grows with the cluster. Run by itself:
 * `node test/bench/scale/main.ts [--quick] [--json FILE]`. Figures and the plot are left in `.cache/bench`.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { measureController } from './controller.ts'
import type { ControllerFigures } from './controller.ts'
import { measureHaproxy } from './haproxy.ts'
import type { HaproxyFigures } from './haproxy.ts'
import { measurePlanner } from './planner.ts'
import type { PlannerFigures } from './planner.ts'
import { plot } from './plot.ts'
import type { Size } from './swarm.ts'

export interface ScaleFigures {
  readonly machine: string
  readonly planner: readonly PlannerFigures[]
  readonly controller: readonly ControllerFigures[]
  readonly haproxy: readonly HaproxyFigures[]
}

const NODES = [10, 25, 50, 100]
/** s of rest that are measured. */
const REST = 60
const FOLDER = '.cache/bench'

/** Measures all; `quick` leaves out what needs a process or a container of its own. Takes about 10 minutes, else 10 s. */
export async function measureScale(quick = false): Promise<ScaleFigures> {
  const sizes = NODES.map((nodes): Size => ({ nodes, services: 10 * nodes, replicas: 10 }))
  const planner = sizes.map(measurePlanner)
  const controller: ControllerFigures[] = []
  const haproxy: HaproxyFigures[] = []
  if (!quick) {
    for (const size of sizes) controller.push(await measureController(size, REST))
    for (const { services, replicas } of sizes) haproxy.push(await measureHaproxy(services, replicas))
  }
  const [cpu] = cpus()
  const machine = `${cpus().length} cores, ${cpu?.model ?? 'unknown'}, Node ${process.version}`
  const figures = { machine, planner, controller, haproxy }
  await mkdir(FOLDER, { recursive: true })
  await writeFile(`${FOLDER}/scale.json`, JSON.stringify(figures, null, 2))
  await writeFile(`${FOLDER}/scale.svg`, drawing(figures))
  return figures
}

function drawing({ planner, controller }: ScaleFigures): string {
  const of = (name: string, cost: (figures: PlannerFigures) => number) => ({
    name,
    points: planner.map((each) => [each.size.nodes, Math.max(0.01, cost(each))] as const),
  })
  const rest = {
    name: 'controller at rest, ms a second',
    points: controller.map(({ size, idle }) => [size.nodes, idle.cpu * 10] as const),
  }
  return plot('Cost by size (10 services, 100 tasks a node)', 'nodes', 'ms of CPU time', [
    of('full plan', ({ full }) => full),
    of('plan after one task', ({ oneTask }) => oneTask),
    of('proxy: full plan', ({ proxyFull }) => proxyFull),
    of('proxy: one endpoint', ({ proxyOne }) => proxyOne),
    of('proxy: whole config', ({ render }) => render),
    ...(rest.points.length > 0 ? [rest] : []),
  ])
}

/** The figures as tables for people. */
export function scaleText({ machine, planner, controller, haproxy }: ScaleFigures): string {
  const planned = planner.map(({ size, full, oneTask, replanned, proxyFull, proxyOne }) => ({
    nodes: size.nodes,
    tasks: size.services * size.replicas,
    'full plan ms': full,
    'one task ms': oneTask,
    'services replanned': replanned.services,
    'proxy full ms': proxyFull,
    'proxy one ms': proxyOne,
  }))
  const rested = controller.map(({ size, start, idle, change }) => ({
    nodes: size.nodes,
    'registered s': start,
    'rest % of a core': idle.cpu,
    'memory MB': idle.rss,
    'Docker KB/s': idle.docker.kilobytes,
    'Consul calls/s': idle.agents.calls + idle.kv.calls,
    'scale-up: Docker calls': change.docker.calls,
  }))
  const programmed = haproxy.map(
    ({ servers, structure, comparing, weight, addition, reload, rss, idle }) => ({
      servers,
      'start s': (structure.wall + comparing.wall) / 1000,
      'weight ms': weight.wall,
      'one more ms': addition.wall,
      'reload ms': reload.wall,
      'HAProxy MB': rss,
      'HAProxy rest %': idle,
    }),
  )
  return [machine, ...[planned, rested, programmed].map(table)].join('\n\n')
}

function table(rows: readonly Readonly<Record<string, number>>[]): string {
  const [first] = rows
  if (first === undefined) return ''
  const lines = [
    Object.keys(first),
    ...rows.map((row) => Object.values(row).map((value) => value.toFixed(value < 10 ? 1 : 0))),
  ]
  return lines.map((cells) => cells.map((cell) => cell.padStart(20)).join('')).join('\n')
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } },
  })
  const figures = await measureScale(values.quick)
  if (values.json !== undefined) await writeFile(values.json, JSON.stringify(figures, null, 2))
  process.stdout.write(`${scaleText(figures)}\n`)
}
