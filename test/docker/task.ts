import type { TaskAnswer } from '../../src/docker/answers.ts'
import { toInstance } from '../../src/docker/narrow.ts'
import type { TaskState } from '../../src/docker/task-life.ts'
import type { Instance } from '../../src/model/cluster.ts'

/** What Shoal reads of a Swarm task, in plain words. */
export interface Task {
  readonly id: string
  readonly serviceId: string
  readonly serviceName: string
  /** Null for a global service's task. */
  readonly slot: number | null
  /** Empty until the scheduler has chosen. */
  readonly nodeId: string
  readonly desired: TaskState
  readonly state: TaskState
  readonly error: string
  /** By network. */
  readonly addresses: Readonly<Record<string, string>>
  /** What tells its version's containers from another's, for example an image; without it nothing is told. */
  readonly made?: string
}

/** What a task is made from, or what a service makes tasks from. */
export function template(made: string | undefined) {
  return made === undefined ? {} : { ContainerSpec: { Image: made }, ForceUpdate: 0 }
}

/** The same as Docker's API answers it. */
export function taskAnswer(task: Omit<Task, 'serviceName'>): TaskAnswer {
  const { id, serviceId, slot, nodeId, desired, state, error, addresses, made } = task
  return {
    ID: id,
    ServiceID: serviceId,
    Slot: slot,
    NodeID: nodeId,
    Spec: template(made),
    DesiredState: desired,
    Status: { State: state, Err: error },
    NetworksAttachments: Object.entries(addresses).map(([network, address]) => ({
      Network: { Spec: { Name: network } },
      Addresses: [`${address}/16`],
    })),
  }
}

/** The same as the adapter reads it. */
export function instanceOfTask(task: Task): Instance {
  return toInstance(taskAnswer(task), new Map([[task.serviceId, task.serviceName]]))
}
