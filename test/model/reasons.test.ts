import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { EVENT_REASONS, REASONS, WARNINGS } from '../../src/model/reasons.ts'

const page = await readFile(new URL('../../docs/conditions.md', import.meta.url), 'utf8')

/** Codes and meanings in the tables of a section. */
function documented(section: string): Record<string, string> {
  const text = page.split(/^## /m).find((each) => each.startsWith(section)) ?? ''
  const rows = [...text.matchAll(/^\| `(\w+)` *\| (.*?) *\|$/gm)]
  return Object.fromEntries(rows.map(([, code = '', meaning = '']) => [code, meaning]))
}

describe('docs/conditions.md', () => {
  it('has every reason of a condition, with what it means, and no other', () => {
    expect(documented('Reasons of conditions')).toEqual(REASONS)
  })

  it('has every further reason of an event likewise', () => {
    expect(documented('Reasons of events')).toEqual(EVENT_REASONS)
  })

  it('names every reason that makes a warning', () => {
    const [, list = ''] = /are of type `Warning`: (.*?)\.\n/s.exec(page) ?? []
    expect(new Set([...list.matchAll(/`(\w+)`/g)].map(([, code]) => code))).toEqual(WARNINGS)
  })
})
