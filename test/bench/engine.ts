/** The Docker API of a node, for what must not wait for the docker CLI to start. */
import Docker from 'dockerode'
import type { ClusterNode } from '../../swarm/dev/cluster.ts'

export function engineOf({ host }: ClusterNode): Docker {
  const { hostname, port } = new URL(host)
  return new Docker({ host: hostname, port: Number(port), protocol: 'http' })
}

/** Changes the number of a Swarm service's tasks; resolves to when it was asked to, in ms since the epoch. */
export async function scaleService(engine: Docker, name: string, replicas: number): Promise<number> {
  const service = engine.getService(name)
  const { Spec, Version } = await service.inspect()
  const mode = { Replicated: { Replicas: replicas } }
  const asked = Date.now()
  await service.update({ ...Spec, version: Version.Index, Mode: mode })
  return asked
}
