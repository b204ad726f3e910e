/**
 * `npm run bench`: what is lost and how fast it is while tasks, nodes and Shoal itself come and go, measured on a real three-node
 * Swarm with Shoal. Prints a table; exits with 1 when a case missed its bounds.
 */
import { writeFile } from 'node:fs/promises'
import { Command, InvalidArgumentError } from 'commander'
import { bringUp } from '../../swarm/bring-up.ts'
import { stopCluster } from '../../swarm/cluster.ts'
import type { Case, CaseResult } from './case.ts'
import { CASES } from './cases/index.ts'
import { provideBenchImages } from './images.ts'
import type { Lab } from './lab.ts'
import { SHOAL } from './proxy.ts'
import { renderTable } from './table.ts'
import { misses } from './verdict.ts'

interface Options {
  readonly only?: readonly Case[]
  readonly rounds: number
  readonly requests: number
  readonly json?: string
  readonly keep?: true
}

const started = Date.now()
const log = (line: string): void =>
  console.log(`${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${line}`)

function count(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('a whole number of 1 or more is needed')
  return value
}

function named(text: string): Case[] {
  return text.split(',').map((name) => {
    const found = CASES.find((each) => each.name === name)
    if (found === undefined)
      throw new InvalidArgumentError(
        `no case ${name}; there are ${CASES.map((each) => each.name).join(', ')}`,
      )
    return found
  })
}

const options = new Command('npm run bench --')
  .description('Measures what is lost and how fast it is, on a three-node Swarm with Shoal.')
  .option('--only <cases>', 'these cases alone, separated by commas', named)
  .option('--rounds <number>', 'rounds of each case', count, 3)
  .option('--requests <number>', 'requests that a round has at least', count, 20_000)
  .option('--json <file>', 'writes all results there')
  .option('--keep', 'leaves the cluster up, so that the next run finds it')
  .parse()
  .opts<Options>()

const name = process.env['SHOAL_BENCH_CLUSTER'] ?? 'bench'
try {
  const world = await bringUp({ name, log })
  const images = await provideBenchImages(world.cluster, log)
  const lab: Lab = { world, images, proxy: SHOAL, requests: options.requests, log }
  const results: CaseResult[] = []
  for (const each of options.only ?? CASES) {
    log(each.title)
    results.push(await each.run(lab, options.rounds))
  }
  console.log(`\n${renderTable(results)}\n`)
  if (options.json !== undefined)
    await writeFile(options.json, `${JSON.stringify({ cases: results }, null, 2)}\n`)
  const missed = results.flatMap(misses)
  for (const line of missed) console.log(`MISSED  ${line}`)
  process.exitCode = missed.length === 0 ? 0 : 1
} finally {
  if (options.keep !== true) await stopCluster(name)
}
