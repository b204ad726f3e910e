import { DEFAULTS } from './defaults.ts'
import { object, port, text } from '../../json-schema.ts'
import type { SchemaNode } from '../../json-schema.ts'
import { DNS_LABEL } from '../../messages/string-forms.ts'

export const PORT: SchemaNode = {
  ...object,
  description: 'A port of the service.',
  examples: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'http' }],
  required: ['port'],
  properties: {
    name: {
      ...text(DNS_LABEL),
      description:
        'Name of the port, unique within the service. Default: the protocol, or `p<port>` if an earlier port has that name.',
      examples: ['http', 'metrics'],
    },
    port: {
      ...port,
      description: 'Port that clients use. HTTP ports are shared by all services, told apart by host.',
      examples: [80, 5432],
    },
    targetPort: {
      ...port,
      description: 'Port that the container listens on. Default: the same as `port`.',
      examples: [8080],
    },
    protocol: {
      type: 'string',
      enum: ['http', 'tcp'],
      description:
        'With `http` requests are routed by host; a `tcp` port has a listener of its own and can’t be port 80.',
      default: DEFAULTS.protocol,
      examples: ['http', 'tcp'],
    },
  },
}
