import { portOption } from '../../../model/setup.ts'
import type { PublishedPort, ServiceSetup } from '../../../model/setup.ts'
import { fault, onSwarm } from '../check.ts'
import type { Check, Diagnosis } from '../check.ts'
import type { SwarmFacts } from '../facts.ts'
import { isWanted, runs } from './parts.ts'

/** How Docker says that a node's port is taken, by Swarm's scheduler or by the engine. */
const TAKEN = /port is already allocated|address already in use|host-mode port already in use/i

export const ports: Check = {
  name: 'ports',
  healthy: 'nobody else has the port that HAProxy answers on',
  find: onSwarm((swarm, { settings }) => {
    const haproxy = swarm.setups.find(({ name }) => name === settings.deployment.haproxy)
    if (haproxy === undefined) return []
    const rivals = haproxy.ports.flatMap((port) => publishers(port, haproxy, swarm))
    return [...rivals, ...(rivals.length > 0 ? [] : taken(haproxy, swarm))]
  }),
}

function publishers(
  { published, protocol }: PublishedPort,
  haproxy: ServiceSetup,
  { setups }: SwarmFacts,
): Diagnosis[] {
  return setups.flatMap((rival) => {
    const clash = rival.ports.find((port) => port.published === published && port.protocol === protocol)
    if (rival.id === haproxy.id || clash === undefined) return []
    return [
      fault(
        `service ${rival.name}`,
        `it publishes port ${published} (${clash.mode} mode), on which HAProxy is to answer on every node`,
        `let HAProxy route to it by host name, and: docker service update --publish-rm ${portOption(clash)} ${rival.name}; or give HAProxy another port by SHOAL_HTTP_PORT`,
      ),
    ]
  })
}

/** Nodes without a HAProxy, because something that Swarm does not know of has the port. */
function taken(haproxy: ServiceSetup, { snapshot }: SwarmFacts): Diagnosis[] {
  const tasks = snapshot.instances.filter(({ workloadId }) => workloadId === haproxy.id)
  const port = haproxy.ports[0]?.published
  return snapshot.nodes
    .filter((node) => isWanted(node, { on: 'every node' }))
    .flatMap(({ id, hostname }) => {
      const own = tasks.filter(({ nodeId }) => nodeId === id)
      const told = own.find(({ error }) => TAKEN.test(error))
      if (told === undefined || own.some(runs)) return []
      return [
        fault(
          hostname,
          `port ${port} is taken there: ${told.error}`,
          `find who has it, on that node: ss -ltnp 'sport = :${port}'; stop it, or give HAProxy another port by SHOAL_HTTP_PORT`,
        ),
      ]
    })
}
