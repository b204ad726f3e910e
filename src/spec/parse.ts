/**
 * From YAML text to a checked service with every default filled in: the border that every spec crosses, wherever it was
 * written. Pure, and throws on no input; it doesn't know what other specs say.
 */
import { asText } from '../lib/unknown.ts'
import { serviceKey } from '../model/names.ts'
import { API_VERSION } from '../model/spec-format.ts'
import type { ServiceSpec } from '../model/service.ts'
import { KINDS } from './kinds/index.ts'
import type { Surroundings } from './kinds/kind.ts'
import { readAs } from './kinds/read.ts'
import { SERVICE } from './kinds/service/index.ts'
import { placeOf, readDocuments } from './yaml/document.ts'
import type { Finding, YamlDocument } from './yaml/document.ts'
import type { SpecError, SpecErrorCode, Violation } from './messages/errors.ts'
import { formatPath, valueAt } from './path.ts'
import { quoted } from './messages/phrases.ts'
import { DNS_LABEL, fits, NAMESPACE } from './messages/string-forms.ts'
import type { TextRule } from './messages/string-forms.ts'
import { MAX_ERRORS } from './messages/schema-errors.ts'

export interface SpecContext extends Surroundings {
  /** File name, or a phrase such as `label shoal.spec of service hello_www`. */
  readonly source: string
}

export type ParsedSpec =
  | {
      readonly ok: true
      readonly spec: ServiceSpec
      /** The document's own text. */
      readonly text: string
    }
  | {
      readonly ok: false
      /** By place; at least one, at most 50. */
      readonly errors: readonly SpecError[]
      /** Null if it can't be read. */
      readonly name: string | null
      /** Null if it isn't given or can't be read. */
      readonly namespace: string | null
    }

/**
 * Reads a text that holds one spec.
 * @example parseSpec(label, { source: 'label shoal.spec of service hello_www', stack: 'hello', service: 'hello_www' })
 */
export function parseSpec(text: string, context: SpecContext): ParsedSpec {
  const documents = readDocuments(text)
  if ('code' in documents) return refused([documents], context)
  const [first, second] = documents
  if (second !== undefined) {
    const message = `found ${documents.length} documents; expected one`
    return refused([{ code: 'SeveralDocuments', ...placeOf(second, []), field: '', message }], context, first)
  }
  return parseDocument(first, context)
}

/** Reads a file that may hold several specs, divided by `---`. A file that can't be read at all gives one refusal. */
export function parseSpecs(text: string, context: SpecContext): readonly ParsedSpec[] {
  const documents = readDocuments(text)
  if ('code' in documents) return [refused([documents], context)]
  const declared = new Map<string, number>()
  return documents.map((document) => {
    const parsed = parseDocument(document, context)
    if (!parsed.ok) return parsed
    const key = serviceKey(parsed.spec)
    const place = placeOf(document, ['metadata', 'name'])
    const earlier = declared.get(key)
    if (earlier === undefined) {
      declared.set(key, place.line)
      return parsed
    }
    const message = `${key} is declared in line ${earlier} already; give this one another name or namespace`
    return refused(
      [{ code: 'DuplicateService', ...place, field: 'metadata.name', message }],
      context,
      document,
    )
  })
}

function parseDocument(document: YamlDocument, context: SpecContext): ParsedSpec {
  const { value, findings, text } = document
  if (findings.length > 0) return refused(findings, context, document)
  const explain = (violations: readonly Violation[]) =>
    refused(
      violations.map(({ code, path, part, message }) => ({
        code,
        ...placeOf(document, path, part),
        field: formatPath(path),
        message,
      })),
      context,
      document,
    )
  const foreign = foreignFormat(value)
  if (foreign.length > 0) return explain(foreign)
  const read = readAs(kindOf(value), value, context)
  return read.ok ? { ok: true, spec: read.spec, text } : explain(read.violations)
}

/** A document that says no kind is read as a service: then that is what is wrong with it. */
function kindOf(value: unknown): typeof SERVICE {
  return KINDS.get(asText(valueAt(value, ['kind']))) ?? SERVICE
}

/** A document of another kind or version: what else is in it can't be judged. */
function foreignFormat(value: unknown): Violation[] {
  const other = (field: string, code: SpecErrorCode, ours: readonly string[]): Violation[] => {
    const found = valueAt(value, [field])
    if (typeof found !== 'string' || ours.includes(found)) return []
    const expected = ours.map(quoted).join(' or ')
    return [{ code, path: [field], message: `found ${quoted(found)}; expected ${expected}` }]
  }
  return [
    ...other('apiVersion', 'UnsupportedVersion', [API_VERSION]),
    ...other('kind', 'UnsupportedKind', [...KINDS.keys()]),
  ]
}

function refused(findings: readonly Finding[], { source }: SpecContext, document?: YamlDocument): ParsedSpec {
  const from = (finding: Finding): SpecError => ({ ...finding, source })
  const errors = findings
    .slice(0, MAX_ERRORS)
    .map(from)
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
  return {
    ok: false,
    errors,
    name: textAt(document, 'name', DNS_LABEL),
    namespace: textAt(document, 'namespace', NAMESPACE),
  }
}

/** A usable name from a document that has errors elsewhere, so that they can be told of the right service. */
function textAt(document: YamlDocument | undefined, field: string, rule: TextRule): string | null {
  const found = valueAt(document?.value, ['metadata', field])
  return typeof found === 'string' && fits(rule, found) ? found : null
}
