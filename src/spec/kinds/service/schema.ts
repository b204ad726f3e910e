/**
 * The schema of a declared service: the one source of what ajv checks and of what editors complete
 * (it is published as manifests/shoal.schema.json). It holds only what can be said about a field by
 * itself; rules between fields are in rules.ts.
 */
import { API_VERSION, SERVICE_KIND } from '../../../model/spec-format.ts'
import { DEFAULTS } from './defaults.ts'
import { object, text } from '../../json-schema.ts'
import type { SchemaNode } from '../../json-schema.ts'
import { HEALTH } from './schema-health.ts'
import { LOCALITY } from './schema-locality.ts'
import { PORT } from './schema-port.ts'
import { DNS_LABEL, DURATION, HOST_NAME, NAMESPACE, SWARM_SERVICE, TAG } from '../../messages/string-forms.ts'

const SPEC: SchemaNode = {
  ...object,
  description: 'What the service offers, and how it is checked and routed.',
  examples: [{ ports: [{ port: 80, targetPort: 8080 }], hosts: ['www.example.com'] }],
  required: ['ports'],
  properties: {
    selector: {
      ...object,
      description: 'Which tasks serve. Not needed in the label of a Swarm service: there it is that service.',
      examples: [{ service: 'hello_www' }],
      required: ['service'],
      properties: {
        service: {
          ...text(SWARM_SERVICE),
          description: 'Name of a Swarm service, with the stack’s name before it: `<stack>_<service>`.',
          examples: ['hello_www'],
        },
      },
    },
    ports: {
      type: 'array',
      minItems: 1,
      items: PORT,
      description: 'Ports of the service. Hosts are routed to the first that speaks HTTP.',
      examples: [[{ port: 80, targetPort: 8080 }], [{ port: 5432, protocol: 'tcp' }]],
    },
    hosts: {
      type: 'array',
      uniqueItems: true,
      items: { ...text(HOST_NAME), description: 'A DNS name, no wildcard.', examples: ['www.example.com'] },
      description:
        'Host names that are routed to the service, besides `<name>`, `<name>.<namespace>` and `<name>.<namespace>.<base domain>`.',
      default: [],
      examples: [['www.example.com', 'example.com']],
    },
    aliases: {
      type: 'array',
      uniqueItems: true,
      items: { ...text(HOST_NAME), description: 'A DNS name, no wildcard.', examples: ['hello.home'] },
      description:
        'More names of the service, each as good as `<name>.<namespace>`: it is routed and known to DNS on the mesh, and also routed with the base domain after it.',
      default: [],
      examples: [['hello.home', 'hello.world']],
    },
    tags: {
      type: 'array',
      uniqueItems: true,
      items: { ...text(TAG), description: 'A tag.', examples: ['primary'] },
      description: 'Tags of the service in Consul.',
      default: [],
      examples: [['primary', 'v2']],
    },
    health: HEALTH,
    locality: LOCALITY,
    drain: {
      ...text(DURATION),
      description: 'How long requests in flight may take to finish once their task is to stop.',
      default: DEFAULTS.drain,
      examples: ['10s', '2m'],
    },
    maxConnections: {
      type: 'integer',
      minimum: 0,
      maximum: 1_000_000,
      description: 'Connections that one task takes from one node’s HAProxy at a time; 0 is no limit.',
      default: DEFAULTS.maxConnections,
      examples: [100],
    },
    timeout: {
      ...text(DURATION),
      description: 'How long HAProxy waits for a task to answer.',
      default: DEFAULTS.timeout,
      examples: ['60s', '5m'],
    },
  },
}

export const SERVICE_SCHEMA: SchemaNode = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Shoal service',
  ...object,
  description: 'A service that Shoal discovers, checks and routes to.',
  examples: [
    {
      apiVersion: API_VERSION,
      kind: SERVICE_KIND,
      metadata: { name: 'www', namespace: 'hello' },
      spec: { selector: { service: 'hello_www' }, ports: [{ port: 80, targetPort: 8080 }] },
    },
  ],
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
  properties: {
    apiVersion: {
      type: 'string',
      enum: [API_VERSION],
      description: 'Version of this format.',
      examples: [API_VERSION],
    },
    kind: {
      type: 'string',
      enum: [SERVICE_KIND],
      description: 'What is declared.',
      examples: [SERVICE_KIND],
    },
    metadata: {
      ...object,
      description: 'Which service it is.',
      examples: [{ name: 'www' }, { name: 'www', namespace: 'hello' }],
      required: ['name'],
      properties: {
        name: {
          ...text(DNS_LABEL),
          description: 'Name of the service: a DNS label, unique within its namespace.',
          examples: ['www'],
        },
        namespace: {
          ...text(NAMESPACE),
          description:
            'Namespace of the service: a DNS label, or several with dots between. Default: the name of the stack it is deployed with, else `default`.',
          examples: ['hello', 'world.dev'],
        },
      },
    },
    spec: SPEC,
  },
}
