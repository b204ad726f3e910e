#!/usr/bin/env node
/** The controller's program: wires Docker and Consul to its loop. See src/controller/controller.ts for what it does. */
import { map } from 'rxjs'
import { pino } from 'pino'
import { createConsulAgent } from '../consul/agent.ts'
import { createConsul } from '../consul/client.ts'
import { deleteKv, putKv, readKvPrefix } from '../consul/kv.ts'
import { failingChecksQuery, kvPrefixQuery } from '../consul/watch.ts'
import { NODE_REPORTS } from '../store/reports.ts'
import { readControllerSettings } from '../settings.ts'
import { beat } from './heartbeat.ts'
import { settingsOrExit } from './settings-or-exit.ts'
import { runController } from '../controller/controller.ts'
import type { ConsulAgentPort, ControllerPorts } from '../controller/ports.ts'
import { watching } from '../loop/watching.ts'
import { connectDocker } from '../docker/docker.ts'
import { swarmEvents } from '../docker/events.ts'
import { observe, observeNodes, observeWorkloads } from '../docker/observe.ts'

const { logLevel, consulUrl, controller: settings } = settingsOrExit(readControllerSettings)
const log = pino({ name: 'controller', level: logLevel })

/** ms: all proxies report a change within a second or two, and each time all reports are read. */
const REPORTS_APART = 500

const docker = await connectDocker()
const consul = createConsul(consulUrl)
const agents = new Map<string, ConsulAgentPort>()

function agent(address: string): ConsulAgentPort {
  const known = agents.get(address)
  if (known !== undefined) return known
  const created = createConsulAgent(`http://${address}:8500`)
  agents.set(address, created)
  return created
}

const { watch, silent } = watching(log)

const ports: ControllerPorts = {
  observe: (previous) => observe(docker, previous),
  observeWorkloads: (previous, ids) => observeWorkloads(docker, previous, [...ids]),
  observeNodes: (previous) => observeNodes(docker, previous),
  hints: swarmEvents(docker, (error, retryIn) => log.warn({ err: error, retryIn }, 'events lost')).pipe(
    map((hint) => ({ workloadId: hint.type === 'service' ? hint.id : null })),
  ),
  consulAgent: agent,
  kv: {
    read: (prefix) => readKvPrefix(consul, prefix),
    put: (key, value) => putKv(consul, key, value),
    delete: (key) => deleteKv(consul, key),
  },
  failing: watch('failing checks', failingChecksQuery(consul)),
  silent,
  reports: watch('reports', kvPrefixQuery(consul, NODE_REPORTS.prefix), REPORTS_APART),
}

const running = runController(ports, settings, log)
const beating = beat()
log.info(settings, 'controller started')
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    running.unsubscribe()
    beating.unsubscribe()
    log.info({ signal }, 'controller stopped')
    process.exit(0)
  })
