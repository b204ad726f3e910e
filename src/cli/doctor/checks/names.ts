import { DNS_ADDRESS } from '../../../model/names.ts'
import type { ServiceSetup } from '../../../model/setup.ts'
import { onSwarm, warning } from '../check.ts'
import type { Check } from '../check.ts'
import type { DoctorFacts, SwarmFacts } from '../facts.ts'

/** Swarm services of applications on the mesh: Shoal's own are set up by its stack file. */
export function onMesh({ setups }: SwarmFacts, { stack, settings }: DoctorFacts): readonly ServiceSetup[] {
  const { mesh } = settings.deployment
  return setups.filter(({ name, networks }) => Object.hasOwn(networks, mesh) && !name.startsWith(`${stack}_`))
}

/**
 * A service that calls others by Shoal's names must ask Shoal's DNS. Calls can't be seen, so it
 * counts what the service's entry point, arguments and environment say: a name that Shoal answers
 * for another service. A name with dots counts wherever it stands for itself, one without only
 * where a host does (`//db`, `user@db`, `db:5432`), for it may be any word. What a service reads
 * from files or has in its image is not seen.
 */
export const dns: Check = {
  name: 'dns',
  healthy: `every service on the mesh that names another asks ${DNS_ADDRESS} for names`,
  find: onSwarm((swarm, facts) =>
    onMesh(swarm, facts)
      .filter(({ dns: servers }) => !servers.includes(DNS_ADDRESS))
      .filter((setup) => namesOfOthers(setup, swarm).some((name) => isNamed(name, setup)))
      .map(({ name, dns: servers }) =>
        warning(
          `service ${name}`,
          `its containers ${servers.length === 0 ? 'have no name server set' : `ask ${servers.join(', ')}`}: they don’t find other services by <name>.<namespace>`,
          `add dns: [${DNS_ADDRESS}] in its stack file, or: docker service update --dns-add ${DNS_ADDRESS} <service>`,
        ),
      ),
  ),
}

/** Names that Shoal's DNS answers, but for those of the services that this one itself is. */
function namesOfOthers({ name }: ServiceSetup, { policies }: SwarmFacts): readonly string[] {
  const others = [...policies.values()].filter(({ spec }) => spec.selector.service !== name)
  return others.flatMap(({ names: own }) => own)
}

function isNamed(name: string, { words }: ServiceSetup): boolean {
  const literal = RegExp.escape(name)
  const pattern = name.includes('.')
    ? `(?<![\\w.-])${literal}(?![\\w-]|\\.\\w)`
    : `(?<=//|@)${literal}(?![\\w.-])|(?<![\\w.-])${literal}(?=:\\d)`
  const host = new RegExp(pattern, 'i')
  return words.some((word) => host.test(word))
}

/**
 * A short name that Docker's own DNS answers leads to that service's tasks, past HAProxy. Where the
 * Swarm service is the service's own, that is a known limit (docs/specs.md), and no finding.
 */
export const names: Check = {
  name: 'names',
  healthy: 'no short name of a service is another Swarm service’s to Docker’s DNS',
  find: onSwarm((swarm, facts) => {
    const { mesh } = facts.settings.deployment
    const answered = onMesh(swarm, facts).flatMap(({ name, networks }) =>
      [...new Set([name, ...(networks[mesh] ?? [])])].map((alias) => ({ alias, owner: name })),
    )
    return [...swarm.policies.values()].flatMap(({ key, names: own, spec }) => {
      const shadows = answered.filter(
        ({ alias, owner }) => own.includes(alias) && owner !== spec.selector.service,
      )
      return shadows.map(({ alias, owner }) =>
        warning(
          `service ${key}`,
          `on the mesh Docker’s own DNS answers ${alias} with the tasks of Swarm service ${owner}, before Shoal’s is asked`,
          `call it ${spec.name}.${spec.namespace}, or rename the Swarm service ${owner}`,
        ),
      )
    })
  }),
}
