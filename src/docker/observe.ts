import type { ClusterSnapshot, ObservedNodes } from '../model/cluster.ts'
import type { ConfigAnswer, InfoAnswer, NodeAnswer, ServiceAnswer, TaskAnswer } from './answers.ts'
import { call, DockerError } from './call.ts'
import { SPEC_KIND } from './configs.ts'
import type { Docker } from './docker.ts'
import { nodesOf, replaceWorkloads, snapshotOf } from './merge.ts'
import { toWorkload } from './narrow.ts'

/**
 * Lists the whole Swarm: every task, also those that stop or have stopped, as long as Swarm
 * remembers them. All or nothing: rejects with DockerError if any list can't be had. The engine
 * must be a manager's. `previous` lends the names of services that were removed since it was made,
 * and is the result itself if nothing is new.
 */
export async function observe(
  docker: Docker,
  previous: ClusterSnapshot | null = null,
): Promise<ClusterSnapshot> {
  const { api, address } = docker
  const [services, tasks, configs, observedNodes] = await Promise.all([
    listServices(docker),
    listTasks(docker),
    call(address, 'listing configs', (): Promise<ConfigAnswer[]> =>
      api.listConfigs({ filters: { label: [SPEC_KIND] } }),
    ),
    observeNodes(docker, previous),
  ])
  return snapshotOf(previous, { services, tasks, configs }, observedNodes)
}

/**
 * Which nodes there are, which of them was asked, and whether it leads. Rejects with DockerError.
 */
export async function observeNodes(
  { api, address }: Docker,
  previous: ClusterSnapshot | null = null,
): Promise<ObservedNodes> {
  const [answers, info] = await Promise.all([
    call(address, 'listing nodes', (): Promise<NodeAnswer[]> => api.listNodes()),
    call(address, 'asking for its node ID', (): Promise<InfoAnswer> => api.info()),
  ])
  return nodesOf(previous, answers, info.Swarm?.NodeID ?? '')
}

/**
 * `previous` with those services and their tasks listed anew; as complete as a full observation, or
 * rejects with DockerError. Nodes and configs stay as they were.
 */
export async function observeWorkloads(
  docker: Docker,
  previous: ClusterSnapshot,
  serviceIds: readonly string[],
): Promise<ClusterSnapshot> {
  if (serviceIds.length === 0) return previous
  const [services, tasks] = await Promise.all([
    listServices(docker, serviceIds),
    listTasksOf(docker, serviceIds),
  ])
  return replaceWorkloads(previous, serviceIds, services.map(toWorkload), tasks)
}

function listServices({ api, address }: Docker, id?: readonly string[]): Promise<readonly ServiceAnswer[]> {
  const options = id === undefined ? {} : { filters: { id: [...id] } }
  return call(address, 'listing services', () => api.listServices(options))
}

function listTasks({ api, address }: Docker, service?: readonly string[]): Promise<readonly TaskAnswer[]> {
  const options = service === undefined ? {} : { filters: { service } }
  return call(address, 'listing tasks', (): Promise<TaskAnswer[]> => api.listTasks(options))
}

/**
 * Docker refuses (404) to list tasks by a service that was removed, though the tasks may still be
 * there.
 */
async function listTasksOf(docker: Docker, serviceIds: readonly string[]): Promise<readonly TaskAnswer[]> {
  try {
    return await listTasks(docker, serviceIds)
  } catch (error) {
    if (error instanceof DockerError && error.status === 404) return listTasks(docker)
    throw error
  }
}
