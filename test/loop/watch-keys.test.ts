import { BehaviorSubject, Observable, Subject, of } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { watchKeys } from '../../src/loop/watch-keys.ts'
import type { Watched } from '../../src/loop/watch-keys.ts'

function rig() {
  const keys = new Subject<ReadonlySet<string>>()
  const sources = new Map<string, Subject<number>>()
  const subscribed: string[] = []
  const seen: Watched<string, number>[] = []
  const ended: string[] = []
  const watch = (key: string): Observable<number> =>
    new Observable((subscriber) => {
      const source = new Subject<number>()
      sources.set(key, source)
      subscribed.push(`+${key}`)
      source.subscribe(subscriber)
      return () => subscribed.push(`-${key}`)
    })
  const subscription = watchKeys(keys, watch).subscribe({
    next: (change) => seen.push(change),
    error: (error: unknown) => ended.push(String(error)),
  })
  const set = (...names: string[]): void => keys.next(new Set(names))
  return { keys, set, sources, subscribed, seen, ended, subscription }
}

describe('watchKeys', () => {
  it('keeps one watch a key, for as long as the key is there', () => {
    const { set, sources, subscribed, seen } = rig()
    set('a', 'b')
    sources.get('a')?.next(1)
    set('b', 'c')
    sources.get('b')?.next(2)
    expect(subscribed).toEqual(['+a', '+b', '-a', '+c'])
    expect(seen).toEqual([
      { key: 'a', value: 1 },
      { key: 'a', gone: true },
      { key: 'b', value: 2 },
    ])
  })

  it('watches a key anew that comes back', () => {
    const { set, sources, subscribed, seen } = rig()
    set('a')
    set()
    set('a')
    sources.get('a')?.next(3)
    expect(subscribed).toEqual(['+a', '-a', '+a'])
    expect(seen).toEqual([
      { key: 'a', gone: true },
      { key: 'a', value: 3 },
    ])
  })

  it('keeps a key whose watch is over, without watching again', () => {
    const { set, sources, subscribed, seen } = rig()
    set('a')
    sources.get('a')?.complete()
    set('a', 'b')
    set('b')
    expect(subscribed).toEqual(['+a', '-a', '+b'])
    expect(seen).toEqual([{ key: 'a', gone: true }])
  })

  it('ends with the error of a watch, and stops the others', () => {
    const { set, sources, subscribed, ended } = rig()
    set('a', 'b')
    sources.get('a')?.error(new Error('broken'))
    expect(ended).toEqual(['Error: broken'])
    expect(subscribed.toSorted()).toEqual(['+a', '+b', '-a', '-b'])
  })

  it('passes on a watch that cannot even be made', () => {
    const errors: unknown[] = []
    watchKeys(of(new Set(['a'])), refuse).subscribe({ error: (error: unknown) => errors.push(error) })
    expect(errors).toEqual([new Error('no such key')])
  })

  it('stops all watches when unsubscribed', () => {
    const { set, subscribed, subscription } = rig()
    set('a', 'b')
    subscription.unsubscribe()
    set('a', 'b', 'c')
    expect(subscribed.toSorted()).toEqual(['+a', '+b', '-a', '-b'])
  })

  it('follows a set that its own emission led to', () => {
    const keys = new BehaviorSubject<ReadonlySet<string>>(new Set(['a', 'b']))
    const started: string[] = []
    const seen: Watched<string, number>[] = []
    const watch = (key: string): Observable<number> => {
      started.push(key)
      return of(1, 2)
    }
    watchKeys(keys, watch).subscribe((change) => {
      seen.push(change)
      if (change.key === 'a' && 'value' in change) keys.next(new Set(['c']))
    })
    expect(started).toEqual(['a', 'c'])
    expect(seen).toEqual([
      { key: 'a', value: 1 },
      { key: 'a', gone: true },
      { key: 'c', value: 1 },
      { key: 'c', value: 2 },
    ])
  })

  it('keeps a watch that a newer set wants, though the older one did not', () => {
    const sets = new Subject<ReadonlySet<string>>()
    const watches: string[] = []
    const changes: string[] = []
    const watch = (key: string): Observable<number> =>
      new Observable(() => {
        watches.push(`+${key}`)
        return () => watches.push(`-${key}`)
      })
    watchKeys(sets, watch).subscribe(({ key }) => {
      changes.push(key)
      if (key === 'a') sets.next(new Set(['b']))
    })
    sets.next(new Set(['a', 'b']))
    sets.next(new Set())
    expect(watches).toEqual(['+a', '+b', '-a'])
    expect(changes).toEqual(['a'])
  })
})

function refuse(): Observable<number> {
  throw new Error('no such key')
}
