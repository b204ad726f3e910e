/** A made-up Swarm of a given size, as an engine lists it: answers of recorded shape and size. */
import type { NodeAnswer, ServiceAnswer, TaskAnswer } from '../../../src/docker/answers.ts'
import { answers } from '../../docker/fixtures.ts'
import { deployment } from '../../controller/plan/world.ts'

export interface Size {
  readonly nodes: number
  readonly services: number
  /** Of each service. */
  readonly replicas: number
}

export interface EngineLists {
  readonly nodes: readonly NodeAnswer[]
  readonly services: readonly ServiceAnswer[]
  readonly tasks: readonly TaskAnswer[]
}

/** ms since the epoch */
const BEGINNING = Date.parse('2026-01-01')
/** Services of one stack. */
const STACK = 10
/** Of the parts that run on each node: the last byte of a node's address on both networks. */
const FIRST_APP_ADDRESS = 1024
/** Shoal's own services with a task on every node. */
const PARTS = [deployment.haproxy, deployment.consulAgent, 'shoal_dns', 'shoal_proxy']

export function engineLists({ nodes, services, replicas }: Size): EngineLists {
  const nodeIds = Array.from({ length: nodes }, (_, index) => idOf('node', index))
  const names = Array.from({ length: services }, (_, index) => serviceName(index))
  return {
    nodes: nodeIds.map(nodeAnswer),
    services: [...PARTS.map((name) => serviceAnswer(name, null, 0)), ...names.map(appAnswer)],
    tasks: [
      ...PARTS.flatMap((name) => nodeIds.map((node, index) => partTask(name, node, index))),
      ...names.flatMap((name, service) =>
        Array.from({ length: replicas }, (_, slot) => {
          const index = service * replicas + slot
          return appTask(name, slot + 1, nodeIds[index % nodes] ?? '', index)
        }),
      ),
    ],
  }
}

/** One more task of a service, on the first node. */
export function oneMoreTask({ tasks, nodes }: EngineLists, service: number): TaskAnswer {
  return appTask(serviceName(service), tasks.length, nodes[0]?.ID ?? '', 60_000)
}

function serviceName(index: number): string {
  return `stack${Math.floor(index / STACK)}_app${index % STACK}`
}

/** The control network's address of a node's Consul agent, by the node's place in the list. */
export function agentAddress(node: number): string {
  return `127.1.${Math.floor(node / 250)}.${(node % 250) + 1}`
}

function specOf(name: string, index: number): string {
  return `apiVersion: shoal.dev/v1
kind: Service
metadata: {name: ${name.split('_')[1] ?? name}}
spec:
  ports: [{port: 80, targetPort: 8080}]
  hosts: [app${index}.example.com]
  health: {http: {path: /healthz}, interval: 1s, timeout: 500ms}
  locality: {mode: prefer, headroom: 1.2}
  drain: 10s
`
}

/** Docker's IDs: 25 letters and digits. */
function idOf(kind: string, index: number): string {
  return `${kind}${String(index).padStart(6, '0')}`.padEnd(25, 'x')
}

function appAnswer(name: string, index: number): ServiceAnswer {
  return serviceAnswer(name, specOf(name, index), index)
}

function serviceAnswer(name: string, spec: string | null, age: number): ServiceAnswer {
  const { service } = answers
  const stack = name.split('_')[0] ?? ''
  const labels = {
    'com.docker.stack.image': `registry.example.com/${stack}/${name}:1.2.3`,
    'com.docker.stack.namespace': stack,
    ...(spec === null ? {} : { 'shoal.spec': spec }),
  }
  const specification = { ...service.Spec, Name: name, Labels: labels }
  const { UpdateStatus: _, ...settled } = service
  return {
    ...settled,
    ID: serviceId(name),
    CreatedAt: new Date(BEGINNING + age * 61_234).toISOString(),
    Spec: specification,
    PreviousSpec: specification,
  }
}

function serviceId(name: string): string {
  return name.replaceAll(/[^a-z0-9]/g, '').padEnd(25, 'x')
}

function nodeAnswer(id: string, index: number): NodeAnswer {
  const { node } = answers
  return {
    ...node,
    ID: id,
    Description: { ...node.Description, Hostname: `host-${index}` },
    Spec: { ...node.Spec, Role: index < 3 ? 'manager' : 'worker', Labels: { 'shoal.zone': `z${index % 3}` } },
    ...(index < 3 ? { ManagerStatus: { Leader: index === 0 } } : {}),
  }
}

function partTask(name: string, node: string, index: number): TaskAnswer {
  const addresses = {
    [deployment.mesh]: meshAddress(index + 2),
    [deployment.control]: agentAddress(index),
  }
  return taskAnswer({ name, slot: null, node, kind: `part${name}`, index, addresses })
}

function appTask(name: string, slot: number, node: string, index: number): TaskAnswer {
  const addresses = {
    [deployment.mesh]: meshAddress(FIRST_APP_ADDRESS + index),
    [`${name.split('_')[0] ?? ''}_default`]: '10.200.0.9',
  }
  return taskAnswer({ name, slot, node, kind: 'task', index, addresses })
}

function meshAddress(index: number): string {
  return `10.${10 + Math.floor(index / 65_536)}.${Math.floor(index / 256) % 256}.${index % 256}`
}

interface TaskFacts {
  readonly name: string
  readonly slot: number | null
  readonly node: string
  readonly kind: string
  readonly index: number
  readonly addresses: Readonly<Record<string, string>>
}

function taskAnswer({ name, slot, node, kind, index, addresses }: TaskFacts): TaskAnswer {
  const { running } = answers
  const [attachment] = running.NetworksAttachments ?? []
  return {
    ...running,
    ID: idOf(kind.replaceAll(/[^a-z]/g, ''), index),
    ServiceID: serviceId(name),
    Slot: slot,
    NodeID: node,
    NetworksAttachments: Object.entries(addresses).map(([network, address]) => ({
      ...attachment,
      Addresses: [`${address}/16`],
      Network: { ...attachment?.Network, Spec: { ...attachment?.Network?.Spec, Name: network } },
    })),
  }
}
