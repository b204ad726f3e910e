import { describe, expect, it } from 'vitest'
import { formatAge, formatTable } from '../../../src/cli/print/table.ts'

describe('formatTable', () => {
  it('aligns columns by their longest cell and leaves no trailing blanks', () => {
    expect(
      formatTable(
        ['NAME', 'READY'],
        [
          ['www', '2/2'],
          ['a-longer-name', '0/1'],
        ],
      ),
    ).toBe(['NAME            READY', 'www             2/2', 'a-longer-name   0/1'].join('\n'))
  })

  it('is as wide with colours as without', () => {
    const rows = [
      [{ text: 'Degraded', style: 'yellow' } as const, 'a'],
      ['Ready', { text: 'b', style: 'red' } as const],
    ]
    const paint = (style: string, text: string) => `<${style}>${text}</${style}>`
    const coloured = formatTable(['STATUS', 'NAME'], rows, paint)
    expect(coloured).toContain('<yellow>Degraded</yellow>   a')
    expect(coloured.replaceAll(/<[^>]*>/g, '')).toBe(formatTable(['STATUS', 'NAME'], rows))
  })

  it('is the header alone without rows', () => {
    expect(formatTable(['NAME', 'READY'], [])).toBe('NAME   READY')
  })
})

describe('formatAge', () => {
  const now = Date.parse('2026-03-10T12:00:00Z')
  it.each([
    ['2026-03-10T11:59:20Z', '40s'],
    ['2026-03-10T11:58:10Z', '110s'],
    ['2026-03-10T11:48:00Z', '12m'],
    ['2026-03-10T07:00:00Z', '5h'],
    ['2026-03-07T11:00:00Z', '3d'],
    ['2026-03-10T12:00:05Z', '0s'],
  ])('%s is %s ago', (iso, age) => {
    expect(formatAge(iso, now)).toBe(age)
  })
})
