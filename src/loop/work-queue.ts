/** Keys in line for work. */
export interface WorkQueue<K> {
  /** Puts a key in line, once; one that is being worked waits until it is finished. */
  readonly add: (key: K) => void
  /** The key that waited longest, from now on being worked; undefined if none waits. */
  readonly take: () => K | undefined
  /** Ends a key's work. True if it was added meanwhile, and so is in line again. */
  readonly finish: (key: K) => boolean
  /** Number of keys being worked. */
  readonly working: () => number
}

/**
 * client-go's workqueue: a key waits at most once, is never worked twice at once, and an addition
 * during its work is not lost. First come first served, and a key that comes back goes to the end:
 * no key can starve another.
 */
export function workQueue<K extends string>(): WorkQueue<K> {
  // A Set keeps the order of insertion, and so is a queue without duplicates.
  const waiting = new Set<K>()
  const working = new Set<K>()
  const dirty = new Set<K>()

  const add = (key: K): void => {
    if (working.has(key)) dirty.add(key)
    else waiting.add(key)
  }
  const take = (): K | undefined => {
    const [key] = waiting
    if (key === undefined) return undefined
    waiting.delete(key)
    working.add(key)
    return key
  }
  const finish = (key: K): boolean => {
    working.delete(key)
    const again = dirty.delete(key)
    if (again) waiting.add(key)
    return again
  }
  return { add, take, finish, working: () => working.size }
}
