import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { EXIT_CODES } from '../../src/cli/exit.ts'

const page = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8')

/** Code words in the table of a section. */
function documented(section: string): ReadonlySet<string> {
  const text = page.split(/^#+ /m).find((each) => each.startsWith(`${section}\n`)) ?? ''
  return new Set([...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word))
}

/** Names of all fields in data; keys that are names themselves are left out. */
function fieldsOf(data: unknown): string[] {
  if (Array.isArray(data)) return data.flatMap(fieldsOf)
  if (typeof data !== 'object' || data === null) return []
  return Object.entries(data).flatMap(([name, value]) => [
    ...(/^node\d$/.test(name) ? [] : [name]),
    ...fieldsOf(value),
  ])
}

describe('docs/cli.md', () => {
  it.each([
    ['services', 'service'],
    ['endpoints', 'endpoint'],
    ['nodes', 'node'],
    ['proxies', 'proxy'],
    ['events', 'event'],
  ])('has every field of %s', async (section, kind) => {
    const file = new URL(`golden/${kind}.json.txt`, import.meta.url)
    const fields = new Set(fieldsOf(JSON.parse(await readFile(file, 'utf8'))))
    const words = documented(section)
    // What a HAProxy has is told of nodes.
    const known = section === 'proxies' ? new Set([...words, ...documented('nodes')]) : words
    expect(fields.size).toBeGreaterThan(4)
    expect([...fields].filter((field) => !known.has(field))).toEqual([])
  })

  it('has every exit code as the help does', () => {
    const rows = [...page.matchAll(/^\| (\d) +\| (.*?) *\|$/gm)].map(([, code, text]) => `${code}  ${text}`)
    const help = [...EXIT_CODES.matchAll(/^ {2}(\d {2}.*)$/gm)].map(([, line]) => line)
    expect(rows.map((row) => row.replaceAll('`', ''))).toEqual(help)
  })
})
