import { describe, expect, it } from 'vitest'
import { differs, remarks } from '../../../src/cli/verbs/diff.ts'
import { diffSpec } from '../../../src/cli/spec-files/spec-diff.ts'
import type { SpecDiff } from '../../../src/cli/spec-files/spec-diff.ts'
import type { ClusterSnapshot } from '../../../src/model/cluster.ts'
import { declare } from '../../../src/controller/plan/declare.ts'
import { parseSpec } from '../../../src/spec/parse.ts'
import {
  badText,
  config,
  deployment,
  description,
  inForce,
  label,
  labelled,
  workload,
  snapshot,
} from '../../controller/plan/world.ts'

const TEXT = `apiVersion: shoal.dev/v1
kind: Service
metadata: {name: www, namespace: hello}
spec:
  selector: {service: hello_www}
  ports: [{port: 80, targetPort: 8080}]
  hosts: [www.example.test]
`

function document(text: string) {
  const parsed = parseSpec(text, { source: 'www.yml', stack: null, service: null })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return { spec: parsed.spec, text, file: 'www.yml' }
}

function diff(text: string, observed: Partial<ClusterSnapshot>, known = inForce()): SpecDiff {
  const given = snapshot(observed)
  const declarations = declare(given, new Map(known.map((policy) => [policy.key, policy])), deployment.mesh)
  return diffSpec(document(text), declarations, given)
}

const APPLIED = { specs: [config('shoal.hello.www.1', TEXT)] }

describe('shoal diff', () => {
  it('shows what is new, and what changed, as a unified diff', async () => {
    const created = diff(TEXT, {})
    const changed = diff(TEXT.replace('8080', '9090').replace('www.example', 'www2.example'), APPLIED)
    expect([created.kind, changed.kind]).toEqual(['new', 'different'])
    await expect(created.patch + changed.patch).toMatchFileSnapshot('golden/diff.txt')
  })

  it('finds no difference in the same text, wherever the document stood', () => {
    for (const text of [TEXT, `---\n${TEXT}`, `\n${TEXT}\n\n`]) {
      const same = diff(text, APPLIED)
      expect(same).toMatchObject({ kind: 'same', patch: '' })
      expect([differs(same), remarks(same)]).toEqual([false, []])
    }
  })

  it.each([
    ['a comment', `# ours\n${TEXT}`],
    ['other formatting', TEXT.replace('[www.example.test]', '\n    - www.example.test')],
    ['a default written out', `${TEXT}  drain: 10s\n`],
  ])('says that %s changes no meaning', (_, text) => {
    const same = diff(text, APPLIED)
    expect(same).toMatchObject({ kind: 'same-meaning', patch: '' })
    expect(differs(same)).toBe(false)
    expect(remarks(same)).toEqual([
      'service hello/www: means the same as config shoal.hello.www.1; only comments, formatting or written-out defaults differ',
    ])
  })

  it('compares with a label, which knows selector and namespace by itself, and says that the file takes its place', () => {
    const text = TEXT.replace(', namespace: hello', '').replace(/ {2}selector.*\n/, '')
    const services = [workload('hello_www', { labels: label(text) })]
    expect(diff(TEXT, { workloads: services }).kind).toBe('same-meaning')
    const other = diff(TEXT.replace('8080', '9090'), { workloads: services })
    expect(other.patch).toContain('--- label shoal.spec of service hello_www\n+++ www.yml\n')
    expect(remarks(other)).toEqual([
      'service hello/www: applied, the file takes the place of label shoal.spec of service hello_www',
    ])
  })

  it('compares with what is in force, not with a newer version that is bad', () => {
    const services = [
      workload('hello_www', {
        labels: label(badText('www')),
        previous: description({ labels: label(TEXT) }),
      }),
    ]
    expect(diff(TEXT, { workloads: services }).kind).toBe('same')
  })

  it('writes out a spec in force whose text is gone', () => {
    const [policy] = inForce(labelled('hello_www'))
    const bad = [workload('hello_www', { labels: label(badText('www')) })]
    const known = policy === undefined ? [] : [policy]
    const { kind, patch } = diff(TEXT, { workloads: bad }, known)
    expect(kind).toBe('different')
    expect(patch).toContain('+  hosts: [www.example.test]')
    expect(patch).toContain('-  drain: 10s')
  })
})
