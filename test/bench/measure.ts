/** Runs what the options ask for, one thing after the other. */
import type { Case, CaseResult } from './case.ts'
import { CASES } from './cases/index.ts'
import { CLI, measureCli } from './cli/cli.ts'
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

/** Measures it all. `save` gets what there is so far after each part, as a run takes up to two hours. */
export async function measure(
  lab: Lab,
  { only, rounds, samples, peers }: Options,
  save: (results: Results) => Promise<void>,
): Promise<Results> {
  const isWanted = (name: string): boolean => only === undefined || only.includes(name)
  let results: Results = { cases: [], peers: {}, loops: [], throughput: null, cli: [], scale: null }
  const add = async (more: Partial<Results>): Promise<void> => {
    results = { ...results, ...more }
    await save(results)
  }

  const cases = CASES.filter(({ name }) => isWanted(name))
  await runCases(lab, cases, rounds, (done) => add({ cases: done }))
  for (const loop of LOOPS.filter(({ name }) => isWanted(name))) {
    lab.log(loop.title)
    await add({ loops: [...results.loops, await runLoop(loop, lab, samples)] })
  }
  if (isWanted(THROUGHPUT)) await add({ throughput: await measureThroughput(lab, rounds) })
  const shared = cases.filter(({ shoalOnly }) => shoalOnly !== true)
  for (const peer of peers === true ? PEERS : []) {
    const { proxy } = peer
    await peer.start(lab)
    await runCases({ ...lab, proxy }, shared, rounds, (done) =>
      add({ peers: { ...results.peers, [proxy.name]: done } }),
    )
    await peer.stop(lab)
  }
  if (isWanted(CLI)) await add({ cli: await measureCli(lab, rounds) })
  if (isWanted(SIZE)) await add({ scale: await measureScale() })
  return results
}

async function runCases(
  lab: Lab,
  cases: readonly Case[],
  rounds: number,
  save: (results: readonly CaseResult[]) => Promise<void>,
): Promise<void> {
  const results = []
  for (const each of cases) {
    lab.log(`${lab.proxy.name}: ${each.title}`)
    results.push(await each.run(lab, rounds))
    await save([...results])
  }
}
