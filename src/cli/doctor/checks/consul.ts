import { fault, onConsul, warning } from '../check.ts'
import type { Check, Diagnosis } from '../check.ts'
import { isUnknown } from '../facts.ts'
import type { ConsulFacts, SwarmFacts } from '../facts.ts'
import { isWanted, runs } from './parts.ts'

export const consul: Check = {
  name: 'consul',
  healthy: 'Consul has a leader, and the agent of every node answers and is alive to the others',
  find: onConsul((found, swarm, { stack }) => [
    ...leaderless(found, stack),
    ...silent(found, swarm, stack),
    ...unknownToOthers(found, swarm, stack),
  ]),
}

function leaderless({ agents }: ConsulFacts, stack: string): Diagnosis[] {
  const answers = [...agents.values()].flatMap((answer) => (isUnknown(answer) ? [] : [answer]))
  if (answers.length === 0 || answers.some(({ leader }) => leader !== null)) return []
  return [
    fault(
      'consul',
      'no agent knows of a leader: nothing changes any more, traffic goes on as it is',
      `docker service ps --no-trunc ${stack}_consul-server; after the loss of most servers see docs/install.md`,
    ),
  ]
}

function silent({ agents }: ConsulFacts, { snapshot }: SwarmFacts, stack: string): Diagnosis[] {
  return snapshot.nodes.flatMap((node) => {
    const answer = agents.get(node.id)
    if (!isWanted(node, { on: 'every node' }) || answer === undefined || !isUnknown(answer)) return []
    return [
      fault(
        node.hostname,
        `its Consul agent does not answer: ${answer.unknown}`,
        `docker service logs ${stack}_consul-agent; ports 4789/udp and 7946 must be open between the nodes`,
      ),
    ]
  })
}

/** An agent is the member `<host name>-<task ID>`. */
function unknownToOthers({ members }: ConsulFacts, { snapshot }: SwarmFacts, stack: string): Diagnosis[] {
  const status = new Map(members.map((member) => [member.name, member.status]))
  return snapshot.nodes.flatMap(({ id, hostname }) => {
    const task = snapshot.instances.find(
      (each) => each.workload === `${stack}_consul-agent` && each.nodeId === id && runs(each),
    )
    if (task === undefined) return []
    const found = status.get(`${hostname}-${task.id}`)
    if (found === 'alive') return []
    return [
      warning(
        hostname,
        `to the other agents its Consul agent is ${found ?? 'no member'}: its tasks get no new requests once that lasts`,
        'look again in 30 s; then see whether the nodes reach each other by 7946 and 4789/udp',
      ),
    ]
  })
}
