/** Options that several verbs have, each declared once. */
import { InvalidArgumentError, Option } from 'commander'
import { milliseconds } from '../spec/duration.ts'
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

const LONGEST_WAIT = '24h'

/** Its value is in ms. */
export function wait(): Option {
  return new Option(
    '--wait [time]',
    'until each service is Programmed and Ready, 30s if no time is given; exit code 1 with the reason if one is not by then, or is refused',
  )
    .preset('30s')
    .argParser(toMilliseconds)
    .conflicts('dryRun')
}

function toMilliseconds(text: string): number {
  const ms = /^\d+(ms|s|m|h)$/.test(text) ? milliseconds(text) : Number.NaN
  if (ms <= milliseconds(LONGEST_WAIT)) return ms
  throw new InvalidArgumentError(`A time such as 30s or 5m is needed, ${LONGEST_WAIT} at most.`)
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
