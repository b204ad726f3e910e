/** Each import rule is broken once, in a copy of the layout that has nothing but broken files: a rule that lets it pass is none. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const RULE = 'eslint/no-restricted-imports'
/** They wire everything, or show it: only the import rules of their own subfolders bind them. */
const FREE = new Set(['bin', 'cli'])

interface Pattern {
  readonly group: readonly string[]
  readonly message: string
}

interface Override {
  readonly files: readonly string[]
  readonly rules: Readonly<Record<string, unknown>>
}

interface Config {
  readonly rules: Readonly<Record<string, unknown>>
  readonly overrides: readonly Override[]
}

/** One file with one import. */
interface Attempt {
  readonly glob: string
  readonly file: string
  readonly imports: string
  /** What the linter must say, null if it must be content. */
  readonly message: string | null
}

const config: Config = JSON.parse(await readFile('.oxlintrc.json', 'utf8'))
const overrides = config.overrides.filter(({ rules }) => rules[RULE] !== undefined)
const attempts = overrides.flatMap((override) =>
  override.files.flatMap((glob) => patternsOf(override).flatMap((pattern) => attemptsAt(glob, pattern))),
)
const globs = [...new Set(attempts.map(({ glob }) => glob))]
let folder = ''
/** What the linter says of each file, by its path. */
const findings = new Map<string, string[]>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-'))
  await writeConfig(folder, { rules: {}, overrides })
  for (const { file, imports } of attempts) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), `import '${imports}'\n`)
  }
  for (const { filename, help } of await lint(folder)) {
    findings.set(filename, [...(findings.get(filename) ?? []), help])
  }
})
afterAll(() => rm(folder, { recursive: true }))

describe('an import rule', () => {
  it.each(globs)('of %s finds each forbidden import, and lets each allowed one pass', (glob) => {
    const its = attempts.filter((attempt) => attempt.glob === glob)
    const found = its.map(({ file, imports }) => [imports, findings.get(file) ?? []])
    expect(found).toEqual(its.map(({ imports, message }) => [imports, message === null ? [] : [message]]))
    expect(its.some(({ message }) => message !== null)).toBe(true)
  })

  it('names only what is there', async () => {
    const named = overrides
      .flatMap(patternsOf)
      .flatMap(({ group }) => group)
      .flatMap((entry) => /^!?\*\*\/([^*]+?)(?:\/\*\*)?$/.exec(entry)?.[1] ?? [])
    const paths = await readdir('src', { recursive: true })
    expect(named.filter((name) => !paths.includes(name))).toEqual([])
    expect(named.length).toBeGreaterThan(0)
  })

  it('binds every folder of src but those that wire or show all others', async () => {
    const entries = await readdir('src', { withFileTypes: true, recursive: true })
    const folders = entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !FREE.has(path.split('/')[1] ?? ''))
    const bound = overrides.flatMap(({ files }) => files)
    const unbound = folders.filter((path) => !bound.some((glob) => covers(glob, path)))
    expect(unbound).toEqual([])
  })
})

describe('a cycle', () => {
  it('of two files, or of three, is found in each of them', async () => {
    const rule = config.rules['import/no-cycle']
    const around = await mkdtemp(join(tmpdir(), 'shoal-'))
    await writeConfig(around, { rules: { 'import/no-cycle': rule }, overrides: [] })
    await mkdir(join(around, 'src'))
    const cycles = { a: 'b', b: 'a', c: 'd', d: 'e', e: 'c', outside: 'a' }
    for (const [name, next] of Object.entries(cycles)) {
      await writeFile(
        join(around, `src/${name}.ts`),
        `import { ${next} } from './${next}.ts'\nexport const ${name} = () => ${next}\n`,
      )
    }
    const found = (await lint(around)).map(({ filename }) => filename)
    expect(found.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e'].map((name) => `src/${name}.ts`))
    await rm(around, { recursive: true })
  })
})

async function writeConfig(at: string, rules: Config): Promise<void> {
  const nothingElse = { plugins: ['import'], categories: { correctness: 'off' } }
  await writeFile(join(at, '.oxlintrc.json'), JSON.stringify({ ...nothingElse, ...rules }))
}

function patternsOf({ rules }: Override): readonly Pattern[] {
  const rule = rules[RULE]
  return Array.isArray(rule) ? rule[1].patterns : []
}

/** A file for each entry of a pattern. Entries with `!` are what is allowed after all. */
function attemptsAt(glob: string, { group, message }: Pattern): Attempt[] {
  const place = glob.replace(/(\/\*\*)?\/\*\.ts$/, '')
  const up = '../'.repeat(place.split('/').length - 1)
  return group.map((entry) => {
    const isAllowed = entry.startsWith('!')
    const name = entry.replace(/[^a-z]+/g, '-')
    const imports = entry
      .replace(/^!/, '')
      .replace(/^\*\*\//, up)
      .replace('/**', '/any.ts')
      .replace('*', 'any')
    const kind = message.replace(/[^a-z]+/gi, '-')
    return {
      glob,
      file: `${place}/${isAllowed ? 'allowed' : 'forbidden'}${name}in-${kind}.ts`,
      imports,
      message: isAllowed ? null : message,
    }
  })
}

function covers(glob: string, path: string): boolean {
  return glob === `${path}/*.ts` || (glob.endsWith('/**/*.ts') && `${path}/`.startsWith(glob.slice(0, -7)))
}

interface Diagnostic {
  readonly filename: string
  readonly help: string
}

function lint(cwd: string): Promise<readonly Diagnostic[]> {
  const args = ['--format=json', '--config=.oxlintrc.json', 'src']
  return new Promise((resolve, reject) => {
    execFile('oxlint', args, { cwd, maxBuffer: 2 ** 24 }, (error, output, errors) => {
      if (error !== null && output === '') reject(new Error(errors))
      else resolve(JSON.parse(output).diagnostics)
    })
  })
}
