import { sourceText } from '../../../model/source.ts'
import type { Policy } from '../../../model/policy.ts'
import type { Condition } from '../../../model/status.ts'
import { fault, onSwarm, warning } from '../check.ts'
import type { Check, Diagnosis } from '../check.ts'
import type { SwarmFacts } from '../facts.ts'
import type { Reason } from '../../../model/reasons.ts'
import type { ServiceKey } from '../../../model/service.ts'

const MENDS: Readonly<Partial<Record<Reason, string>>> = {
  InvalidSpec:
    'correct the place that is named (shoal validate -f checks a file); what was in force stays so until then',
  HostConflict: 'ask for another host, or delete the older service',
  PortConflict: 'take another port, or delete the older service',
  NameConflict: 'give it another name or namespace, or delete the older service',
}

export const specs: Check = {
  name: 'specs',
  healthy: 'every declared spec is accepted',
  find: onSwarm(({ foreseen }) =>
    [...foreseen.values()].flatMap(({ key, conditions }) =>
      conditions
        .filter(({ type, status }) => type === 'Accepted' && status === 'False')
        .map((condition) => refused(key, condition)),
    ),
  ),
}

function refused(key: ServiceKey, { reason, message }: Condition): Diagnosis {
  return fault(`service ${key}`, `${reason}: ${message}`, MENDS[reason] ?? `see shoal explain ${reason}`)
}

export const mesh: Check = {
  name: 'mesh',
  healthy: 'the Swarm service of every spec exists, runs tasks and is on the mesh',
  find: onSwarm((swarm, { settings }) =>
    [...swarm.policies.values()].flatMap((policy) => unresolved(policy, settings.deployment.mesh, swarm)),
  ),
}

function unresolved(
  { key, spec, source }: Policy,
  network: string,
  { setups, foreseen, snapshot }: SwarmFacts,
): Diagnosis[] {
  const name = spec.selector.service
  const subject = `service ${key}`
  const setup = setups.find((each) => each.name === name)
  if (setup === undefined) {
    return [
      fault(
        subject,
        `NoSuchService: it selects the Swarm service ${name}, which there is not`,
        `deploy it, or correct spec.selector.service in ${sourceText(source)}; docker service ls has the names`,
      ),
    ]
  }
  if (!Object.hasOwn(setup.networks, network)) {
    return [
      fault(
        subject,
        `NotOnMesh: its Swarm service ${name} is not on network ${network}`,
        `add the network in its stack file, or: docker service update --network-add ${network} ${name}`,
      ),
    ]
  }
  const scaledToZero = snapshot.workloads.find((each) => each.name === name)?.wanted === 0
  const idle = foreseen.get(key)?.conditions.find(({ reason }) => reason === 'NoTasks')
  if (idle === undefined || scaledToZero) return []
  return [warning(subject, `NoTasks: ${idle.message}`, `docker service ps --no-trunc ${name}`)]
}
