import { lastValueFrom, map, startWith, tap } from 'rxjs'
import { CONSUL } from '../clients.ts'
import { sourcesFollowed, sourcesOnce } from '../../views/sources.ts'
import { OK } from '../exit.ts'
import type { ListOptions } from '../options.ts'
import { WARNINGS } from '../warnings.ts'
import { paintFor } from './colour.ts'
import { requireNamed, selected } from './kind.ts'
import type { Kind, Selection } from './kind.ts'
import type { Listing } from './listings.ts'
import { printChanges, printList } from './print.ts'
import type { Printing } from './print.ts'

export interface ListRequest extends ListOptions {
  /** Things to be listed; empty for all. */
  readonly names: readonly string[]
  /**
   * Whether another `shoal` runs this one: then a watch ends when that one closes its standard
   * input.
   */
  readonly tied: boolean
}

/** Prints what is asked for, and then what changes of it if it is to be watched. */
export async function printListing<V extends object>(
  consulUrl: string,
  { kind, views, check }: Listing<V>,
  { names, namespace, output: format, watch, tied }: ListRequest,
): Promise<void> {
  const consul = CONSUL.at(consulUrl)
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
