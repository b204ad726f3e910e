import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import { stringify } from 'yaml'
import { serviceKey } from '../../model/names.ts'
import type { ServiceKey } from '../../model/service.ts'
import type { ClusterSnapshot } from '../../model/cluster.ts'
import type { Declaration } from '../../controller/plan/declaration.ts'
import { parseSpec } from '../../spec/parse.ts'
import { SERVICE } from '../../spec/kinds/service/index.ts'
import { plainText } from './read.ts'
import type { SpecDocument } from './read.ts'
import { sameContent } from '../../lib/same.ts'
import { sameSource, sourceText, SPEC_LABEL } from '../../model/source.ts'
import type { Source } from '../../model/source.ts'

/** How a document differs from what is in force. */
export interface SpecDiff {
  readonly key: ServiceKey
  /** `same-meaning`: another text, from which the same spec is read. */
  readonly kind: 'new' | 'same' | 'same-meaning' | 'different'
  /** Where the spec in force was read; null if there is none. */
  readonly source: Source | null
  /** Unified diff; empty unless the meaning differs. */
  readonly patch: string
}

/** Compares a document with the spec in force, as `declarations` of the snapshot say. */
export function diffSpec(
  { spec, text, file }: SpecDocument,
  declarations: readonly Declaration[],
  snapshot: ClusterSnapshot,
): SpecDiff {
  const key = serviceKey(spec)
  const declared = declarations.find((declaration) => declaration.key === key)
  if (declared === undefined || declared.spec === null) {
    return { key, kind: 'new', source: null, patch: patch('/dev/null', file, '', text) }
  }
  const { specSource: source } = declared
  const before = textInForce(declared, snapshot) ?? stringify(SERVICE.write(declared.spec))
  if (plainText(before) === plainText(text)) return { key, kind: 'same', source, patch: '' }
  if (sameContent(declared.spec, spec)) return { key, kind: 'same-meaning', source, patch: '' }
  return { key, kind: 'different', source, patch: patch(sourceText(source), file, before, text) }
}

/**
 * The text that the spec in force was read from; null if it isn't there any more, or was none
 * (environment variables).
 */
function textInForce(
  { spec, specSource: source }: Declaration,
  { specs, workloads }: ClusterSnapshot,
): string | null {
  const written = specs
    .filter(({ name }) => sameSource({ kind: 'config', name }, source))
    .map(({ text, group: stack }) => ({ text, stack, service: null }))
  const labelled = workloads
    .filter(({ name }) => sameSource({ kind: 'label', service: name }, source))
    .flatMap(({ name, group: stack, labels, previous }) =>
      [labels, previous?.labels].map((each) => ({ text: each?.[SPEC_LABEL] ?? '', stack, service: name })),
    )
  const found = [...written, ...labelled].find(({ text, stack, service }) => {
    const parsed = parseSpec(text, { source: sourceText(source), stack, service })
    return parsed.ok && sameContent(parsed.spec, spec)
  })
  return found?.text ?? null
}

function patch(from: string, to: string, before: string, after: string): string {
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY }
  const old = before === '' ? '' : plainText(before)
  return createTwoFilesPatch(from, to, old, plainText(after), undefined, undefined, options)
}
