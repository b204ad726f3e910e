import type { Violation } from '../messages/errors.ts'
import { validateManifest } from '../messages/schema-errors.ts'
import type { Kind, Surroundings } from './kind.ts'

export type Read<Spec> =
  | { readonly ok: true; readonly spec: Spec }
  | { readonly ok: false; readonly violations: readonly Violation[] }

/**
 * A value as a document of this kind: checked by schema and rules, with every default filled in.
 */
export function readAs<Manifest, Spec>(
  { schema, complete, rules }: Kind<Manifest, Spec>,
  value: unknown,
  surroundings: Surroundings,
): Read<Spec> {
  const validated = validateManifest<Manifest>(schema, value)
  if (!validated.ok) return validated
  const spec = complete(validated.manifest, surroundings)
  const violations = rules(validated.manifest, spec, surroundings)
  return violations.length > 0 ? { ok: false, violations } : { ok: true, spec }
}
