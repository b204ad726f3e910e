import { readFile } from 'node:fs/promises'
import type { HostConfig } from 'dockerode'
import { GenericContainer, Wait } from 'testcontainers'
import { API_PORT, CLUSTER_LABEL, HTTP_PORT, networkName } from './layout.ts'
import type { NodePlan } from './layout.ts'
import type { Rights } from './rights.ts'

export interface NodeContainerOptions {
  readonly cluster: string
  readonly node: NodePlan
  readonly image: string
  readonly address: string
  readonly rights: Rights
  /** Ports on 127.0.0.1 of the host at which the node's Docker API and its HTTP port are published. */
  readonly apiPort: number
  readonly httpPort: number
}

/** Bridges inside a node get subnets that hardly anybody uses, whatever the outer network's are. */
const INNER_POOL = 'base=10.241.0.0/16,size=24'

/**
 * The container of one node, an engine of its own. Testcontainers creates it and waits until its API answers; what lasts longer
 * than a test run (finding it again, power off and on) is plain Docker, and no Ryuk sweeps it away when this process ends.
 */
export class NodeContainer extends GenericContainer {
  constructor({ cluster, node, image, address, rights, apiPort, httpPort }: NodeContainerOptions) {
    super(image)
    const labels = { [CLUSTER_LABEL]: cluster }
    this.withName(node.container)
      .withHostname(node.name)
      .withLabels(labels)
      .withAutoCleanup(false)
      .withNetworkMode(networkName(cluster))
      // A reboot empties /run: an engine that was killed must find nothing of its old self there.
      .withTmpFs({ '/run': '' })
      .withCommand([
        '--storage-driver=overlay2',
        `--default-address-pool=${INNER_POOL}`,
        '--log-opt=max-size=10m',
        '--log-opt=max-file=2',
      ])
      .withExposedPorts(API_PORT, HTTP_PORT)
      // Not by a request: Testcontainers asks at the bridge's gateway where it takes the host for a container, and the port isn't there.
      .withWaitStrategy(Wait.forLogMessage(`API listen on [::]:${API_PORT}`))
      .withStartupTimeout(60_000)
    this.createOpts.NetworkingConfig = {
      EndpointsConfig: { [networkName(cluster)]: { IPAMConfig: { IPv4Address: address } } },
    }
    const hostConfig: HostConfig & { CgroupnsMode: string } = {
      ...this.hostConfig,
      ...(rights.privileged
        ? { Privileged: true }
        : { CapAdd: rights.capabilities, SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'] }),
      CgroupnsMode: 'private',
      PortBindings: {
        [`${API_PORT}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: `${apiPort}` }],
        [`${HTTP_PORT}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: `${httpPort}` }],
      },
      Mounts: [
        {
          Type: 'volume',
          Source: node.container,
          Target: '/var/lib/docker',
          VolumeOptions: { NoCopy: true, Labels: labels, DriverConfig: { Name: 'local', Options: {} } },
        },
      ],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '2' } },
    }
    this.hostConfig = hostConfig
  }

  protected override async beforeContainerCreated(): Promise<void> {
    const boot = await readFile(new URL('boot.sh', import.meta.url), 'utf8')
    this.withEntrypoint(['sh', '-c', boot, 'boot'])
  }
}
