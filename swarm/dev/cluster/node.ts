import { docker } from '../docker.ts'
import { API_PORT, HTTP_PORT } from './layout.ts'
import type { NodePlan } from './layout.ts'
import { waitFor } from './wait.ts'

/** One node of a running cluster. */
export interface ClusterNode {
  /** Its host name in the Swarm: `node1`, … */
  readonly name: string
  /** Its container on the outer engine. */
  readonly container: string
  readonly zone: string
  /** Its Docker API, for `docker -H` or DOCKER_HOST: `tcp://127.0.0.1:<port>`. Stays the same over restarts. */
  readonly host: string
  /** Its address in the cluster's network. */
  readonly address: string
  /** Its port 80 as seen from the host: `http://127.0.0.1:<port>`. */
  readonly httpUrl: string
  readonly httpPort: number
}

/** A node as its (running or stopped) container describes it. */
export async function describeNode({ name, container, zone }: NodePlan): Promise<ClusterNode> {
  const address = '{{range .NetworkSettings.Networks}}{{.IPAMConfig.IPv4Address}}{{end}}'
  const format = `${hostPort(API_PORT)} ${hostPort(HTTP_PORT)} ${address}`
  const output = await docker(['container', 'inspect', '--format', format, container])
  const [apiPort, httpPort, ip = ''] = output.trim().split(' ')
  return {
    name,
    container,
    zone,
    host: `tcp://127.0.0.1:${apiPort}`,
    address: ip,
    httpUrl: `http://127.0.0.1:${httpPort}`,
    httpPort: Number(httpPort),
  }
}

/** Waits until the node's engine answers; an error carries the end of its log. */
export async function waitForEngine(node: ClusterNode): Promise<void> {
  const look = () =>
    docker(['version', '--format', '{{.Server.Version}}'], { host: node.host, timeoutMs: 5000 })
  try {
    await waitFor(`the Docker engine of ${node.name}`, look, { timeoutMs: 60_000, everyMs: 100 })
  } catch (error) {
    throw new Error(`${node.name} doesn't come up\n${await nodeLog(node.container, 20)}`, { cause: error })
  }
}

/** Last lines of what a node's engine wrote. */
export function nodeLog(container: string, lines: number): Promise<string> {
  return docker(['logs', '--tail', `${lines}`, container]).catch(
    (error: unknown) => `no log: ${String(error)}`,
  )
}

/** Template for the host's port at which a port of the container is published, whether it runs or not. */
function hostPort(inner: number): string {
  return `{{(index (index .HostConfig.PortBindings "${inner}/tcp") 0).HostPort}}`
}
