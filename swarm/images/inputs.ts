import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** Label by which an image says what it was built from. */
export const INPUTS_LABEL = 'shoal.dev/inputs'

/**
 * Hash (hex) of files, and of folders with all that is in them: names, contents, and which are executable; not of times, owners or
 * where they lie. `words` go into it as they are.
 */
export async function hashInputs(paths: readonly string[], words: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const path of paths) {
    for (const file of await filesUnder(path)) {
      const executable = ((await stat(file)).mode & 0o100) !== 0
      const content = await readFile(file)
      hash
        .update(JSON.stringify([relative(join(path, '..'), file), executable, content.length]))
        .update(content)
    }
  }
  return hash.update(JSON.stringify(words)).digest('hex')
}

async function filesUnder(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}
