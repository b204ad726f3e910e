import { fault, onSwarm } from '../check.ts'
import type { Check } from '../check.ts'
import { isUnknown } from '../facts.ts'
import { runs } from './parts.ts'
import type { ServiceKey } from '../../../model/service.ts'

/** ms that a controller may take to judge a service, were it busy. */
const JUDGING_TIME = 15_000

export const controller: Check = {
  name: 'controller',
  healthy: 'a controller acts beside the Swarm leader, and has judged every declared service',
  find: onSwarm(({ snapshot, foreseen, policies }, { stack, consul, now }) => {
    const name = `${stack}_controller`
    const leader = snapshot.nodes.find((node) => node.leader)
    if (leader === undefined) {
      return [fault('swarm', 'no node leads: no controller acts', 'docker node ls: bring back the managers')]
    }
    const beside = snapshot.instances.find(
      (task) => task.workload === name && task.nodeId === leader.id && runs(task),
    )
    if (beside === undefined) {
      return [
        fault(
          leader.hostname,
          `it leads the Swarm, but no controller runs there: traffic goes on as it is, and no change takes effect`,
          `docker service ps --no-trunc ${name}; meanwhile another leader helps: docker node demote ${leader.hostname}`,
        ),
      ]
    }
    if (isUnknown(consul)) return []
    const isNew = (key: ServiceKey) => now - Date.parse(policies.get(key)?.createdAt ?? '') < JUDGING_TIME
    const waiting = [...foreseen.keys()].filter((key) => !consul.statuses.has(key) && !isNew(key))
    if (waiting.length === 0) return []
    return [
      fault(
        leader.hostname,
        `its controller has not judged ${waiting.join(', ')}`,
        `look again in 10 s; then docker service logs ${name}`,
      ),
    ]
  }),
}
