import { SCRIPTS } from '../completion/scripts.ts'
import type { Shell } from '../completion/scripts.ts'

/** `shoal completion`: the script of a shell. */
export function completion(shell: Shell): void {
  process.stdout.write(SCRIPTS[shell])
}
