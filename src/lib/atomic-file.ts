/**
 * Files that another program reads while Shoal rewrites them: that program sees the old text or the
 * new, never a part.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** The file's text; null where there's no such file. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/**
 * Replaces a file in one step if its text differs, and says whether it did. The text goes by way of
 * a hidden `.<name>.tmp` beside it, which neither HAProxy (`-f` folder) nor CoreDNS (`import`)
 * reads.
 */
export async function writeIfChanged(path: string, text: string): Promise<boolean> {
  if ((await readIfThere(path)) === text) return false
  const temporary = join(dirname(path), `.${basename(path)}.tmp`)
  await writeFile(temporary, text, { mode: 0o644 })
  await rename(temporary, path)
  return true
}

/** Removes a file; it's fine if there's none. */
export async function removeIfThere(path: string): Promise<void> {
  await rm(path, { force: true })
}
