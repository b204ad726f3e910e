/** What a process costs, from /proc. */
import { readFile } from 'node:fs/promises'

export interface Usage {
  /** ms of CPU time so far, all threads, user and system. */
  readonly cpu: number
  /** MB that are resident. */
  readonly rss: number
  /** ms, of a clock that never goes back. */
  readonly at: number
}

/** Linux counts CPU time in hundredths of a second. */
const TICK = 10

export async function usageOf(pid: number): Promise<Usage> {
  const at = performance.now()
  const [stat, status] = await Promise.all(
    ['stat', 'status'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8')),
  )
  // The second field, the name in parentheses, may hold anything.
  const fields = (stat ?? '').slice((stat ?? '').lastIndexOf(')') + 2).split(' ')
  const [user = 0, system = 0] = [fields[11], fields[12]].map(Number)
  const rss = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status ?? '')?.[1]) / 1000
  return { cpu: (user + system) * TICK, rss, at }
}

/** ms of CPU time that this thread has used: what a busy machine makes of the clock does not count. */
export function ownCpu(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
