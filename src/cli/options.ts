/** Options that several verbs have, each declared once. */
import { Option } from 'commander'
import { LIST_FORMATS } from './print/formats.ts'
import type { ListFormat } from './print/formats.ts'

/** `-f` must be given. */
export function specFiles(): Option {
  return filenames('spec files; - is standard input').makeOptionMandatory()
}

export function filenames(description: string): Option {
  return new Option('-f, --filename <file...>', description)
}

export function namespace(description = 'only this namespace'): Option {
  return new Option('-n, --namespace <namespace>', description)
}

/** Options of a verb that lists things. */
export interface ListOptions {
  readonly namespace?: string
  readonly output: ListFormat
  readonly watch?: true
}

/** `formats`: those that `-o` takes. */
export function listOptions(formats: readonly ListFormat[] = LIST_FORMATS): readonly Option[] {
  return [
    namespace(),
    new Option('-A, --all-namespaces', 'all namespaces, as without -n').conflicts('namespace'),
    new Option('-o, --output <format>', 'how to print').choices(formats).default('table'),
    new Option('-w, --watch', 'go on with what changes, until interrupted'),
  ]
}
