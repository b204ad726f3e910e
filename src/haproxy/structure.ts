/**
 * Changes to the structure of HAProxy's config, a file each, and which of them HAProxy refuses. No
 * I/O.
 */
import { marked, structureOf, withServersOf } from './structure-key.ts'
import type { ConfigFiles } from './files.ts'
import type { Reload } from './runtime.ts'

export interface StructureChanges {
  /** Structure as it is on disk, with the servers that are wanted now. */
  readonly base: ConfigFiles
  /** Files whose structure is to change, appear or vanish. */
  readonly changed: readonly string[]
}

export function structureChanges(current: ConfigFiles, desired: ConfigFiles): StructureChanges {
  const base: Record<string, string> = {}
  const changed: string[] = []
  for (const [file, text] of Object.entries(current)) {
    base[file] = withServersOf(text, desired[file] ?? text)
  }
  for (const file of new Set([...Object.keys(current), ...Object.keys(desired)])) {
    const before = current[file]
    const after = desired[file]
    if (before === undefined || after === undefined || structureOf(before) !== structureOf(after)) {
      changed.push(file)
    }
  }
  return { base, changed: changed.toSorted() }
}

/** The config with only these of the changes made. */
export function withChanges(base: ConfigFiles, desired: ConfigFiles, files: readonly string[]): ConfigFiles {
  const result: Record<string, string> = { ...base }
  for (const file of files) {
    const text = desired[file]
    if (text === undefined) delete result[file]
    else result[file] = text
  }
  return marked(result)
}

export interface SiftResult {
  readonly accepted: readonly string[]
  /** HAProxy's complaint by file. */
  readonly refused: ReadonlyMap<string, string>
}

/**
 * Finds the largest part of the changes that HAProxy accepts, where each by itself is good or bad.
 * `attempt` loads a config with the given ones. It's called at least once, and the last call is an
 * accepted one, unless HAProxy refuses even the config without any change: then `refused` has its
 * complaint under ''.
 */
export async function sift(
  changed: readonly string[],
  attempt: (files: readonly string[]) => Promise<Reload>,
): Promise<SiftResult> {
  const accepted: string[] = []
  const refused = new Map<string, string>()
  let settled = false
  const place = async (files: readonly string[]): Promise<void> => {
    const result = await attempt([...accepted, ...files])
    settled = result.ok
    if (result.ok) {
      accepted.push(...files)
      return
    }
    // HAProxy names the file, nearly always. It takes 2 s to refuse a port that it can't bind: so
    // take its word.
    const named = files.filter((file) => linesAbout(file, result.complaint) !== '')
    const culprits = files.length === 1 ? files : named
    for (const file of culprits) refused.set(file, linesAbout(file, result.complaint) || result.complaint)
    const rest = files.filter((file) => !culprits.includes(file))
    for (const part of culprits.length > 0 ? [rest] : halves(rest)) {
      if (part.length > 0) await place(part)
    }
  }
  await place(changed)
  if (!settled) {
    const result = await attempt(accepted)
    if (!result.ok) refused.set('', result.complaint)
  }
  return { accepted, refused }
}

/** Lines of a complaint that name a config file. */
function linesAbout(file: string, complaint: string): string {
  const lines = complaint.split('\n').filter((line) => line.includes(`/${file}:`))
  return lines.join('\n')
}

function halves<T>(items: readonly T[]): readonly (readonly T[])[] {
  const middle = Math.ceil(items.length / 2)
  return [items.slice(0, middle), items.slice(middle)]
}
