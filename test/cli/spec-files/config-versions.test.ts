import { describe, expect, it } from 'vitest'
import { applyChange } from '../../../src/cli/spec-files/config-versions.ts'
import { parseSpec } from '../../../src/spec/parse.ts'
import { config, specText } from '../../controller/plan/world.ts'

const NOW = new Date('2026-02-01T00:00:00Z')
/** As text the second of these comes first. */
const [OLDER, NEWER] = ['2026-01-01T00:00:00.1Z', '2026-01-01T00:00:00.12Z']

function document(hosts: readonly string[]) {
  const text = specText('web', { selector: { service: 'shop_web' }, hosts })
  const parsed = parseSpec(text, { source: 'file.yml', stack: null, service: null })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return { spec: parsed.spec, text }
}

function version(name: string, createdAt: string, text: string) {
  return config(name, text, { createdAt, labels: { 'shoal.dev/service': 'default/web' } })
}

describe('what shoal apply does to the versions of a service', () => {
  const versions = [
    version('a', OLDER, document(['old.test']).text),
    version('b', NEWER, document(['new.test']).text),
  ]

  it('compares the file with the newest version, by time and not by its text', () => {
    expect(applyChange(versions, document(['new.test']), NOW).action).toBe('unchanged')
    expect(applyChange(versions, document(['old.test']), NOW).action).toBe('configured')
  })

  it('keeps the age of the oldest version, by time and not by its text', () => {
    const { create } = applyChange(versions, document([]), NOW)
    expect(create?.labels['shoal.dev/created-at']).toBe(OLDER)
  })
})
