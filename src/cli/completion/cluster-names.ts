/**
 * Names of what is in the cluster, for completion: in order, none where Docker can't be asked
 * quickly.
 */
import { declare } from '../../controller/plan/declare.ts'
import { connectDocker } from '../../docker/docker.ts'
import { observe } from '../../docker/observe.ts'
import { byText } from '../../lib/order.ts'
import type { ClusterSnapshot } from '../../model/cluster.ts'
import { namespaceOfKey } from '../../views/service.ts'
import type { ServiceKey } from '../../model/service.ts'

/** ms: nobody waits longer for a name. */
const TIMEOUT = 1500

/** Keys of the services that specs declare. `mesh` is the name of the network. */
export async function serviceKeys(mesh: string): Promise<readonly ServiceKey[]> {
  return await namesIn((snapshot) => declare(snapshot, new Map(), mesh).map(({ key }) => key))
}

export async function namespaces(mesh: string): Promise<readonly string[]> {
  return [...new Set((await serviceKeys(mesh)).map(namespaceOfKey))]
}

export async function nodeNames(): Promise<readonly string[]> {
  return await namesIn(({ nodes }) => nodes.map(({ hostname }) => hostname))
}

async function namesIn<Name extends string>(
  read: (snapshot: ClusterSnapshot) => readonly Name[],
): Promise<readonly Name[]> {
  const { promise: late, resolve } = Promise.withResolvers<readonly Name[]>()
  const timer = setTimeout(resolve, TIMEOUT, [])
  const asked = connectDocker()
    .then((docker) => observe(docker))
    .then(read)
    .catch(() => [])
  const found = await Promise.race([asked, late])
  clearTimeout(timer)
  return found.toSorted(byText)
}
