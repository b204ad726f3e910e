import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfThere, writeIfChanged } from '../lib/atomic-file.ts'
import { renderCorefile, renderHosts, type Forwarding } from './render.ts'

export interface DnsState extends Omit<Forwarding, 'hosts'> {
  /** IPv4 addresses by name; null while unknown. */
  readonly names: Readonly<Record<string, string>> | null
}

/**
 * Brings CoreDNS's folder to a state and gives the files that changed. What is unknown stays as it is on disk. The Corefile, which a
 * new CoreDNS waits for, is written last.
 */
export async function writeDns(
  directory: string,
  { names, ...forwarding }: DnsState,
): Promise<readonly string[]> {
  const hosts = join(directory, 'hosts')
  const corefile = join(directory, 'Corefile')
  await mkdir(directory, { recursive: true })
  const changed: string[] = []
  if (names !== null || (await readIfThere(hosts)) === null) {
    if (await writeIfChanged(hosts, renderHosts(names ?? {}))) changed.push('hosts')
  }
  const isKnown = forwarding.subnet !== null && forwarding.consul !== null
  if (isKnown || (await readIfThere(corefile)) === null) {
    if (await writeIfChanged(corefile, renderCorefile({ ...forwarding, hosts }))) changed.push('Corefile')
  }
  return changed
}
