/** The options of `npm run bench`. */
import { Command, InvalidArgumentError } from 'commander'

export interface Options {
  /** Names of what is to be measured; all there is if not given. */
  readonly only?: readonly string[]
  readonly rounds: number
  readonly requests: number
  readonly samples: number
  readonly json?: string
  readonly peers?: true
  readonly keep?: true
}

function count(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError('A whole number of 1 or more is needed.')
  }
  return value
}

/** Reads the arguments after `npm run bench --`; `names` are those that `--only` may have. Throws commander's errors. */
export function readOptions(args: readonly string[], names: readonly string[]): Options {
  const named = (text: string): string[] =>
    text.split(',').map((name) => {
      if (names.includes(name)) return name
      throw new InvalidArgumentError(`There is no case '${name}'. There are ${names.join(', ')}.`)
    })
  return new Command('npm run bench --')
    .description('Measures what is lost and how fast it is, on a three-node Swarm with Shoal.')
    .option('--only <cases>', 'these cases alone, separated by commas', named)
    .option('--rounds <number>', 'rounds of each case', count, 3)
    .option('--requests <number>', 'requests that a round has at least', count, 20_000)
    .option('--samples <number>', 'samples of each loop, at least', count, 50)
    .option('--peers', 'measures other proxies in the same cases too')
    .option('--json <file>', 'writes all results there, after each part what there is')
    .option('--keep', 'leaves the cluster up, so that the next run finds it')
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parse([...args], { from: 'user' })
    .opts<Options>()
}
