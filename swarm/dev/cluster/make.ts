import { docker } from '../docker.ts'
import { NodeContainer } from './node-container.ts'
import type { NodeContainerOptions } from './node-container.ts'
import type { NodePlan } from './layout.ts'
import { FreePorts, randomPort } from './ports.ts'
import { probeRights } from './rights.ts'

export interface MakeOptions {
  readonly name: string
  readonly image: string
  readonly httpPort?: number
  readonly log: (line: string) => void
}

/** Creates and starts nodes side by side; resolves when their engines listen. `addresses` are by node name. */
export async function makeNodes(
  plans: readonly NodePlan[],
  addresses: ReadonlyMap<string, string>,
  options: MakeOptions,
): Promise<void> {
  const { name, image, httpPort, log } = options
  await checkImage(image)
  const rights = await probeRights(image)
  if (!rights.privileged) log('this engine refuses --privileged: nodes get the rights they need one by one')
  const ports = new FreePorts()
  const started = Date.now()
  log(`starting ${plans.map((plan) => plan.name).join(', ')}`)
  const published = new Map<NodePlan, { apiPort: number; httpPort: number }>()
  for (const plan of plans) {
    const wanted = plan.name === 'node1' && httpPort !== undefined ? [httpPort, 8080] : []
    const http = await ports.take(wanted, httpPort === undefined ? randomPort() : 8081)
    if (wanted.length > 0 && http !== httpPort) {
      log(`port ${httpPort} is taken: node1 answers HTTP on ${http}`)
    }
    published.set(plan, { httpPort: http, apiPort: await ports.take([], randomPort()) })
  }
  await Promise.all(
    [...published].map(([node, its]) =>
      createNode({ cluster: name, node, image, rights, address: addresses.get(node.name) ?? '', ...its }),
    ),
  )
  log(
    `${plans.length === 1 ? '1 node answers' : `${plans.length} nodes answer`} after ${((Date.now() - started) / 1000).toFixed(1)} s`,
  )
}

async function checkImage(image: string): Promise<void> {
  const found = await docker(['image', 'ls', '--quiet', image])
  if (found.trim() === '') throw new Error(`image ${image} is not on the engine: npm run images makes it`)
}

async function createNode(options: NodeContainerOptions): Promise<void> {
  const { container, name } = options.node
  try {
    await new NodeContainer(options).start()
  } catch (error) {
    // A container that never ran would look like a stopped node to the next run.
    await docker(['rm', '--force', '--volumes', container]).catch(() => {})
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`${name} can't be started: ${why}`, { cause: error })
  }
}
