#!/usr/bin/env node
/**
 * The controller's program: wires Docker and Consul to src/controller/controller.ts, where it is
 * said what it does.
 */
import { tmpdir } from 'node:os'
import { pino } from 'pino'
import { consulClients } from '../consul/client.ts'
import { Controller } from '../controller/controller.ts'
import { connectDocker } from '../docker/docker.ts'
import { swarmEvents } from '../docker/events.ts'
import { observe, observeNodes, observeWorkloads } from '../docker/observe.ts'
import type { Log } from '../lib/log.ts'
import { watching } from '../loop/watching.ts'
import { readControllerSettings } from '../settings.ts'
import type { ControllerProgramSettings } from '../settings.ts'
import { controllerPorts } from './controller-ports.ts'
import type { ControllerAdapters } from './controller-ports.ts'
import { beat } from './heartbeat.ts'
import { settingsOrExit } from './settings-or-exit.ts'
import { showDump } from './show-dump.ts'
import { stopOnSignal } from './stop-on-signal.ts'
import type { ProcessSignals } from './stop-on-signal.ts'

/** What the program runs on. */
export interface ControllerDeps {
  readonly adapters: ControllerAdapters
  readonly log: Log
  readonly process: ProcessSignals
  /** Where the heartbeat and the socket of `shoal debug dump` are. */
  readonly folder: string
}

/** Runs the controller until a signal ends it. Resolves once all of it has begun. */
export async function main(
  { controller: settings }: ControllerProgramSettings,
  { adapters, log, process, folder }: ControllerDeps,
): Promise<void> {
  const controller = new Controller(controllerPorts(adapters), settings, log)
  const hideDump = await showDump(folder, () => controller.snapshot(), log)
  controller.start()
  const beating = beat(folder)
  log.info(settings, 'controller started')
  stopOnSignal(process, log, async () => {
    beating.unsubscribe()
    hideDump()
    await controller.stop()
  })
}

/** Docker and Consul as they are. Rejects where Docker does not answer. */
async function connect({ consulUrl }: ControllerProgramSettings, log: Log): Promise<ControllerAdapters> {
  const docker = await connectDocker()
  const clients = consulClients()
  const { kv, queries, cluster } = clients.at(consulUrl)
  const { watch, silent } = watching(log, cluster.aliveServers)
  return {
    docker: {
      observe: (previous) => observe(docker, previous),
      observeNodes: (previous) => observeNodes(docker, previous),
      observeWorkloads: (previous, ids) => observeWorkloads(docker, previous, ids),
      events: swarmEvents(docker, (error, retryIn) => log.warn({ err: error, retryIn }, 'events lost')),
    },
    consul: {
      agent: (address) => clients.on(address).agent,
      kv,
      followFailingChecks: () => watch('failing checks', queries.failingChecks()),
      followKeys: (prefix, minInterval) => watch(prefix, queries.keys(prefix), minInterval),
      silent,
    },
  }
}

if (import.meta.main) {
  const settings = settingsOrExit(readControllerSettings)
  const log = pino({ name: 'controller', level: settings.logLevel })
  await main(settings, { adapters: await connect(settings, log), log, process, folder: tmpdir() })
}
