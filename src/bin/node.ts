#!/usr/bin/env node
/**
 * The node agent's program: wires Consul, HAProxy and CoreDNS to its loop. See src/node/node.ts for what it does.
 */
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { combineLatest, map } from 'rxjs'

import { chooseDashboards } from '../node/dashboards.ts'
import { gatewaySubnet } from '../dns/subnet.ts'
import { createConsulAgent } from '../consul/agent.ts'
import { createConsul } from '../consul/client.ts'
import { deleteKv, putKv } from '../consul/kv.ts'
import { serveUi } from '../consul/ui.ts'
import { healthQuery, kvPrefixQuery } from '../consul/watch.ts'
import { readIfThere, writeIfChanged } from '../lib/atomic-file.ts'
import { writeDns } from '../dns/disk.ts'
import { consulUiSocket } from '../haproxy/dashboards.ts'
import { HaproxyProgrammer } from '../haproxy/programmer.ts'
import { readNodeSettings } from '../settings.ts'
import { beat } from './heartbeat.ts'
import { settingsOrExit } from './settings-or-exit.ts'
import { KV_SERVICES } from '../model/names.ts'
import { runProxy } from '../node/node.ts'
import type { NodePorts } from '../node/ports.ts'
import { reportPrefixes } from '../node/reports.ts'
import { watching } from '../loop/watching.ts'

const settings = settingsOrExit(readNodeSettings)
const { consulUrl: address, haproxyDirectory, dnsDirectory, identity } = settings
const log = pino({ name: 'agent', level: settings.logLevel })

const consul = createConsul(address)
const consulAgent = createConsulAgent(address)
const { dashboards, missing } = chooseDashboards({
  wanted: settings.dashboards.wanted,
  secret: await readIfThere(settings.dashboards.secretFile),
  domain: settings.domain,
  nodeName: identity.nodeName,
})
const programmer = new HaproxyProgrammer({ directory: haproxyDirectory, dashboards })
const memory = join(haproxyDirectory, 'agent.json')

const { watch, silent } = watching(log)

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}

const ports: NodePorts = {
  policies: watch('policies', kvPrefixQuery(consul, KV_SERVICES)),
  endpoints: (service) => watch(service, healthQuery(consul, service)),
  silent,
  reports: combineLatest(
    reportPrefixes(identity.nodeName).map((prefix) => watch(prefix, kvPrefixQuery(consul, prefix))),
  ).pipe(map((entries) => new Map(entries.flatMap((each) => [...each])))),
  kv: { put: (key, value) => putKv(consul, key, value), delete: (key) => deleteKv(consul, key) },
  haproxy: {
    isConfigured: () => exists(join(haproxyDirectory, 'conf.d', '00-global.cfg')),
    programBackend: (backend) => programmer.programBackend(backend),
    programStructure: (frontends, backends) => programmer.programStructure(frontends, backends),
  },
  dns: {
    program: async (names) => {
      const [subnet, self] = await Promise.all([gatewaySubnet(), consulAgent.self().catch(() => null)])
      return await writeDns(dnsDirectory, { names, subnet, consul: self?.dnsAddresses[0] ?? null })
    },
  },
  memory: {
    load: () => readIfThere(memory),
    save: async (text) => {
      await mkdir(haproxyDirectory, { recursive: true })
      await writeIfChanged(memory, text)
    },
  },
}

/** Without it there are no dashboards, and all else goes on. */
async function showDashboards(): Promise<void> {
  if (missing !== null) log.error({ missing }, 'dashboards stay off')
  if (dashboards === null) return
  const { consulHost, proxyHost } = dashboards
  try {
    await mkdir(haproxyDirectory, { recursive: true })
    await serveUi(address, consulUiSocket(haproxyDirectory))
    log.info({ consulHost, proxyHost }, 'dashboards on')
  } catch (error) {
    log.error({ err: error }, 'no dashboard of consul')
  }
}

void showDashboards()
const running = runProxy(ports, identity, log)
const beating = beat()
log.info({ ...identity, consul: address }, 'node agent started')

async function stop(signal: NodeJS.Signals): Promise<void> {
  running.unsubscribe()
  beating.unsubscribe()
  await running.remember().catch((error: unknown) => log.warn({ err: error }, 'not remembered'))
  log.info({ signal }, 'node agent stopped')
  process.exit(0)
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal))
