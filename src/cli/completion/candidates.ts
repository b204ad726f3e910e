/**
 * What could come next on a command line: read from commander's own tree, so that it never lags
 * behind the verbs.
 */
import type { Argument, Command, Option } from 'commander'

interface Candidate {
  readonly value: string
  readonly description: string
}

/** What the tree doesn't know: the values of arguments by name, and of options by long name. */
export type Values = (name: string) => Promise<readonly string[]>

/** `files`: the shell completes file names. */
export type Candidates = readonly Candidate[] | 'files'

/**
 * Candidates for `current`, the word being typed, after `words` (without the program's own name).
 */
export async function candidates(
  root: Command,
  words: readonly string[],
  current: string,
  values: Values,
): Promise<Candidates> {
  const at = follow(root, words)
  // bash takes `=` for a word of its own.
  const typed = current === '=' ? '' : current
  if (at.open !== null && !typed.startsWith('-')) return begun(await valuesOf(at.open, values), typed)
  const [name = '', ...rest] = typed.split('=')
  if (!typed.startsWith('-')) return begun(await positionals(at, values), typed)
  if (rest.length === 0) return begun(options(at), typed)
  const option = optionOf(at.command, name)
  const found = option === undefined ? [] : await valuesOf(option, values)
  if (found === 'files') return found
  return begun(
    found.map((each) => ({ ...each, value: `${name}=${each.value}` })),
    typed,
  )
}

interface Place {
  readonly command: Command
  /** Number of arguments that the command has been given. */
  readonly given: number
  /** The option whose value comes next, or may. */
  readonly open: Option | null
  readonly used: readonly Option[]
}

function follow(root: Command, words: readonly string[]): Place {
  let place: Place = { command: root, given: 0, open: null, used: [] }
  for (const word of words.filter((each) => each !== '=')) place = step(place, word)
  return place
}

function step({ command, given, open, used }: Place, word: string): Place {
  if (word.startsWith('-')) {
    const option = optionOf(command, word.split('=')[0] ?? '')
    if (option === undefined) return { command, given, open: null, used }
    const waits = (option.required || option.optional) && !word.includes('=')
    return { command, given, open: waits ? option : null, used: [...used, option] }
  }
  if (open !== null) return { command, given, open: open.variadic ? open : null, used }
  const next = command.commands.find((each) => each.name() === word || each.aliases().includes(word))
  return next === undefined
    ? { command, given: given + 1, open: null, used }
    : { command: next, given: 0, open: null, used: [] }
}

function optionOf(command: Command, flag: string): Option | undefined {
  return optionsOf(command).find(({ short, long }) => flag === short || flag === long)
}

/** With `--help`, which is not among a command's own. */
function optionsOf(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command)
}

function options({ command, used }: Place): Candidate[] {
  return optionsOf(command)
    .filter((option) => option.variadic || !used.includes(option))
    .flatMap(({ short, long, description }) =>
      [long, short].flatMap((flag) => (flag === undefined ? [] : [{ value: flag, description }])),
    )
}

async function positionals({ command, given }: Place, values: Values): Promise<Candidates> {
  const commands = command
    .createHelp()
    .visibleCommands(command)
    .map((each) => ({ value: each.name(), description: each.description() }))
  const all = command.registeredArguments
  const last = all.at(-1)
  const argument = all[given] ?? (last?.variadic === true ? last : undefined)
  const found = argument === undefined ? [] : await valuesOf(argument, values)
  return found === 'files' ? found : [...(given === 0 ? commands : []), ...found]
}

async function valuesOf(taker: Option | Argument, values: Values): Promise<Candidates> {
  const name = 'long' in taker ? (taker.long ?? '') : taker.name()
  if (name === '--filename') return 'files'
  const found = taker.argChoices ?? (await values(name))
  return found.map((value) => ({ value, description: '' }))
}

function begun(found: Candidates, typed: string): Candidates {
  return found === 'files' ? found : found.filter(({ value }) => value.startsWith(typed))
}
