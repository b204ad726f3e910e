import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { concatMap, timer } from 'rxjs'
import type { Subscription } from 'rxjs'

/** ms */
const PERIOD = 5000

/**
 * Touches a file every few seconds until unsubscribed: its age tells the container's health check
 * (swarm/stack.yml) whether this program's event loop turns.
 */
export function beat(folder: string = tmpdir()): Subscription {
  const file = join(folder, 'shoal.heartbeat')
  return timer(0, PERIOD)
    .pipe(concatMap(() => writeFile(file, '')))
    .subscribe()
}
