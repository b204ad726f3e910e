import { Subject } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { plain } from '../../../src/cli/print/colour.ts'
import type { Kind } from '../../../src/cli/print/kind.ts'
import { printChanges } from '../../../src/cli/print/print.ts'
import type { ListFormat } from '../../../src/cli/print/formats.ts'
import { formatAge } from '../../../src/cli/print/table.ts'

interface Fish {
  readonly name: string
  readonly size: number
  readonly born?: string
  readonly places?: readonly string[]
  /** Nobody sees it in a table. */
  readonly mood?: string
}

const FISH: Kind<Fish> = {
  name: 'fish',
  id: ({ name }) => name,
  names: ({ name }) => [name],
  namespace: () => null,
  columns: (views) => [
    { title: 'NAME', cell: ({ name }) => name, isKey: true },
    { title: 'AGE', cell: ({ born = '' }, now) => (born === '' ? '-' : formatAge(born, now)) },
    ...[...new Set(views.flatMap(({ places = [] }) => places))].map((place) => ({
      title: place,
      cell: ({ places = [] }: Fish) => String(places.includes(place)),
    })),
    { title: 'SIZE', cell: ({ size }) => String(size) },
  ],
}

const BORN = '2026-01-01T00:00:00Z'

/** Prints lists as they come; time goes on by a minute with each. */
function watch(format: ListFormat, kind: Kind<Fish> = FISH) {
  let now = Date.parse(BORN)
  const lists = new Subject<readonly Fish[]>()
  const printed: string[] = []
  printChanges(lists, kind, { format, paint: plain, clock: () => now }).subscribe((text) =>
    printed.push(text),
  )
  return (...list: readonly Fish[]): string[] => {
    printed.length = 0
    lists.next(list)
    now += 60_000
    return [...printed]
  }
}

const cod: Fish = { name: 'cod', size: 3 }
const eel: Fish = { name: 'eel', size: 12 }

describe('a watched table', () => {
  it('is the whole table, then each row that changed, in the same columns', () => {
    const next = watch('table')
    expect(next(cod, { ...eel, name: 'electric eel' })).toEqual([
      'NAME           AGE   SIZE',
      'cod            -     3',
      'electric eel   -     12',
    ])
    expect(next({ ...cod, size: 4 }, { ...eel, name: 'electric eel' })).toEqual(['cod            -     4'])
  })

  it('says nothing while nothing that it shows changes, ages among that', () => {
    const next = watch('table')
    next({ ...cod, born: BORN })
    expect(next({ ...cod, born: BORN, mood: 'bad' })).toEqual([])
    expect(next({ ...cod, born: BORN, size: 9 })).toEqual(['cod    2m    9'])
  })

  it('tells of what is new and of what is gone', () => {
    const next = watch('table')
    next(cod)
    expect(next(cod, eel)).toEqual(['eel    -     12'])
    expect(next(eel)).toEqual(['cod    -     deleted'])
    expect(next(cod, eel)).toEqual(['cod    -     3'])
  })

  it('has its header even where nothing is there yet', () => {
    const next = watch('table')
    expect(next()).toEqual(['NAME   AGE   SIZE'])
    expect(next(cod)).toEqual(['cod    -     3'])
  })

  it('begins anew where there are other columns', () => {
    const next = watch('table')
    next(cod)
    expect(next({ ...cod, places: ['SEA'] })).toEqual(['NAME   AGE   SEA    SIZE', 'cod    -     true   3'])
    expect(next()).toEqual(['cod    -     -      deleted'])
  })

  it('does not tell that history is gone', () => {
    const next = watch('table', { ...FISH, isHistory: true })
    next(cod, eel)
    expect(next(eel)).toEqual([])
  })
})

describe('watched documents', () => {
  it('are one line of JSON for each that changed', () => {
    const next = watch('json')
    expect(next(cod, eel)).toEqual(['{"name":"cod","size":3}', '{"name":"eel","size":12}'])
    expect(next(cod, { ...eel, mood: 'good' })).toEqual(['{"name":"eel","size":12,"mood":"good"}'])
    expect(next(eel)).toEqual(['{"name":"eel","size":12}', '{"name":"cod","size":3,"deleted":true}'])
  })

  it('are one YAML document for each', () => {
    const next = watch('yaml')
    expect(next(cod)).toEqual(['---\nname: cod\nsize: 3'])
    expect(next()).toEqual(['---\nname: cod\nsize: 3\ndeleted: true'])
  })

  it('are names with -o name', () => {
    const next = watch('name')
    expect(next(cod, eel)).toEqual(['fish/cod', 'fish/eel'])
    expect(next(cod, { ...eel, size: 1 })).toEqual(['fish/eel'])
  })
})
