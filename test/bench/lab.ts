/** Everything that a case works with. */
import type { World } from '../e2e/world.ts'
import type { BenchImages } from './images.ts'
import type { Proxy } from './proxy.ts'

export interface Lab {
  readonly world: World
  readonly images: BenchImages
  readonly proxy: Proxy
  /** Requests that a round has at least. */
  readonly requests: number
  /** Gets a line for each step. */
  readonly log: (line: string) => void
}
