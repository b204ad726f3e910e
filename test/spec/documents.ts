/** Spec texts that tests are made of. */
import type { SpecContext } from '../../src/spec/parse.ts'

/** A spec in a file of its own: nothing is implied. */
export const FILE: SpecContext = { source: 'www.yml', stack: null, service: null }
/** A spec in the label of a stack's service. */
export const LABEL: SpecContext = {
  source: 'label shoal.spec of service hello_www',
  stack: 'hello',
  service: 'hello_www',
}

/** Lines 1 to 3 of a good document. */
export const HEAD = 'apiVersion: shoal.dev/v1\nkind: Service\nmetadata: {name: www}\n'
/** Lines 4 and 5. */
export const SELECTED = 'spec:\n  selector: {service: hello_www}\n'

/** A document whose `spec` holds these lines, the first of which is line 6. */
export function withSpec(...lines: readonly string[]): string {
  return `${HEAD}${SELECTED}${lines.map((line) => `  ${line}\n`).join('')}`
}
