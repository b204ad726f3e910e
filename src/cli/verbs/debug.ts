import { dumpSocket, readDump } from '../../lib/dump-socket.ts'
import { messageOf } from '../../lib/errors.ts'
import { UserError } from '../exit.ts'

/** `shoal debug dump`, in the container of the program that is asked. Rejects with UserError where none answers. */
export async function dump(socket: string = dumpSocket()): Promise<void> {
  const found = await readDump(socket).catch((error: unknown) => {
    throw new UserError(`no program of Shoal's shows what it knows here: ${messageOf(error)}`)
  })
  console.log(JSON.stringify(found, null, 2))
}
