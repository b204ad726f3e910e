#!/usr/bin/env node
/**
 * The node agent's program: gives it Consul, HAProxy, CoreDNS and a file. See
 * src/node/node-agent.ts for what it does.
 */
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Logger } from 'pino'
import { consulClients } from '../consul/client.ts'
import type { ConsulClient } from '../consul/client.ts'
import { serveUi } from '../consul/ui.ts'
import { writeDns } from '../dns/disk.ts'
import { gatewaySubnet } from '../dns/subnet.ts'
import { consulUiSocket } from '../haproxy/dashboards.ts'
import { HaproxyProgrammer } from '../haproxy/programmer.ts'
import { readIfThere, writeIfChanged } from '../lib/atomic-file.ts'
import { watching } from '../loop/watching.ts'
import { chooseDashboards } from '../node/dashboards.ts'
import type { DashboardChoice } from '../node/dashboards.ts'
import { NodeAgent } from '../node/node-agent.ts'
import { nodePorts } from '../node/ports.ts'
import type { ConsulPort, DnsPort, MemoryPort } from '../node/ports.ts'
import { readNodeSettings } from '../settings.ts'
import type { NodeProgramSettings } from '../settings.ts'
import { beat } from './heartbeat.ts'
import { settingsOrExit } from './settings-or-exit.ts'
import { showDump } from './show-dump.ts'
import { stopOnSignal } from './stop-on-signal.ts'

function consulPort({ queries, kv, cluster }: ConsulClient, log: Logger): ConsulPort {
  const { watch, silent } = watching(log, cluster.aliveServers)
  return {
    keys: (prefix) => watch(prefix, queries.keys(prefix)),
    endpoints: (service) => watch(service, queries.endpoints(service)),
    silent,
    put: (key, value) => kv.put(key, value),
    delete: (key) => kv.delete(key),
  }
}

/** The files of the node's CoreDNS, which forwards to the node's Consul agent. */
function dnsPort(directory: string, { agent: consulAgent }: ConsulClient): DnsPort {
  return {
    program: async (names) => {
      const [subnet, self] = await Promise.all([gatewaySubnet(), consulAgent.self().catch(() => null)])
      return await writeDns(directory, { names, subnet, consul: self?.dnsAddresses[0] ?? null })
    },
  }
}

/** A file beside HAProxy's config, which lives as long as that. */
function memoryPort(directory: string): MemoryPort {
  const file = join(directory, 'agent.json')
  return {
    load: () => readIfThere(file),
    save: async (text) => {
      await mkdir(directory, { recursive: true })
      await writeIfChanged(file, text)
    },
  }
}

/** Starts the dashboards. A failure leaves them off, and nothing else. */
async function showDashboards(
  { dashboards, missing }: DashboardChoice,
  { consulUrl, haproxyDirectory }: NodeProgramSettings,
  log: Logger,
): Promise<void> {
  if (missing !== null) log.error({ missing }, 'dashboards stay off')
  if (dashboards === null) return
  const { consulHost, proxyHost } = dashboards
  try {
    await mkdir(haproxyDirectory, { recursive: true })
    await serveUi(consulUrl, consulUiSocket(haproxyDirectory))
    log.info({ consulHost, proxyHost }, 'dashboards on')
  } catch (error) {
    log.error({ err: error }, 'no dashboard of consul')
  }
}

async function main(): Promise<void> {
  const settings = settingsOrExit(readNodeSettings)
  const { consulUrl, haproxyDirectory, dnsDirectory, identity } = settings
  const log = pino({ name: 'node', level: settings.logLevel })
  const choice = chooseDashboards({
    wanted: settings.dashboards.wanted,
    secret: await readIfThere(settings.dashboards.secretFile),
    domain: settings.domain,
    nodeName: identity.nodeName,
  })
  void showDashboards(choice, settings, log)
  const consul = consulClients().at(consulUrl)
  const ports = nodePorts(identity.nodeName, {
    consul: consulPort(consul, log),
    haproxy: new HaproxyProgrammer({ directory: haproxyDirectory, dashboards: choice.dashboards }),
    dns: dnsPort(dnsDirectory, consul),
    memory: memoryPort(haproxyDirectory),
  })
  const agent = new NodeAgent(ports, identity, log)
  const hideDump = await showDump(tmpdir(), () => agent.snapshot(), log)
  agent.start()
  const beating = beat()
  log.info({ ...identity, consul: consulUrl }, 'node agent started')

  stopOnSignal(process, log, async () => {
    beating.unsubscribe()
    hideDump()
    await agent.stop()
  })
}

if (import.meta.main) await main()
