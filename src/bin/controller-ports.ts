import { map } from 'rxjs'
import type { Observable } from 'rxjs'
import type { ControllerPorts } from '../controller/ports.ts'
import type { Hint } from '../docker/hint.ts'
import type { ClusterSnapshot } from '../model/cluster.ts'
import { NODE_REPORTS } from '../store/reports.ts'
import type { FailingChecks } from '../model/registration.ts'

/**
 * The adapters' calls that the controller makes, on a connection each of them. The simulation has
 * its own.
 */
export interface ControllerAdapters {
  readonly docker: {
    readonly observe: ControllerPorts['observe']
    readonly observeNodes: ControllerPorts['observeNodes']
    readonly observeWorkloads: (
      previous: ClusterSnapshot,
      workloadIds: readonly string[],
    ) => Promise<ClusterSnapshot>
    readonly events: Observable<Hint>
  }
  readonly consul: {
    /** The Consul agent at this IPv4 address, the same object each time. */
    readonly agent: ControllerPorts['consulAgent']
    readonly kv: ControllerPorts['kv']
    readonly followFailingChecks: () => Observable<FailingChecks>
    /** All values under a prefix by their key, at most once in `minInterval` ms. */
    readonly followKeys: (prefix: string, minInterval: number) => Observable<ReadonlyMap<string, string>>
    /** Whether Consul has stopped answering what is followed. */
    readonly silent: Observable<boolean>
  }
}

/**
 * ms: all node agents report a change within a second or two, and each time all reports are read.
 */
const REPORTS_READ_EVERY = 500

/** What the controller needs of the world, from the adapters. */
export function controllerPorts({ docker, consul }: ControllerAdapters): ControllerPorts {
  return {
    observe: docker.observe,
    observeNodes: docker.observeNodes,
    observeWorkloads: (previous, ids) => docker.observeWorkloads(previous, [...ids]),
    hints: docker.events.pipe(map((hint) => ({ workloadId: workloadOf(hint) }))),
    consulAgent: consul.agent,
    kv: consul.kv,
    failing: consul.followFailingChecks(),
    silent: consul.silent,
    reports: consul.followKeys(NODE_REPORTS.prefix, REPORTS_READ_EVERY),
  }
}

/**
 * The workload that an event is about, also one of its containers; null for what may concern any of
 * them.
 */
function workloadOf(hint: Hint): string | null {
  switch (hint.type) {
    case 'service':
    case 'container':
      return hint.id
    case 'node':
    case 'config':
    case 'resync':
      return null
  }
}
