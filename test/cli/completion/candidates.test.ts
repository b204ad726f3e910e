import { Argument, Command, Option } from 'commander'
import { describe, expect, it } from 'vitest'
import { candidates } from '../../../src/cli/completion/candidates.ts'

function program(): Command {
  const root = new Command('shoal')
  root.command('hidden', { hidden: true })
  root
    .command('get')
    .command('services')
    .alias('svc')
    .addOption(new Option('-o, --output <format>').choices(['table', 'json']))
    .option('-n, --namespace <namespace>')
    .option('-A, --all', 'of all namespaces')
  root.command('delete').argument('[services...]').addOption(new Option('-f, --filename <file...>'))
  root
    .command('show')
    .addArgument(new Argument('<kind>').choices(['one', 'two']))
    .argument('<service>')
  return root
}

/** Values of candidates for the last word. */
async function complete(...words: string[]): Promise<readonly string[] | 'files'> {
  const known: Readonly<Record<string, readonly string[]>> = {
    service: ['hello/www', 'shop/api'],
    services: ['hello/www', 'shop/api'],
    '--namespace': ['hello', 'shop'],
  }
  const found = await candidates(program(), words.slice(0, -1), words.at(-1) ?? '', (name) =>
    Promise.resolve(known[name] ?? []),
  )
  return found === 'files' ? found : found.map(({ value }) => value)
}

describe('completion', () => {
  it.each([
    ['verbs, but no hidden ones', [''], ['get', 'delete', 'show', 'help']],
    ['a verb that is begun', ['de'], ['delete']],
    ['verbs below a verb', ['get', ''], ['services', 'help']],
    ['options', ['get', 'svc', '--'], ['--output', '--namespace', '--all', '--help']],
    [
      'options that are not given yet',
      ['get', 'services', '-A', '-'],
      ['--output', '-o', '--namespace', '-n', '--help', '-h'],
    ],
    ['values of an option', ['get', 'services', '-o', ''], ['table', 'json']],
    ['values after an equals sign', ['get', 'services', '--output=j'], ['--output=json']],
    ['the same as bash divides it', ['get', 'services', '--output', '=', 'j'], ['json']],
    ['the same with nothing behind it yet', ['get', 'services', '--output', '='], ['table', 'json']],
    ['live values of an option', ['get', 'services', '-n', 's'], ['shop']],
    ['choices of an argument', ['show', ''], ['one', 'two', 'help']],
    ['live values of the next argument', ['show', 'one', 'hello/'], ['hello/www']],
    ['as many as an argument takes', ['delete', 'hello/www', 's'], ['shop/api']],
    ['nothing after the last argument', ['show', 'one', 'hello/www', ''], []],
    ['arguments after a switch', ['get', 'services', '-A', ''], ['help']],
  ])('gives %s', async (_, words, expected) => {
    const found = await complete(...words)
    expect(found === 'files' ? found : found.filter((each) => each !== 'help')).toEqual(
      expected.filter((each) => each !== 'help'),
    )
  })

  it('leaves files to the shell, as many as the option takes', async () => {
    expect(await complete('delete', '-f', 'a')).toBe('files')
    expect(await complete('delete', '-f', 'a.yml', 'b')).toBe('files')
    expect(await complete('delete', '--filename=')).toBe('files')
    expect(await complete('delete', '-f', 'a.yml', '--file')).toEqual(['--filename'])
  })
})
