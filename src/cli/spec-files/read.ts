import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { ServiceSpec } from '../../model/service.ts'
import { formatSpecError } from '../../spec/messages/errors.ts'
import { parseSpecs } from '../../spec/parse.ts'
import { UserError } from '../exit.ts'
import { messageOf } from '../../lib/errors.ts'

export interface SpecDocument {
  readonly spec: ServiceSpec
  /** The document as written. */
  readonly text: string
  readonly file: string
}

/**
 * Reads spec files (`-` is standard input). Throws UserError with every error of every file, by
 * file, line and column.
 */
export async function readSpecFiles(files: readonly string[]): Promise<SpecDocument[]> {
  const documents: SpecDocument[] = []
  const errors: string[] = []
  for (const file of files) {
    const source = file === '-' ? 'standard input' : file
    const results = parseSpecs(await readText(file), { source, stack: null, service: null })
    for (const result of results) {
      if (result.ok) documents.push({ spec: result.spec, text: result.text, file: source })
      else errors.push(...result.errors.map(formatSpecError))
    }
  }
  if (errors.length > 0) throw new UserError(errors.join('\n'))
  return documents
}

/**
 * A document's text without the line that divides it from another and the blank lines around it.
 */
export function plainText(written: string): string {
  return `${written.replace(/^---[^\S\n]*\n/, '').trim()}\n`
}

async function readText(file: string): Promise<string> {
  if (file === '-') return await text(process.stdin)
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new UserError(`${file}: can't be read: ${messageOf(error)}`)
  }
}
