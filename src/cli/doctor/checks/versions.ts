import { fault, onSwarm, warning } from '../check.ts'
import type { Check, Diagnosis } from '../check.ts'
import type { SwarmFacts } from '../facts.ts'
import { runs } from './parts.ts'

/** Parts that are made of one image. */
const TWINS = [
  ['controller', 'node'],
  ['consul-server', 'consul-agent'],
] as const

export const versions: Check = {
  name: 'versions',
  healthy:
    'all of Shoal’s parts run the images that the stack asks for, and those that belong together are the same',
  find: onSwarm((swarm, { stack }) => [...unequal(swarm, stack), ...outdated(swarm, stack)]),
}

function unequal({ setups }: SwarmFacts, stack: string): Diagnosis[] {
  return TWINS.flatMap(([one, other]) => {
    const [a, b] = [one, other].map((part) => setups.find(({ name }) => name === `${stack}_${part}`))
    if (a === undefined || b === undefined || a.image === b.image) return []
    return [
      fault(
        `services ${a.name} and ${b.name}`,
        `they are to run different images: ${a.image} and ${b.image}`,
        `deploy the stack anew with one image for both: docker stack deploy -c swarm/stack.yml ${stack}`,
      ),
    ]
  })
}

/** Tasks that an update has not reached, or that it has left behind. */
function outdated({ snapshot, setups, tasks }: SwarmFacts, stack: string): Diagnosis[] {
  const hosts = new Map(snapshot.nodes.map(({ id, hostname }) => [id, hostname]))
  return setups
    .filter(({ name }) => name.startsWith(`${stack}_`))
    .flatMap(({ id, name, image }) => {
      const others = snapshot.instances.filter(
        (task) => task.workloadId === id && runs(task) && tasks.get(task.id)?.image !== image,
      )
      const [first] = others
      if (first === undefined) return []
      const where = others.map(({ nodeId }) => hosts.get(nodeId ?? '') ?? nodeId).join(', ')
      return [
        warning(
          `service ${name}`,
          `on ${where} it still runs ${tasks.get(first.id)?.image}, not ${image}`,
          `wait for the update to end; if it is paused (docker service inspect ${name}): docker service update --force ${name}`,
        ),
      ]
    })
}
