import { dumpSocket, serveDump } from '../lib/dump-socket.ts'
import { messageOf } from '../lib/errors.ts'
import type { Log } from '../lib/log.ts'

/**
 * Answers `shoal debug dump` from now on; resolves to what ends that. Where the socket can't be had, the program goes on
 * without.
 */
export async function showDump(folder: string, dump: () => unknown, log: Log): Promise<() => void> {
  try {
    return await serveDump(dumpSocket(folder), dump)
  } catch (error) {
    log.warn({ reason: messageOf(error) }, 'shoal debug dump has nobody to ask')
    return () => {}
  }
}
