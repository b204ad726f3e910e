import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CHECKS } from '../../src/cli/doctor/checks.ts'
import { publishedSchema } from '../../src/spec/published.ts'
import { allPages, anchorsOf, linksOf, longLines, ROOT, textOf } from './markdown.ts'

describe('README and docs', () => {
  it('no page has a line of more than 100 characters, but for tables and shown output', () => {
    expect(allPages().flatMap((page) => longLines(page, textOf(page)))).toEqual([])
  })

  it('every link leads to a file and a heading that are there', () => {
    const broken = allPages().flatMap((page) =>
      linksOf(textOf(page))
        .filter((target) => !leadsSomewhere(page, target))
        .map((target) => `${page}: ${target}`),
    )
    expect(broken).toEqual([])
  })

  it('the README has at most 120 lines', () => {
    expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(120)
  })

  it('the index of docs has every page', () => {
    const pages = globSync('docs/*.md', { cwd: ROOT }).map((page) => page.replace('docs/', ''))
    const listed = linksOf(textOf('docs/README.md'))
    expect(pages.filter((page) => page !== 'README.md' && !listed.includes(page))).toEqual([])
  })
})

describe('docs/specs.md', () => {
  it('the table of specs has every field of the schema', () => {
    const rows = textOf('docs/specs.md').matchAll(/^\| `([\w.[\]]+)` /gm)
    const documented = new Set(Array.from(rows, ([, field]) => field))
    const fields = fieldsOf(JSON.parse(publishedSchema()))
    expect(fields.length).toBeGreaterThan(15)
    expect(fields.filter((field) => !documented.has(field))).toEqual([])
  })
})

describe('docs/install.md', () => {
  const page = textOf('docs/install.md')

  it('the table of settings has every one of the stack file, with its default', () => {
    const stack = readFileSync(`${ROOT}/swarm/stack.yml`, 'utf8')
    const settings = new Map(
      [...stack.matchAll(/\$\{(SHOAL_\w+):-([^}]*)\}/g)].map(([, name = '', value = '']) => [name, value]),
    )
    const documented = new Map(
      [...page.matchAll(/^\| `(SHOAL_\w+)` *\| `?([^`|]*?)`? *\|/gm)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    )
    expect(settings.size).toBeGreaterThan(5)
    expect(documented).toEqual(settings)
  })

  it('the table of checks has every check of the doctor, in its order', () => {
    const [, section = ''] = /^## The doctor\n(.*?)^## /ms.exec(page) ?? []
    const documented = [...section.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name)
    expect(documented).toEqual(CHECKS.map(({ name }) => name))
  })
})

describe('the timing table of docs/architecture.md', () => {
  it('every constant of the timing table is in the folder that the table says', () => {
    const [, section = ''] = /^## Timing\n(.*)/ms.exec(textOf('docs/architecture.md')) ?? []
    const rows = [...section.matchAll(/^\|[^|]*\|[^|]*\| `(\w+)` (`[^|]*`) *\|/gm)]
    const named = rows.flatMap(([, folder = '', names = '']) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => ({ folder, name })),
    )
    expect(named.length).toBeGreaterThan(40)
    const missing = named.filter(({ folder, name }) => !new RegExp(`\\b${name}\\b`).test(sourceOf(folder)))
    expect(missing.map(({ folder, name }) => `${folder} ${name}`)).toEqual([])
  })
})

function leadsSomewhere(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(ROOT, file))) return false
  return anchor === undefined || anchorsOf(textOf(file)).includes(anchor)
}

interface Node {
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
}

/** Paths of all leaves: `spec.ports[].name`. Texts and numbers in a list are the list. */
function fieldsOf({ properties = {} }: Node, before = ''): string[] {
  return Object.entries(properties).flatMap(([name, node]) => {
    const path = before === '' ? name : `${before}.${name}`
    if (node.properties !== undefined) return fieldsOf(node, path)
    return node.items?.properties === undefined ? [path] : fieldsOf(node.items, `${path}[]`)
  })
}

/** All code under a folder of `src`. */
function sourceOf(folder: string): string {
  const files = globSync(`src/${folder}/**/*.ts`, { cwd: ROOT })
  return files.map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n')
}
