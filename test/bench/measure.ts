/** Runs what the options ask for, one thing after the other. */
import type { Case, CaseResult } from './case.ts'
import { CASES } from './cases/index.ts'
import type { Lab } from './lab.ts'
import { runLoop } from './loops/loop.ts'
import { LOOPS } from './loops/index.ts'
import type { Options } from './options.ts'
import { PEERS } from './peers/peers.ts'
import type { Results } from './results.ts'
import { measureScale } from './scale/main.ts'
import { measureThroughput, THROUGHPUT } from './throughput/throughput.ts'

/** As `--only` names the made-up clusters of growing size. */
export const SIZE = 'size'

export async function measure(lab: Lab, { only, rounds, samples, peers }: Options): Promise<Results> {
  const isWanted = (name: string): boolean => only === undefined || only.includes(name)
  const cases = await runCases(
    lab,
    CASES.filter(({ name }) => isWanted(name)),
    rounds,
  )
  const loops = []
  for (const loop of LOOPS.filter(({ name }) => isWanted(name))) {
    lab.log(loop.title)
    loops.push(await runLoop(loop, lab, samples))
  }
  const throughput = isWanted(THROUGHPUT) ? await measureThroughput(lab, rounds) : null
  const shared = CASES.filter(({ name, shoalOnly }) => isWanted(name) && shoalOnly !== true)
  const others = peers === true ? await runPeers(lab, shared, rounds) : {}
  const scale = isWanted(SIZE) ? await measureScale() : null
  return { cases, peers: others, loops, throughput, scale }
}

async function runCases(lab: Lab, cases: readonly Case[], rounds: number): Promise<CaseResult[]> {
  const results = []
  for (const each of cases) {
    lab.log(`${lab.proxy.name}: ${each.title}`)
    results.push(await each.run(lab, rounds))
  }
  return results
}

async function runPeers(
  lab: Lab,
  cases: readonly Case[],
  rounds: number,
): Promise<Record<string, CaseResult[]>> {
  const results: Record<string, CaseResult[]> = {}
  for (const peer of PEERS) {
    await peer.start(lab)
    results[peer.proxy.name] = await runCases({ ...lab, proxy: peer.proxy }, cases, rounds)
    await peer.stop(lab)
  }
  return results
}
