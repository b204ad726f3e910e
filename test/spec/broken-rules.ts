/** Specs that break rules between fields, each with the errors that tell so. */
import { bad } from './bad-specs.ts'
import type { BadSpec } from './bad-specs.ts'
import { HEAD, LABEL, SELECTED, withSpec } from './documents.ts'

const PORTS = 'ports: [{port: 80}]'
const long = 'a'.repeat(40)

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
  bad('one alias twice in other letters', withSpec(PORTS, 'aliases: [b.home, B.home]'), [
    ['DuplicateValue', '7:21', 'spec.aliases[1]', 'found "b.home" again'],
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
