/**
 * How services and the engine are set up: more than the controller needs to know, for `shoal
 * doctor`.
 */
import type Dockerode from 'dockerode'
import type { Engine, PublishedPort, ServiceSetup, TaskSetup } from '../model/setup.ts'
import { call } from './call.ts'
import { addressOf, loadClient, TIMEOUT } from './docker.ts'
import type { Docker } from './docker.ts'
import { toTaskState } from './task-life.ts'
import { by } from '../lib/order.ts'

/**
 * The engine that `connectDocker` would use, asked without agreeing on an API version. Rejects with
 * DockerError.
 */
export async function describeEngine(options: Dockerode.DockerOptions = {}): Promise<Engine> {
  const address = addressOf(options)
  const Client = await loadClient()
  const api = new Client({ ...options, timeout: TIMEOUT })
  const { Version, ApiVersion, MinAPIVersion } = await call(address, 'asking for its version', () =>
    api.version(),
  )
  return { address, version: Version, api: ApiVersion, minApi: MinAPIVersion }
}

/** What is set up of every service, in order of names. Rejects with DockerError. */
export async function describeServices({ api, address }: Docker): Promise<readonly ServiceSetup[]> {
  const [services, networks] = await Promise.all([
    call(address, 'listing services', () => api.listServices()),
    call(address, 'listing networks', () => api.listNetworks()),
  ])
  const names = new Map(networks.map(({ Id, Name }) => [Id, Name]))
  return services.map((service) => toSetup(service, names)).toSorted(by(({ name }) => name))
}

interface TaskAnswer {
  readonly ID?: string
  readonly Status?: { readonly State?: string; readonly Timestamp?: string } | null
  readonly Spec?: { readonly ContainerSpec?: { readonly Image?: string } | null } | null
}

/** What is set up of every task that Swarm remembers, by ID. Rejects with DockerError. */
export async function describeTasks({ api, address }: Docker): Promise<ReadonlyMap<string, TaskSetup>> {
  const tasks = await call(address, 'listing tasks', (): Promise<TaskAnswer[]> => api.listTasks())
  return new Map(
    tasks.map(({ ID: id = '', Status, Spec }) => [
      id,
      {
        id,
        image: Spec?.ContainerSpec?.Image ?? '',
        state: toTaskState(Status?.State),
        since: Status?.Timestamp ?? '',
      },
    ]),
  )
}

/** From Docker's description of a service; `networks` are names by ID. */
export function toSetup(
  { ID, Spec }: Pick<Dockerode.Service, 'ID' | 'Spec'>,
  networks: ReadonlyMap<string, string>,
): ServiceSetup {
  const template = Spec?.TaskTemplate
  const container = template && 'ContainerSpec' in template ? template.ContainerSpec : undefined
  const attached = [...(template?.Networks ?? []), ...(Spec?.Networks ?? [])].map(
    ({ Target = '', Aliases }) => [networks.get(Target) ?? Target, Aliases ?? []] as const,
  )
  return {
    id: ID,
    name: Spec?.Name ?? '',
    image: container?.Image ?? '',
    endpointMode: Spec?.EndpointSpec?.Mode === 'dnsrr' ? 'dnsrr' : 'vip',
    networks: Object.fromEntries(attached),
    dns: container?.DNSConfig?.Nameservers ?? [],
    ports: (Spec?.EndpointSpec?.Ports ?? []).map(toPort),
    words: [
      ...(container?.Command ?? []),
      ...(container?.Args ?? []),
      ...(container?.Env ?? []).map(valueOf),
    ],
    constraints: template?.Placement?.Constraints ?? [],
  }
}

/** Of `NAME=value`. */
function valueOf(variable: string): string {
  return variable.slice(variable.indexOf('=') + 1)
}

function toPort({
  PublishedPort: port,
  TargetPort,
  Protocol,
  PublishMode,
}: Dockerode.PortConfig): PublishedPort {
  return {
    published: port ?? null,
    target: TargetPort ?? 0,
    protocol: Protocol ?? 'tcp',
    mode: PublishMode === 'host' ? 'host' : 'ingress',
  }
}
