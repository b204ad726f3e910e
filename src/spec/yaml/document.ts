/** Reads YAML text to plain values, and knows the place of every field in the text. Never throws. */
import { Composer, LineCounter, Parser } from 'yaml'
import type { Document, YAMLError } from 'yaml'
import { tooDeep } from './depth.ts'
import type { SpecError, SpecErrorCode } from '../messages/errors.ts'
import { isUnwritten, offsetOf, repeatedFields, startOf, suspectAlias } from './nodes.ts'
import { formatPath } from '../path.ts'
import type { Path } from '../path.ts'

/** An error but for the name of its source. */
export type Finding = Omit<SpecError, 'source'>
type Place = Pick<SpecError, 'line' | 'column'>

export interface YamlDocument {
  /** This document's part of the text, with the comments before it. */
  readonly text: string
  /** Plain data; if there are findings, as much as could be read. */
  readonly value: unknown
  /** What is wrong with the document as YAML. */
  readonly findings: readonly Finding[]
  readonly root: Document.Parsed
  readonly lines: LineCounter
}

/** Far more than specs need, and what reads in well under a second whatever it is. */
const MAX_LENGTH = 64 * 1024
const MAX_DEPTH = 16

/** YAML 1.2 alone, whatever a %YAML directive says: no dates, sets or merges. */
const OPTIONS = {
  version: '1.2',
  schema: 'core',
  resolveKnownTags: false,
  stringKeys: true,
  logLevel: 'silent',
  // Quadratic in the yaml package; `repeatedFields` does it.
  uniqueKeys: false,
} as const

/** What would be right, for mistakes whose plain name doesn't tell. */
const ADVICE: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'use spaces',
  BLOCK_AS_IMPLICIT_KEY: 'a value that holds ": " needs quotes',
  MULTILINE_IMPLICIT_KEY: 'is a space missing after a colon, or a colon after a field’s name?',
  BAD_SCALAR_START: 'put the value in quotes',
  NON_STRING_KEY: 'a field’s name is plain text',
}

/** The documents of a text, without the empty ones; or the one finding that says why there are none. */
export function readDocuments(text: string): readonly [YamlDocument, ...YamlDocument[]] | Finding {
  if (text.length > MAX_LENGTH) {
    return refusal('InvalidYaml', `found ${text.length} characters; expected at most ${MAX_LENGTH}`)
  }
  const source = text.replace(/^\uFEFF/, '')
  const lines = new LineCounter()
  const tokens = [...new Parser(lines.addNewLine).parse(source)]
  const deep = tooDeep(tokens, MAX_DEPTH)
  if (deep !== null) {
    return refusal(
      'InvalidYaml',
      `found more than ${MAX_DEPTH} levels of nesting; a spec needs 5`,
      place(lines, deep),
    )
  }
  const roots = [...new Composer(OPTIONS).compose(tokens)]
  const [first, ...others] = roots
    .filter((root) => root.errors.length > 0 || !isUnwritten(root.contents))
    .map((root, index, all) => {
      const own = source.slice(all[index - 1]?.range[2] ?? 0, root.range[2])
      return readDocument(root, lines, own)
    })
  if (first !== undefined) return [first, ...others]
  return refusal('EmptySpec', 'found nothing but blanks and comments; expected a spec')
}

function refusal(code: SpecErrorCode, message: string, at: Place = { line: 1, column: 1 }): Finding {
  return { code, ...at, field: '', message }
}

/** Place of a value, see `offsetOf`. */
export function placeOf({ root, lines }: YamlDocument, path: Path, part?: 'key' | 'value'): Place {
  return place(lines, offsetOf(root, path, part))
}

function place(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}

function readDocument(root: Document.Parsed, lines: LineCounter, text: string): YamlDocument {
  const document = { text, root, lines }
  const syntax = syntaxError(root, lines)
  try {
    const value: unknown = root.toJS()
    const findings = syntax === null ? repetitions(root, lines) : [syntax]
    return { ...document, value, findings }
  } catch {
    return { ...document, value: undefined, findings: [syntax ?? unreadable(root, lines)] }
  }
}

/** The first syntax error: those that follow are mostly its consequences. */
function syntaxError({ errors, warnings }: Document.Parsed, lines: LineCounter): Finding | null {
  const error = errors[0] ?? warnings[0]
  if (error === undefined) return null
  const advice = ADVICE[error.code]
  const message = advice === undefined ? error.message : `${error.message}; ${advice}`
  return { code: 'InvalidYaml', ...place(lines, error.pos[0]), field: '', message }
}

function repetitions(root: Document.Parsed, lines: LineCounter): Finding[] {
  return repeatedFields(root.contents).map(({ path, first, second }) => {
    const message = `given in line ${place(lines, first).line} already; remove one of them`
    const { line, column } = place(lines, second)
    return { code: 'DuplicateField', line, column, field: formatPath(path), message }
  })
}

/** Only aliases keep well-formed YAML from becoming plain data. */
function unreadable(root: Document.Parsed, lines: LineCounter): Finding {
  const suspect = suspectAlias(root.contents)
  const at = place(lines, startOf(suspect?.alias) ?? root.range[0])
  const name = suspect?.alias.source ?? ''
  const message = () => {
    if (suspect === null || suspect.known) return 'aliases multiply to too much data; write the values out'
    if (name.startsWith('.')) {
      return `found *${name}, which YAML takes for an alias; wildcard hosts are not supported`
    }
    return `found alias *${name}, but no anchor &${name} before it; a value that starts with * needs quotes`
  }
  return { code: 'InvalidYaml', ...at, field: '', message: message() }
}
