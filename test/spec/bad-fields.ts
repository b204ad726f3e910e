/** Fields the schema refuses, each with the errors that tell so. */
import { bad } from './bad-specs.ts'
import type { BadSpec } from './bad-specs.ts'
import { HEAD, SELECTED, withSpec } from './documents.ts'

const PORTS = 'ports: [{port: 80}]'

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
    [
      'UnknownField',
      '7:3',
      'spec["replica count"]',
      'known here: selector, ports, hosts, aliases, tags, health',
    ],
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
    HEAD.replace('www', 'Web_App, namespace: A_b..c.') + SELECTED + `  ${PORTS}`,
    [
      [
        'InvalidValue',
        '3:18',
        'metadata.name',
        'found "Web_App"; expected a DNS label: at most 63 lower-case letters, digits and inner hyphens, no dots; did you mean "web-app"?',
      ],
      ['InvalidValue', '3:38', 'metadata.namespace', 'inner hyphens and dots; did you mean "a-b.c"?'],
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
