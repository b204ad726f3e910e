/** Bad specs and the errors they must give. */
import type { SpecErrorCode } from '../../src/spec/errors.ts'
import type { SpecContext } from '../../src/spec/parse.ts'
import { FILE, HEAD, LABEL, SELECTED, withSpec } from './documents.ts'

type Expected = readonly [code: SpecErrorCode, place: string, field: string, says: string]

export interface BadSpec {
  readonly what: string
  readonly text: string
  readonly errors: readonly Expected[]
  readonly context: SpecContext
}

const bad = (what: string, text: string, errors: readonly Expected[], context = FILE): BadSpec => ({
  what,
  text,
  errors,
  context,
})
const PORTS = 'ports: [{port: 80}]'
const long = 'a'.repeat(40)

export const BAD_FIELDS: readonly BadSpec[] = [
  bad('an unknown field that is nearly one', withSpec('prots: [{port: 80}]'), [
    ['MissingField', '4:1', 'spec.ports', 'missing; expected a list with at least one entry, for example [{'],
    ['UnknownField', '6:3', 'spec.prots', 'unknown field; did you mean ports?'],
  ]),
  bad('a field in another style', withSpec('ports: [{port: 80, target_port: 8080}]'), [
    ['UnknownField', '6:22', 'spec.ports[0].target_port', 'did you mean targetPort?'],
  ]),
  bad('a field in the wrong place', withSpec(PORTS, 'path: /up', 'service: x'), [
    ['UnknownField', '7:3', 'spec.path', 'it belongs in spec.health.http'],
    ['UnknownField', '8:3', 'spec.service', 'it belongs in spec.selector'],
  ]),
  bad('a field like no other', withSpec(PORTS, '"replica count": 2', '__proto__: {}'), [
    ['UnknownField', '7:3', 'spec["replica count"]', 'known here: selector, ports, hosts, tags, health'],
    ['UnknownField', '8:3', 'spec.__proto__', 'known here'],
  ]),
  bad('no fields at all', '{}', [
    ['MissingField', '1:1', 'apiVersion', 'expected "shoal.dev/v1"'],
    ['MissingField', '1:1', 'kind', 'expected "Service"'],
    ['MissingField', '1:1', 'metadata', 'for example {"name":"www"}'],
    ['MissingField', '1:1', 'spec', 'for example {"ports":'],
  ]),
  bad('a missing field within a list', withSpec('ports:', '  - port: 80', '  - name: x'), [
    ['MissingField', '8:7', 'spec.ports[1].port', 'expected an integer from 1 to 65535, for example 80'],
  ]),
  bad('a number in quotes', withSpec('ports: [{port: "80"}]'), [
    [
      'WrongType',
      '6:18',
      'spec.ports[0].port',
      'found string "80"; expected an integer from 1 to 65535; write it without quotes',
    ],
  ]),
  bad('a name that is a number', HEAD.replace('www', '7') + SELECTED + `  ${PORTS}`, [
    [
      'WrongType',
      '3:18',
      'metadata.name',
      'found number 7; expected a DNS label: at most 63 lower-case letters',
    ],
  ]),
  bad('one value for a list', withSpec(PORTS, 'hosts: a.example.com', 'tags: {}'), [
    ['WrongType', '7:10', 'spec.hosts', 'found string "a.example.com"; expected a list; put it in brackets'],
    ['WrongType', '8:9', 'spec.tags', 'found an object; expected a list'],
  ]),
  bad('fields without values', withSpec(PORTS, 'hosts:', 'health: {tcp: }', 'tags: [a, ~]'), [
    ['WrongType', '7:3', 'spec.hosts', 'found nothing; expected a list; give it a value, or remove it'],
    [
      'WrongType',
      '8:12',
      'spec.health.tcp',
      'found nothing; expected an object with port; write {}, or remove it',
    ],
    ['WrongType', '9:13', 'spec.tags[1]', 'found nothing; expected a tag'],
  ]),
  bad('a duration without unit', withSpec(PORTS, 'drain: 10', 'timeout: 1.5 sec'), [
    [
      'WrongType',
      '7:10',
      'spec.drain',
      'found number 10; expected a duration: an integer with ms, s, m or h',
    ],
    [
      'InvalidValue',
      '8:12',
      'spec.timeout',
      'found "1.5 sec"; expected a duration: an integer with ms, s, m or h, such as 500ms, 10s or 2m; did you mean "1500ms"?',
    ],
  ]),
  bad('an empty list of ports', withSpec('ports: []'), [
    ['InvalidValue', '6:10', 'spec.ports', 'found an empty list; expected a list with at least one entry'],
  ]),
  bad('numbers that are no ports', withSpec('ports: [{port: 0}, {port: 70000}, {port: 1.5}]'), [
    ['InvalidValue', '6:18', 'spec.ports[0].port', 'found 0; expected an integer from 1 to 65535'],
    ['InvalidValue', '6:29', 'spec.ports[1].port', 'found 70000'],
    ['WrongType', '6:44', 'spec.ports[2].port', 'found number 1.5'],
  ]),
  bad('health on port 0', withSpec(PORTS, 'health: {tcp: {port: 0}}'), [
    ['InvalidValue', '7:24', 'spec.health.tcp.port', 'found 0; expected an integer from 1 to 65535'],
  ]),
  bad(
    'words that are nearly right',
    withSpec('ports: [{port: 80, protocol: HTTP}]', 'locality: {mode: prefered, headroom: 0.5}'),
    [
      [
        'InvalidValue',
        '6:32',
        'spec.ports[0].protocol',
        'found "HTTP"; expected one of "http", "tcp"; did you mean "http"?',
      ],
      [
        'InvalidValue',
        '7:20',
        'spec.locality.mode',
        'expected one of "prefer", "strict", "off"; did you mean "prefer"?',
      ],
      ['InvalidValue', '7:40', 'spec.locality.headroom', 'found 0.5; expected a number from 1 to 1000'],
    ],
  ),
  bad(
    'names that are no DNS labels',
    HEAD.replace('www', 'Web_App, namespace: a.b') + SELECTED + `  ${PORTS}`,
    [
      [
        'InvalidValue',
        '3:18',
        'metadata.name',
        'found "Web_App"; expected a DNS label: at most 63 lower-case letters, digits and inner hyphens, no dots; did you mean "web-app"?',
      ],
      ['InvalidValue', '3:38', 'metadata.namespace', 'no dots; did you mean "a-b"?'],
    ],
  ),
  bad(
    'hosts that are no DNS names',
    withSpec(PORTS, 'hosts: ["*.example.com", "https://a.example.com:80/x", a_b, ""]'),
    [
      ['InvalidValue', '7:11', 'spec.hosts[0]', 'wildcard hosts are not supported'],
      ['InvalidValue', '7:28', 'spec.hosts[1]', 'did you mean "a.example.com"?'],
      ['InvalidValue', '7:58', 'spec.hosts[2]', 'expected a DNS name such as www.example.com'],
      ['InvalidValue', '7:63', 'spec.hosts[3]', 'found ""'],
    ],
  ),
  bad('a check that Consul cannot make', withSpec(PORTS, 'health: {http: {path: up, status: 204}}'), [
    [
      'InvalidValue',
      '7:25',
      'spec.health.http.path',
      'expected a path that starts with / and holds only characters that URLs allow; did you mean "/up"?',
    ],
    ['InvalidValue', '7:37', 'spec.health.http.status', 'found 204; expected 200, which stands for any 2xx'],
  ]),
  bad('two kinds of check', withSpec(PORTS, 'health: {http: {}, tcp: {}}'), [
    ['InvalidValue', '7:11', 'spec.health', 'found http and tcp; expected one of them'],
  ]),
  bad('a wrong value behind an alias', withSpec('tags: [&a 12]', 'ports: [{port: 80, name: *a}]'), [
    [
      'WrongType',
      '6:13',
      'spec.tags[0]',
      'found number 12; expected a tag: 1 to 255 characters on one line; put it in quotes',
    ],
    ['WrongType', '7:28', 'spec.ports[0].name', 'found number 12'],
  ]),
]

