/**
 * What the command line costs whoever waits for it: user CPU time on this machine, beside `docker
 * service ls`.
 */
import type { Lab } from '../lab.ts'
import { userCpu } from './user-cpu.ts'

/** As `--only` names it. */
export const CLI = 'cli'

/** Turns a round has. In each turn every command runs once. */
const TURNS = 8

interface Timed {
  readonly title: string
  readonly command: readonly string[]
  /**
   * ms that the median is to stay within on an idle machine; null for what is only compared with.
   */
  readonly goal: number | null
}

export interface CliFigure extends Pick<Timed, 'title' | 'goal'> {
  /** ms, one a turn. */
  readonly samples: readonly number[]
}

const SHOAL = [process.execPath, 'src/bin/shoal.js']

/** The last one is what the others are compared with. */
const COMMANDS: readonly Timed[] = [
  { title: 'shoal --help', command: [...SHOAL, '--help'], goal: 150 },
  { title: 'completion of a verb', command: [...SHOAL, 'complete-words', '--', 'get', 'ser'], goal: 150 },
  {
    title: 'shoal validate',
    command: [...SHOAL, 'validate', '-f', 'manifests/hello.service.yml'],
    goal: 350,
  },
  { title: 'shoal get services', command: [...SHOAL, 'get', 'services'], goal: 400 },
  { title: 'docker service ls', command: ['docker', 'service', 'ls'], goal: null },
]

/** Measures them in turns, so that what else the machine does strikes all of them alike. */
export async function measureCli({ world, log }: Lab, rounds: number): Promise<readonly CliFigure[]> {
  log('user CPU time of the command line')
  const env = { DOCKER_HOST: world.cluster.node(0).host, DOCKER_CONTEXT: '' }
  const samples = COMMANDS.map((): number[] => [])
  // The first turn fills the compile cache.
  for (let turn = 0; turn <= rounds * TURNS; turn += 1) {
    for (const [index, { command }] of COMMANDS.entries()) {
      const ms = await userCpu(command, env)
      if (turn > 0) samples[index]?.push(ms)
    }
  }
  return COMMANDS.map(({ title, goal }, index) => ({ title, goal, samples: samples[index] ?? [] }))
}
