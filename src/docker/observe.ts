import { identicalFields } from '../lib/same.ts'
import { shareList } from '../lib/share.ts'
import type { SwarmSnapshot } from '../model/cluster.ts'
import type { ConfigAnswer, InfoAnswer, NodeAnswer, ServiceAnswer, TaskAnswer } from './answers.ts'
import { call, DockerError } from './call.ts'
import { SPEC_KIND } from './configs.ts'
import type { Docker } from './docker.ts'
import { byId, replaceServices, serviceNames, unchanged } from './merge.ts'
import { toNode, toService, toSpecConfig, toTask } from './narrow.ts'

/**
 * Lists the whole Swarm: every task, also those that stop or have stopped, as long as Swarm remembers them.
 * All or nothing: rejects with DockerError if any list can't be had. The engine must be a manager's.
 * `previous` lends the names of services that were removed since it was made, and is the result itself if nothing is new.
 */
export async function observe(docker: Docker, previous: SwarmSnapshot | null = null): Promise<SwarmSnapshot> {
  const { api, address } = docker
  const [services, tasks, configs, { nodes, self }] = await Promise.all([
    listServices(docker),
    listTasks(docker),
    call(address, 'listing configs', (): Promise<ConfigAnswer[]> =>
      api.listConfigs({ filters: { label: [SPEC_KIND] } }),
    ),
    observeNodes(docker, previous),
  ])
  const known = previous ?? NOTHING
  const narrowed = unchanged(known.services, services.map(toService))
  const names = serviceNames(previous, narrowed)
  const lists = {
    services: shareList(known.services, byId(narrowed)),
    tasks: shareList(
      known.tasks,
      byId(
        unchanged(
          known.tasks,
          tasks.map((task) => toTask(task, names)),
        ),
      ),
    ),
    configs: shareList(known.configs, byId(unchanged(known.configs, configs.map(toSpecConfig)))),
  }
  const snapshot = { ...lists, nodes, self }
  return previous !== null && identicalFields(previous, snapshot) ? previous : snapshot
}

const NOTHING = { services: [], tasks: [], nodes: [], configs: [] }

/** Which nodes there are, and which of them was asked. Rejects with DockerError. */
export async function observeNodes(
  { api, address }: Docker,
  previous: SwarmSnapshot | null = null,
): Promise<Pick<SwarmSnapshot, 'nodes' | 'self'>> {
  const [nodes, info] = await Promise.all([
    call(address, 'listing nodes', (): Promise<NodeAnswer[]> => api.listNodes()),
    call(address, 'asking for its node ID', (): Promise<InfoAnswer> => api.info()),
  ])
  const known = previous?.nodes ?? []
  return {
    nodes: shareList(known, byId(unchanged(known, nodes.map(toNode)))),
    self: info.Swarm?.NodeID ?? '',
  }
}

/**
 * `previous` with those services and their tasks listed anew; as complete as a full observation, or rejects with
 * DockerError. Nodes and configs stay as they were.
 */
export async function observeServices(
  docker: Docker,
  previous: SwarmSnapshot,
  serviceIds: readonly string[],
): Promise<SwarmSnapshot> {
  if (serviceIds.length === 0) return previous
  const [services, tasks] = await Promise.all([
    listServices(docker, serviceIds),
    listTasksOf(docker, serviceIds),
  ])
  return replaceServices(previous, serviceIds, services.map(toService), tasks)
}

function listServices({ api, address }: Docker, id?: readonly string[]): Promise<readonly ServiceAnswer[]> {
  const options = id === undefined ? {} : { filters: { id: [...id] } }
  return call(address, 'listing services', () => api.listServices(options))
}

function listTasks({ api, address }: Docker, service?: readonly string[]): Promise<readonly TaskAnswer[]> {
  const options = service === undefined ? {} : { filters: { service } }
  return call(address, 'listing tasks', (): Promise<TaskAnswer[]> => api.listTasks(options))
}

/** Docker refuses (404) to list tasks by a service that was removed, though the tasks may still be there. */
async function listTasksOf(docker: Docker, serviceIds: readonly string[]): Promise<readonly TaskAnswer[]> {
  try {
    return await listTasks(docker, serviceIds)
  } catch (error) {
    if (error instanceof DockerError && error.status === 404) return listTasks(docker)
    throw error
  }
}
