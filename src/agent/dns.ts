import { join } from 'node:path'
import { mkdir } from 'node:fs/promises'
import { readIfThere, writeIfChanged } from '../disk/atomic.ts'
import type { DnsPort } from '../reconcile/proxy-ports.ts'

export interface DnsSurroundings {
  readonly subnet: () => Promise<string | null>
  readonly consul: () => Promise<string | null>
}

/** The DNS port over CoreDNS's files in `directory`. */
export function coreDns(directory: string, { subnet, consul }: DnsSurroundings): DnsPort {
  let lastConsul: string | null = null
  return {
    async program(hosts) {
      await mkdir(directory, { recursive: true })
      lastConsul = (await consul().catch(() => null)) ?? lastConsul
      const corefile = renderCorefile(join(directory, 'hosts'), await subnet(), lastConsul)
      const lines = Object.entries(hosts ?? {}).map(([name, address]) => `${address} ${name}\n`)
      const names = hosts ?? ((await readIfThere(join(directory, 'hosts'))) === null ? {} : null)
      const changed: string[] = []
      if (names !== null && (await writeIfChanged(join(directory, 'hosts'), lines.toSorted().join(''))))
        changed.push('hosts')
      const isFirst = (await readIfThere(join(directory, 'Corefile'))) === null
      if ((isFirst || lastConsul !== null) && (await writeIfChanged(join(directory, 'Corefile'), corefile)))
        changed.push('Corefile')
      return changed
    },
  }
}

function renderCorefile(hosts: string, subnet: string | null, consul: string | null): string {
  const acl = `  acl {\n${subnet === null ? '' : `    allow net ${subnet}\n`}    block\n  }\n`
  const forward =
    consul === null ? '' : `consul {\n  bind 169.254.20.10\n${acl}  forward . ${consul}\n  errors\n}\n`
  return `${forward}. {
  bind 169.254.20.10
${acl}  hosts ${hosts} {
    reload 1s
    ttl 5
    fallthrough
  }
  forward . /etc/resolv.conf
  errors
  reload 2s 1s
}
`
}
