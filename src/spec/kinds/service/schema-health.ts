import { DEFAULTS } from './defaults.ts'
import { object, port, text } from '../../json-schema.ts'
import type { SchemaNode } from '../../json-schema.ts'
import { DURATION, HOST_NAME, URL_PATH } from '../../messages/string-forms.ts'

const HTTP_CHECK: SchemaNode = {
  ...object,
  description: 'The check passes while a GET is answered with any 2xx status.',
  examples: [{ path: '/healthz' }, { path: '/', host: 'www.example.com', port: 9000 }],
  properties: {
    path: {
      ...text(URL_PATH),
      description: 'Path, with query if need be, that is asked for.',
      default: DEFAULTS.path,
      examples: ['/', '/healthz'],
    },
    status: {
      type: 'integer',
      enum: [200],
      description: 'Only 200, which stands for any 2xx: Consul’s HTTP check can’t ask for one status.',
      default: 200,
      examples: [200],
    },
    host: {
      ...text(HOST_NAME),
      description: 'Host header of the request. Default: the task’s address.',
      examples: ['www.example.com'],
    },
    port: {
      ...port,
      description: 'Container port that is checked. Default: each port of the service by itself.',
      examples: [9000],
    },
  },
}

export const HEALTH: SchemaNode = {
  ...object,
  description:
    'How Consul checks each task, from the task’s own node: `http` or `tcp`. Default: `http` with path `/` if the first port speaks HTTP, else `tcp`.',
  default: {},
  examples: [{ http: { path: '/healthz' }, interval: '1s', timeout: '500ms' }, { tcp: {} }],
  not: { required: ['http', 'tcp'] },
  properties: {
    http: HTTP_CHECK,
    tcp: {
      ...object,
      description: 'The check passes while connections are accepted.',
      examples: [{}, { port: 9000 }],
      properties: {
        port: {
          ...port,
          description: 'Container port that is checked. Default: each port of the service by itself.',
          examples: [9000],
        },
      },
    },
    interval: {
      ...text(DURATION),
      description: 'Time between two checks, at least 1s: Consul runs no check more often.',
      default: DEFAULTS.interval,
      examples: ['1s', '10s'],
    },
    timeout: {
      ...text(DURATION),
      description: 'How long one check may take.',
      default: DEFAULTS.checkTimeout,
      examples: ['500ms', '2s'],
    },
  },
}
