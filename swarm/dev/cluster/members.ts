import { docker } from '../docker.ts'
import type { ClusterNode } from './node.ts'

/** A node as a manager of the Swarm sees it. */
export interface Member {
  readonly id: string
  readonly hostname: string
  /** Its engine sends heartbeats. */
  readonly ready: boolean
  readonly manager: boolean
  /** A manager that takes part in the quorum. */
  readonly reachable: boolean
  readonly leader: boolean
}

/** The Swarm's nodes as one manager sees them. Throws when that manager sees no leader. */
export async function listMembers(manager: Pick<ClusterNode, 'host'>): Promise<Member[]> {
  const format = '{{.ID}} {{.Hostname}} {{.Status}} {{.ManagerStatus}}'
  const output = await docker(['node', 'ls', '--format', format], { host: manager.host, timeoutMs: 10_000 })
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [id = '', hostname = '', status = '', role = ''] = line.split(' ')
      const leader = role === 'Leader'
      const reachable = leader || role === 'Reachable'
      return { id, hostname, ready: status === 'Ready', manager: role !== '', reachable, leader }
    })
}
