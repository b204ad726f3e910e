/** The images that the bench needs beside Shoal's, and how its nodes get them. */
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cluster } from '../../swarm/dev/cluster.ts'
import { provideBase } from '../../swarm/images/base.ts'
import { copyImages } from '../../swarm/images/load.ts'
import { REPOSITORY } from '../../swarm/images/paths.ts'
import { provideImage } from '../../swarm/images/provide.ts'
import { Puller } from '../../swarm/images/pull.ts'
import type { Recipe } from '../../swarm/images/recipes.ts'

/** Names as the bench's nodes know them. */
export interface BenchImages {
  /** Vegeta, the load generator. */
  readonly load: string
  /** The app under load. */
  readonly app: string
  /** Where peers are measured too. */
  readonly traefik?: string
}

const LOAD: Recipe = { name: 'shoal-bench-vegeta:dev', folder: 'test/bench/images/vegeta', go: true }

const APP: Recipe = {
  name: 'shoal-bench-app:dev',
  folder: 'test/bench/images/bench-app',
  context: {
    // Says which Node and which `ws` are in it.
    inputs: [join(REPOSITORY, 'package-lock.json')],
    add: (folder) => cp(join(REPOSITORY, 'node_modules/ws'), join(folder, 'ws'), { recursive: true }),
  },
}

const TRAEFIK: Recipe = { name: 'shoal-bench-traefik:dev', folder: 'test/bench/images/traefik', go: true }

/** Builds what is missing and brings it to the nodes. Shoal's own images must be there. */
export async function provideBenchImages(
  cluster: Cluster,
  { peers, log }: { readonly peers: boolean; readonly log: (line: string) => void },
): Promise<BenchImages> {
  const puller = new Puller(log)
  const base = await provideBase(log, puller)
  const load = await provideImage(LOAD, { log, puller, base })
  const app = await provideImage(APP, { log, puller, base })
  const traefik = peers ? { traefik: await provideImage(TRAEFIK, { log, puller, base }) } : {}
  const images = { load, app, ...traefik }
  await copyImages(Object.values(images), cluster.nodes, log)
  return images
}