export const BROKEN_RULES: readonly BadSpec[] = [
  bad('no selector in a file', `${HEAD}spec: {${PORTS}}`, [
    [
      'MissingField',
      '4:1',
      'spec.selector',
      'missing; expected an object, for example {"service":"hello_www"}',
    ],
  ]),
  bad(
    'another selector in a label',
    withSpec(PORTS).replace('hello_www', 'hello_api'),
    [
      [
        'SelectorConflict',
        '5:23',
        'spec.selector.service',
        'found "hello_api"; a spec in the label of service hello_www is for that one',
      ],
    ],
    LABEL,
  ),
  bad('one port twice', withSpec('ports: [{port: 80}, {port: 80}]'), [
    ['DuplicatePort', '6:30', 'spec.ports[1].port', 'found 80, which is the port of ports[0] already'],
  ]),
  bad('one port name twice', withSpec('ports: [{port: 80, name: a}, {port: 81, name: a}]'), [
    ['DuplicatePort', '6:49', 'spec.ports[1].name', 'found "a", which is the name of ports[0] already'],
  ]),
  bad(
    'a port name that another port has by default',
    withSpec('ports: [{port: 7}, {port: 8, name: http}, {port: 9, name: p7}]'),
    [['DuplicatePort', '6:61', 'spec.ports[2].name', 'found "p7", which is the name of ports[0] already']],
  ),
  bad('TCP on port 80', withSpec('ports: [{port: 80, protocol: tcp}]'), [
    ['ReservedPort', '6:18', 'spec.ports[0].port', 'HAProxy’s HTTP listener has port 80'],
  ]),
  bad('one host twice', withSpec(PORTS, 'hosts: [a.example.com, A.example.com]', 'tags: [a, b, a]'), [
    ['DuplicateValue', '8:16', 'spec.tags[2]', 'found "a" again, it is entry 1 of the list already'],
  ]),
  bad('one host twice in other letters', withSpec(PORTS, 'hosts: [a.example.com, A.example.com]'), [
    [
      'DuplicateValue',
      '7:26',
      'spec.hosts[1]',
      'found "a.example.com" again, it is entry 1 of the list already',
    ],
  ]),
  bad('hosts for TCP', withSpec('ports: [{port: 81, protocol: tcp}]', 'hosts: [a.example.com]'), [
    ['HostsWithoutHttp', '7:3', 'spec.hosts', 'leave hosts out, or give a port protocol http'],
  ]),
  bad(
    'durations out of range',
    withSpec(PORTS, 'health: {interval: 500ms, timeout: 0s}', 'drain: 25h', 'timeout: 0ms'),
    [
      [
        'InvalidValue',
        '7:22',
        'spec.health.interval',
        'found "500ms"; expected at least 1s: Consul runs no check more often',
      ],
      ['InvalidValue', '7:38', 'spec.health.timeout', 'found "0s"; expected at least 1ms'],
      ['InvalidValue', '8:10', 'spec.drain', 'found "25h"; expected at most 24h'],
      ['InvalidValue', '9:12', 'spec.timeout', 'found "0ms"; expected at least 1ms'],
    ],
  ),
  bad(
    'names too long together',
    HEAD.replace('www', `${long}, namespace: ${long}`) + SELECTED + `  ${PORTS}`,
    [
      [
        'NameTooLong',
        '3:18',
        'metadata.name',
        `makes the Consul service ${long}-${long}, which has 81 characters; expected at most 63`,
      ],
    ],
  ),
  bad(
    'names too long with the port’s',
    HEAD.replace('www', long) + SELECTED + `  ports: [{port: 80}, {port: 81, name: ${long}}]`,
    [['NameTooLong', '6:40', 'spec.ports[1].name', 'which has 81 characters']],
  ),
]

export const BAD_TEXTS: readonly BadSpec[] = [
  bad('nothing', '', [['EmptySpec', '1:1', '', 'found nothing but blanks and comments']]),
  bad('only comments', '# a\n---\n# b\n', [['EmptySpec', '1:1', '', 'expected a spec']]),
  bad('a bare word', '\nhello', [
    ['WrongType', '2:1', '', 'found string "hello"; expected an object with apiVersion, kind'],
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
    ['WrongType', '4:19', 'spec.ports[0].ports', 'x'],
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
