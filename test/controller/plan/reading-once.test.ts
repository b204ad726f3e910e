import { expect, it } from 'vitest'
import { declare } from '../../../src/controller/plan/declare.ts'
import type { ClusterSnapshot } from '../../../src/model/cluster.ts'
import {
  badText,
  config,
  description,
  instance,
  label,
  labelled,
  snapshot,
  specText,
  workload,
} from './world.ts'

/** Specs that a second look at the same places reads anew, told by their being other objects. */
function readAnew(before: ClusterSnapshot, after: ClusterSnapshot): string[] {
  const first = new Map(declare(before, new Map(), 'shoal_mesh').map(({ key, spec }) => [key, spec]))
  const second = declare(after, new Map(), 'shoal_mesh')
  expect(second.every(({ spec }) => spec !== null)).toBe(true)
  return second.filter(({ key, spec }) => first.get(key) !== spec).map(({ key }) => key)
}

/** Far more than any cache of a fixed size would be given. */
const MANY = 2100

it('no spec is read anew while nothing changes, however many there are', () => {
  const names = Array.from({ length: MANY }, (_, index) => `hello_w${index}`)
  const labels = snapshot({ workloads: names.map((name) => labelled(name)) })
  expect(readAnew(labels, { ...labels })).toEqual([])
  const texts = names.map((name) => [name, specText(name.slice(6), { selector: { service: name } })] as const)
  const configs = snapshot({ specs: texts.map(([name, text]) => config(name, text)) })
  expect(readAnew(configs, { ...configs })).toEqual([])
})

it('of variables, and of what Swarm remembers while the newest version is bad, nothing is read anew either', () => {
  const previous = description({ labels: label(specText('b')) })
  const services = [
    workload('hello_a', { env: { SERVICE_NAME: 'a' } }),
    workload('hello_b', { labels: label(badText('b')), previous }),
    workload('hello_c', {
      env: { SERVICE_NAME: 'c', SERVICE_PROTOCOL: 'udp' },
      previous: description({ env: { SERVICE_NAME: 'c' } }),
    }),
  ]
  const tasks = services.map(({ name }, index) => instance(`t${index}`, name))
  const seen = snapshot({ workloads: services, instances: tasks })
  expect(readAnew(seen, { ...seen })).toEqual([])
})

it('one spec that changes is the only one that is read anew', () => {
  const [a, b] = [labelled('hello_a'), labelled('hello_b')]
  const before = snapshot({ workloads: [a, b] })
  expect(readAnew(before, { ...before, workloads: [a, { ...b }] })).toEqual(['hello/b'])
})
