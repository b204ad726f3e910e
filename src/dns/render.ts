/**
 * CoreDNS's files as text: the Corefile and the hosts file. Equal state gives equal text. CoreDNS runs in the node's host
 * network and answers that node's containers alone; it reads both files anew by itself.
 */
import { isIPv4 } from 'node:net'
import { DNS_ADDRESS } from '../model/names.ts'

export interface Forwarding {
  /** Path of the hosts file. */
  readonly hosts: string
  /** Subnet of docker_gwbridge, as `172.18.0.0/16`: the containers of this node. Null, while unknown: none of them. */
  readonly subnet: string | null
  /** Address and port of this node's Consul agent, as `172.18.0.4:8600`; null while unknown. */
  readonly consul: string | null
  /** Address to answer at, if it's not the usual one. */
  readonly address?: string
}

/**
 * Names in the hosts file first; `consul.` from this node's agent; all else from the node's own name servers. A neighbour with a
 * route to the address gets no answer. While no agent is known, `consul.` fails for now (SERVFAIL) instead of leaking upstream.
 */
export function renderCorefile({ hosts, subnet, consul, address = DNS_ADDRESS }: Forwarding): string {
  const sources = ['127.0.0.0/8', `${DNS_ADDRESS}/32`, ...(subnet === null ? [] : [subnet])]
  const answer = consul === null ? 'template ANY ANY {\n    rcode SERVFAIL\n  }' : `forward . ${consul}`
  return `# Made by Shoal: changes are overwritten.
(node) {
  bind ${address}
  acl {
    allow net ${sources.join(' ')}
    drop
  }
  errors
}

consul {
  import node
  ${answer}
}

. {
  import node
  hosts ${hosts} {
    ttl 1
    reload 1s
    no_reverse
    fallthrough
  }
  # A name that isn't there yet may be a service's in a moment.
  cache 30 {
    success 9984 30 0
    denial 9984 5 0
  }
  # The last one, which answers nothing, is for a node without name servers: CoreDNS would not start.
  forward . /etc/resolv.conf 127.0.0.1:9 {
    policy sequential
  }
  reload 2s 1s
}
`
}

/** The hosts file: IPv4 addresses by name. Throws RangeError for what can't be a name or an address. */
export function renderHosts(names: Readonly<Record<string, string>>): string {
  const lines = Object.entries(names).map(([name, address]) => {
    if (!/^[a-z0-9_.-]+$/.test(name)) throw new RangeError(`not a DNS name: ${JSON.stringify(name)}`)
    if (!isIPv4(address)) throw new RangeError(`${name}: not an IPv4 address: ${JSON.stringify(address)}`)
    return `${address} ${name}\n`
  })
  return ['# Made by Shoal: changes are overwritten.\n', ...lines.toSorted()].join('')
}
