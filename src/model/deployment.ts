/** Where Shoal's own parts are found: names of Swarm services and networks. */
export interface Deployment {
  /** Network of the applications, for example `shoal_mesh`. */
  readonly mesh: string
  /** Network of Consul's HTTP API, for example `shoal_control`. */
  readonly control: string
  /** Swarm service of the HAProxies. */
  readonly haproxy: string
  /** Swarm service of the Consul agents. */
  readonly consulAgent: string
}

/** Names of Shoal's own parts when its stack is deployed under this name. */
export function deploymentOf(stack: string): Deployment {
  return {
    mesh: `${stack}_mesh`,
    control: `${stack}_control`,
    haproxy: `${stack}_haproxy`,
    consulAgent: `${stack}_consul-agent`,
  }
}
