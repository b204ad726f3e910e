/**
 * `npm run bench`: what is lost and how fast it is while tasks, nodes and Shoal itself come and go, measured on a real three-node
 * Swarm with Shoal. Prints tables; exits with 1 when something missed its bounds.
 */
import { writeFile } from 'node:fs/promises'
import { CommanderError } from 'commander'
import { bringUp } from '../../swarm/dev/bring-up.ts'
import { stopCluster } from '../../swarm/dev/cluster.ts'
import { CASES } from './cases/index.ts'
import { CLI } from './cli/cli.ts'
import { provideBenchImages } from './images.ts'
import { LOOPS } from './loops/index.ts'
import { measure, SIZE } from './measure.ts'
import { readOptions } from './options.ts'
import { SHOAL } from './proxy.ts'
import { DEMO_IMAGES } from '../../swarm/images/recipes.ts'
import { render } from './results.ts'
import { THROUGHPUT } from './throughput/throughput.ts'
import { allMisses } from './verdict.ts'

const started = Date.now()
const log = (line: string): void =>
  console.log(`${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${line}`)

async function main(): Promise<boolean> {
  const names = [...CASES.map(({ name }) => name), ...LOOPS.map(({ name }) => name), THROUGHPUT, CLI, SIZE]
  const options = readOptions(process.argv.slice(2), names)
  const cluster = process.env['SHOAL_BENCH_CLUSTER'] ?? 'bench'
  try {
    const world = await bringUp({ name: cluster, images: DEMO_IMAGES, log })
    const images = await provideBenchImages(world.cluster, { peers: options.peers === true, log })
    const lab = { world, images, proxy: SHOAL, requests: options.requests, log }
    const results = await measure(lab, options, async (soFar) => {
      if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(soFar, null, 2)}\n`)
    })
    console.log(`\n${render(results)}`)
    const missed = allMisses(results)
    for (const line of missed) console.log(`MISSED  ${line}`)
    return missed.length === 0
  } finally {
    if (options.keep !== true) await stopCluster(cluster)
  }
}

try {
  process.exitCode = (await main()) ? 0 : 1
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  console.error(error.message)
  process.exitCode = error.exitCode
}
