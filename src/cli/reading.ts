/** How the verbs run that only read: where Consul can be reached, once or for as long as they watch. */
import { lastValueFrom, map, startWith, tap } from 'rxjs'
import { createConsul } from '../consul/client.ts'
import type { ConsulClient } from '../consul/client.ts'
import type { Log } from '../lib/log.ts'
import { paintFor } from './print/colour.ts'
import type { CliContext } from '../settings.ts'
import { OK } from './exit-codes.ts'
import { inController } from './in-controller.ts'
import type { Kind } from './print/kind.ts'
import type { Listing } from './print/listings.ts'
import { printChanges, printList } from './print/print.ts'
import type { ListFormat, Printing } from './print/print.ts'
import { requireNamed, selected } from './print/selection.ts'
import type { Selection } from './print/selection.ts'
import { sourcesFollowed, sourcesOnce } from '../views/sources.ts'

export interface ListOptions {
  readonly namespace?: string
  readonly output: ListFormat
  readonly watch?: true
}

/** Whether another `shoal` runs this one: then a watch ends when that one closes its standard input. */
type Tied = Pick<CliContext, 'tied'>

/** Does the work if Consul can be reached; else the same command in a controller's container does. */
export async function reading(
  context: CliContext,
  work: (consul: ConsulClient) => Promise<void>,
): Promise<void> {
  if (context.consulUrl === null) process.exitCode = await inController(context, process.argv.slice(2))
  else await work(createConsul(context.consulUrl))
}

/** Prints what is asked for, and then what changes of it if it is to be watched. */
export async function list<V extends object>(
  consul: ConsulClient,
  { kind, views, check }: Listing<V>,
  names: readonly string[],
  { namespace, output: format, watch, tied }: ListOptions & Tied,
): Promise<void> {
  const selection: Selection = { names, namespace: namespace ?? null }
  const once = sourcesOnce(consul)
  const first = await lastValueFrom(views(once, selection))
  if (check === undefined) requireNamed(first, kind, selection)
  else await check(once, selection)
  const printing: Printing = { format, paint: paintFor(process.stdout), clock: Date.now }
  const shown = selected(first, kind, selection)
  if (watch !== true) return print(shown, kind, printing)
  if (tied) endWithStandardInput()
  const changes = views(sourcesFollowed(consul, WARNINGS), selection).pipe(
    startWith(first),
    map((all) => selected(all, kind, selection)),
  )
  await lastValueFrom(printChanges(changes, kind, printing).pipe(tap((text) => console.log(text))))
}

function print<V>(views: readonly V[], kind: Kind<V>, printing: Printing): void {
  const isTable = printing.format === 'table' || printing.format === 'wide'
  const text = printList(views, kind, printing)
  if (views.length === 0 && isTable) console.error(`there is no ${kind.name} to show`)
  else if (text !== '') console.log(text)
}

/** A watch that another `shoal` runs here would never hear that its reader has gone. */
function endWithStandardInput(): void {
  process.stdin.once('end', () => process.exit(OK)).resume()
}

/** What is amiss while a watch goes on, beside what it prints. */
const WARNINGS: Log = {
  info: (_, event) => console.error(event),
  warn: (fields, event) => console.error(`${event} (${reasonOf(fields)})`),
  error: (fields, event) => console.error(`${event} (${reasonOf(fields)})`),
}

function reasonOf(fields: object): string {
  return 'reason' in fields ? String(fields.reason) : ''
}
