/** Texts that are no spec at all, each with the errors that tell so. */
import { bad } from './bad-specs.ts'
import type { BadSpec } from './bad-specs.ts'
import { HEAD, withSpec } from './documents.ts'

const PORTS = 'ports: [{port: 80}]'

export const BAD_TEXTS: readonly BadSpec[] = [
  bad('nothing', '', [['EmptySpec', '1:1', '', 'found nothing but blanks and comments']]),
  bad('only comments', '# a\n---\n# b\n', [['EmptySpec', '1:1', '', 'expected a spec']]),
  bad('a bare word', '\nhello', [
    ['WrongType', '2:1', '', 'found string "hello"; expected an object with apiVersion, kind'],
  ]),
  bad('a byte order mark, which counts as no column', '\uFEFFkind: Pod', [
    ['UnsupportedKind', '1:7', 'kind', 'found "Pod"'],
  ]),
  bad('a list', '- a', [['WrongType', '1:1', '', 'found a list; expected an object']]),
  bad('another kind of thing', 'apiVersion: apps/v1\nkind: Deployment\nreplicas: 2', [
    ['UnsupportedVersion', '1:13', 'apiVersion', 'found "apps/v1"; expected "shoal.dev/v1"'],
    ['UnsupportedKind', '2:7', 'kind', 'found "Deployment"; expected "Service"'],
  ]),
  bad('a field twice', withSpec(PORTS, PORTS), [
    ['DuplicateField', '7:3', 'spec.ports', 'given in line 6 already'],
  ]),
  bad('a field twice within a list', withSpec('ports: [{port: 80, port: 81}]'), [
    ['DuplicateField', '6:22', 'spec.ports[0].port', 'given in line 6 already'],
  ]),
  bad('a tab', withSpec('ports:', '\t- port: 80'), [['InvalidYaml', '7:3', '', 'use spaces']]),
  bad('an unclosed bracket', withSpec('ports: [{port: 80}', 'hosts: []'), [
    ['InvalidYaml', '7:3', '', 'end with a ]'],
  ]),
  bad('an unclosed quote', withSpec(PORTS, 'drain: "10s'), [
    ['InvalidYaml', '8:1', '', 'Missing closing "quote'],
  ]),
  bad('a missing space', withSpec('ports:', '  - port:80', '    targetPort: 80'), [
    ['InvalidYaml', '7:7', '', 'is a space missing after a colon'],
  ]),
  bad('a colon in plain text', withSpec(PORTS, 'tags: [a]', 'drain: a: b'), [
    ['InvalidYaml', '8:10', '', 'needs quotes'],
  ]),
  bad('a list as a field’s name', '? [a]\n: b', [['InvalidYaml', '1:3', '', 'a field’s name is plain text']]),
  bad('a tag', 'a: !secret b', [['InvalidYaml', '1:4', '', 'Unresolved tag: !secret']]),
  bad('a wildcard without quotes', withSpec(PORTS, 'hosts:', '  - *.example.com'), [
    ['InvalidYaml', '8:7', '', 'wildcard hosts are not supported'],
  ]),
  bad('an alias of nothing', withSpec(PORTS, 'drain: *d', 'timeout: &d 10s'), [
    [
      'InvalidYaml',
      '7:10',
      '',
      'found alias *d, but no anchor &d before it; a value that starts with * needs quotes',
    ],
  ]),
  bad(
    'aliases that multiply',
    `a: &a [x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e'].map((name, index) => `${name}: &${name} [${`*${'abcd'[index]},`.repeat(9)}]\n`).join('')}`,
    [['InvalidYaml', '2:8', '', 'aliases multiply to too much data']],
  ),
  bad('an alias of itself', `${HEAD}spec: &s {ports: [*s]}`, [
    ['UnknownField', '4:11', 'spec.ports[0].ports', 'did you mean port?'],
    ['MissingField', '4:19', 'spec.ports[0].port', 'missing'],
  ]),
  bad('lists in lists in lists', `\n${'['.repeat(60_000)}`, [
    ['InvalidYaml', '2:18', '', 'more than 16 levels of nesting'],
  ]),
  bad('too much text', `${withSpec(PORTS)}#${'x'.repeat(70_000)}`, [
    ['InvalidYaml', '1:1', '', 'expected at most 65536'],
  ]),
  bad('two documents where one is expected', `${withSpec(PORTS)}---\n# two\n${withSpec(PORTS)}`, [
    ['SeveralDocuments', '9:1', '', 'found 2 documents; expected one'],
  ]),
]
