import { readFile } from 'node:fs/promises'
import { docker } from '../docker.ts'

/** What a node's container may do: everything, or as much as an engine inside needs. */
export type Rights =
  { readonly privileged: true } | { readonly privileged: false; readonly capabilities: string[] }

/** Capabilities in the order of their bits (capabilities(7)), as far as every engine knows them: Docker 20.10 stops here. */
const CAPABILITIES =
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST ' +
  'NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE ' +
  'SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM ' +
  'BLOCK_SUSPEND AUDIT_READ'

/** Finds out whether the engine may start privileged containers; where it may not, which capabilities this machine can give. */
export async function probeRights(image: string): Promise<Rights> {
  try {
    await docker(['run', '--rm', '--privileged', '--network', 'none', '--entrypoint', 'true', image])
    return { privileged: true }
  } catch (error) {
    // A machine without /proc can't be one that runs the engine with fewer rights than all.
    const status = await readFile('/proc/self/status', 'utf8').catch(() => undefined)
    if (status === undefined) throw error
    return { privileged: false, capabilities: boundingSet(status) }
  }
}

/** Names of the capabilities in the bounding set of a `/proc/<pid>/status`. */
export function boundingSet(status: string): string[] {
  const mask = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`)
  return CAPABILITIES.split(' ').filter((_, bit) => ((mask >> BigInt(bit)) & 1n) === 1n)
}
