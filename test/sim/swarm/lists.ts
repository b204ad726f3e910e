/** What a manager answers, in Docker's own form: the adapter's reading of it belongs to what is tested. */
import type { ConfigAnswer, NodeAnswer, ServiceAnswer, TaskAnswer } from '../../../src/docker/answers.ts'
import { taskAnswer, template } from '../../docker/task.ts'
import type { SimService } from './data.ts'
import type { Swarm } from './swarm.ts'

export interface Lists {
  readonly services: readonly ServiceAnswer[]
  readonly tasks: readonly TaskAnswer[]
  readonly nodes: readonly NodeAnswer[]
  readonly configs: readonly ConfigAnswer[]
}

export function listServices(swarm: Swarm): ServiceAnswer[] {
  return [...swarm.services.values()].map(serviceAnswer)
}

function serviceAnswer(service: SimService): ServiceAnswer {
  const { id, name, createdAt, labels, previousLabels, made, previousMade, replicas, updating } = service
  const stack = { 'com.docker.stack.namespace': name.split('_')[0] ?? '' }
  const spec = (own: SimService['labels'], image: number) => ({
    Name: name,
    Labels: { ...stack, ...own },
    TaskTemplate: template(`${name}:${image}`),
    Mode: replicas === null ? { Global: {} } : { Replicated: { Replicas: replicas } },
  })
  return {
    ID: id,
    CreatedAt: createdAt,
    Spec: spec(labels, made),
    ...(previousLabels === null ? {} : { PreviousSpec: spec(previousLabels, previousMade) }),
    ...(updating ? { UpdateStatus: { State: 'updating' as const } } : {}),
  }
}

export function listTasks(swarm: Swarm): TaskAnswer[] {
  return [...swarm.tasks.values()].map((task) =>
    taskAnswer({
      ...task,
      made: `${task.service.name}:${task.made}`,
      serviceId: task.service.id,
      error: '',
    }),
  )
}

export function listNodes({ nodes, leader }: Swarm): NodeAnswer[] {
  return nodes.map(({ id, hostname, zone, status }) => ({
    ID: id,
    Description: { Hostname: hostname },
    Spec: { Role: 'manager', Availability: 'active', Labels: zone === null ? {} : { 'shoal.zone': zone } },
    Status: { State: status },
    ManagerStatus: { Leader: id === leader },
  }))
}

export function listConfigs(swarm: Swarm): ConfigAnswer[] {
  return [...swarm.configs.values()].map(({ id, name, createdAt, text }) => ({
    ID: id,
    CreatedAt: createdAt,
    Spec: {
      Name: name,
      Labels: { 'shoal.dev/kind': 'Service' },
      Data: Buffer.from(text).toString('base64'),
    },
  }))
}
