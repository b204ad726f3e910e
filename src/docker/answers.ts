/**
 * What Docker answers, as far as Shoal reads it: any field may be missing, and Go's JSON writes an
 * empty list as null.
 */
import type Dockerode from 'dockerode'

type Optional<T> = T | null | undefined

/** Docker's own types for these two are good. */
export type ServiceAnswer = Pick<
  Dockerode.Service,
  'ID' | 'Spec' | 'PreviousSpec' | 'CreatedAt' | 'UpdateStatus'
>
export type ConfigAnswer = Pick<Dockerode.ConfigInfo, 'ID' | 'Spec' | 'CreatedAt'>

export interface TaskAnswer {
  readonly ID?: Optional<string>
  readonly ServiceID?: Optional<string>
  readonly Slot?: Optional<number>
  readonly NodeID?: Optional<string>
  readonly Spec?: Optional<TaskTemplate>
  readonly DesiredState?: Optional<string>
  readonly Status?: Optional<{
    readonly State?: Optional<string>
    readonly Err?: Optional<string>
    readonly ContainerStatus?: Optional<{ readonly ContainerID?: Optional<string> }>
  }>
  readonly NetworksAttachments?: Optional<readonly NetworkAttachment[]>
}

/** What a task is made from: the same in a service and in its tasks. */
export interface TaskTemplate {
  readonly ContainerSpec?: Optional<object>
  /** Counts up when tasks are to be replaced by equal ones. */
  readonly ForceUpdate?: Optional<number>
}

export interface NetworkAttachment {
  readonly Network?: Optional<{ readonly Spec?: Optional<{ readonly Name?: Optional<string> }> }>
  /** CIDR, for example `10.0.1.5/24`. */
  readonly Addresses?: Optional<readonly string[]>
}

export interface NodeAnswer {
  readonly ID?: Optional<string>
  readonly Description?: Optional<{ readonly Hostname?: Optional<string> }>
  readonly Spec?: Optional<{
    readonly Role?: Optional<string>
    readonly Availability?: Optional<string>
    readonly Labels?: Optional<Readonly<Record<string, string>>>
  }>
  readonly Status?: Optional<{ readonly State?: Optional<string> }>
  readonly ManagerStatus?: Optional<{ readonly Leader?: Optional<boolean> }>
}

export interface InfoAnswer {
  readonly Swarm?: Optional<{ readonly NodeID?: Optional<string> }>
}
