import type { SchemaNode } from '../json-schema.ts'
import type { Violation } from '../messages/errors.ts'

/** Where a spec was found, as far as its meaning depends on that. */
export interface Surroundings {
  /** Stack it was deployed with: gives the namespace. */
  readonly stack: string | null
  /** Swarm service whose label it is: gives the selector. */
  readonly service: string | null
}

/**
 * A kind of document: `Manifest` as people write it, once the schema has passed it, and what it
 * means.
 */
export interface Kind<Manifest, Spec> {
  /** As documents say it. */
  readonly kind: string
  readonly schema: SchemaNode
  /** Fills in every default. */
  readonly complete: (manifest: Manifest, surroundings: Surroundings) => Spec
  /** What a completed manifest breaks beyond the schema. */
  readonly rules: (manifest: Manifest, spec: Spec, surroundings: Surroundings) => readonly Violation[]
  /**
   * The document that says all that a spec does, its defaults too; read, it gives the same spec.
   */
  readonly write: (spec: Spec) => object
}
