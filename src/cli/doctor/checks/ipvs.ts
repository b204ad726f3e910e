import { portOption } from '../../../model/setup.ts'
import { fault, onSwarm, warning } from '../check.ts'
import type { Check, Diagnosis } from '../check.ts'
import { isUnknown } from '../facts.ts'
import type { DoctorFacts } from '../facts.ts'
import { onMesh } from './names.ts'

export const ipvs: Check = {
  name: 'ipvs',
  healthy: 'no service on the mesh needs IP_VS of a kernel without it',
  find: onSwarm((swarm, facts) => {
    if (facts.ipvs === true) return []
    return onMesh(swarm, facts).flatMap(({ name, endpointMode, ports }) => [
      ...(endpointMode === 'vip'
        ? [
            needs(
              name,
              'its endpoint mode is vip: requests to its name by Docker’s DNS',
              `set deploy.endpoint_mode: dnsrr in its stack file, or: docker service update --endpoint-mode dnsrr <service>`,
              facts,
            ),
          ]
        : []),
      ...ports
        .filter(({ mode }) => mode === 'ingress')
        .map((port) =>
          needs(
            name,
            `it publishes port ${port.published ?? port.target} in ingress mode: requests to it`,
            `publish it with mode: host, or let HAProxy route to it by host name: docker service update --publish-rm ${portOption(port)} <service>`,
            facts,
          ),
        ),
    ])
  }),
}

function needs(service: string, what: string, mend: string, { ipvs: kernel }: DoctorFacts): Diagnosis {
  const subject = `service ${service}`
  return isUnknown(kernel)
    ? warning(
        subject,
        `${what} hang on kernels without IP_VS; whether the nodes’ have it is unknown: ${kernel.unknown}`,
        `see on a node whether /proc/net/ip_vs is there; if not: ${mend}`,
      )
    : fault(subject, `${what} hang, for the kernel has no IP_VS`, mend)
}
