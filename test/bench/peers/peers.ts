/** The proxies that Shoal is measured against, each on every node of the same cluster. Their settings are in the files beside this. */
import { deployStack, waitUntilRunning } from '../../../swarm/dev/bring-up.ts'
import { waitFor } from '../../../swarm/dev/cluster/wait.ts'
import { containerOf, removeStack } from '../../e2e/world.ts'
import type { Lab } from '../lab.ts'
import type { Proxy } from '../proxy.ts'

export interface Peer {
  readonly proxy: Proxy
  /** Starts it on every node, and waits until it runs. */
  start(lab: Lab): Promise<void>
  stop(lab: Lab): Promise<void>
}

/** Stack of the app under load: HAProxy's config names its service. */
const APP = 'peers'
const PORT = 80

/** Values for the `${…}` of a stack file. */
type Values = Readonly<Record<string, string>>

/** Values for a peer's stack file, and what the app's Swarm service is labelled with. */
interface Settings {
  readonly stack: string
  readonly file: string
  readonly values: (lab: Lab) => Values
  readonly labels: readonly string[]
}

function peer(name: string, { stack, file, values, labels }: Settings): Peer {
  return {
    proxy: { name, service: `${stack}_proxy`, port: PORT, stackOf: () => APP, labels, served },
    async start(lab) {
      const { cluster, settings } = lab.world
      await deployStack(cluster, { file, stack, settings: { ...settings, ...values(lab) } })
      await waitUntilRunning(cluster, stack, { timeoutMs: 120_000 })
    },
    stop: ({ world }) => removeStack(world, stack),
  }
}

const ROUTE = [
  'traefik.enable=true',
  `traefik.http.routers.app.rule=Host(\`app.${APP}\`)`,
  'traefik.http.services.app.loadbalancer.server.port=8080',
]

/** An operator who knows that tasks die: the app's own check every second, and another try. */
const CARE = [
  'traefik.http.services.app.loadbalancer.healthcheck.path=/health',
  'traefik.http.services.app.loadbalancer.healthcheck.interval=1s',
  'traefik.http.services.app.loadbalancer.healthcheck.timeout=500ms',
  'traefik.http.middlewares.again.retry.attempts=4',
  'traefik.http.middlewares.again.retry.initialinterval=10ms',
  'traefik.http.routers.app.middlewares=again',
]

/** How long they wait for a connection, and how often the kernel sends again what is not acknowledged: for 15 minutes, unless told. */
const DEFAULTS = { DIAL_TIMEOUT: '30s', TCP_RETRIES: '15' }
/** Half a second, and 6 s. */
const TUNED = { DIAL_TIMEOUT: '500ms', TCP_RETRIES: '4' }

function traefik(name: string, values: Values, labels: readonly string[]): Peer {
  return peer(name, {
    stack: 'traefik',
    file: 'test/bench/peers/traefik.stack.yml',
    values: ({ images }) => ({ BENCH_TRAEFIK_IMAGE: images.traefik ?? '', ...values }),
    labels,
  })
}

/** HAProxy's connection timeout is in its config. */
function haproxy(name: string, values: Values): Peer {
  return peer(name, {
    stack: 'haproxy-dns',
    file: 'test/bench/peers/haproxy.stack.yml',
    values: () => values,
    labels: [],
  })
}

export const PEERS: readonly Peer[] = [
  traefik('Traefik', { REFRESH_SECONDS: '15', ...DEFAULTS }, ROUTE),
  traefik('Traefik, polling every second', { REFRESH_SECONDS: '1', ...DEFAULTS }, ROUTE),
  traefik('Traefik, tuned', { REFRESH_SECONDS: '1', ...TUNED }, [...ROUTE, ...CARE]),
  haproxy('HAProxy by DNS', { HAPROXY_CONFIG: './haproxy-plain.cfg', ...DEFAULTS }),
  haproxy('HAProxy by DNS, tuned', { HAPROXY_CONFIG: './haproxy-tuned.cfg', ...TUNED }),
]

/** Waits until answers through every node's proxy come from as many tasks. */
async function served(lab: Lab, stack: string, tasks: number): Promise<void> {
  for (const node of lab.world.cluster.nodes.keys()) {
    await waitFor(
      `${lab.proxy.name} on node${node + 1} to serve ${tasks} tasks`,
      async () => {
        const answers = await answersOf(lab, node, `app.${stack}`, 5 * tasks + 5)
        if (answers.size !== tasks) throw new Error([...answers].join(' '))
        return true
      },
      { timeoutMs: 120_000, everyMs: 500 },
    )
  }
}

/** What a number of requests to a node's proxy are answered. */
async function answersOf({ world, images, proxy }: Lab, node: number, host: string, count: number) {
  const container = await containerOf(world, node, proxy.service)
  const script = `const { request } = require('node:http')
    const ask = () => new Promise((resolve) => {
      const options = { host: '127.0.0.1', port: ${proxy.port}, headers: { host: '${host}' }, agent: false, timeout: 3000 }
      const asked = request(options, (answer) => answer.setEncoding('utf8').once('data', resolve))
      asked.once('timeout', () => asked.destroy()).once('error', (error) => resolve(error.message + '\\n')).end()
    })
    const all = async () => { for (let i = 0; i < ${count}; i += 1) process.stdout.write(await ask()) }
    all()`
  const network = `container:${container}`
  const args = ['run', '--rm', '--network', network, images.app, '--eval', script]
  return new Set((await world.cluster.docker(node, args)).trim().split('\n'))
}
