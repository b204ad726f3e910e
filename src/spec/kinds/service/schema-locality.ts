import { DEFAULTS } from './defaults.ts'
import { object } from '../../json-schema.ts'
import type { SchemaNode } from '../../json-schema.ts'

export const LOCALITY: SchemaNode = {
  ...object,
  description: 'How much a node prefers its own tasks, then those of its zone.',
  default: { mode: DEFAULTS.mode, headroom: DEFAULTS.headroom },
  examples: [{ mode: 'prefer', headroom: 1.2 }, { mode: 'strict' }],
  properties: {
    mode: {
      type: 'string',
      enum: ['prefer', 'strict', 'off'],
      description:
        '`prefer`: the nearest as far as their capacity goes. `strict`: others only when no near task is healthy. `off`: all alike.',
      default: DEFAULTS.mode,
      examples: ['prefer', 'strict', 'off'],
    },
    headroom: {
      type: 'number',
      minimum: 1,
      maximum: 1000,
      description:
        'With `prefer`: how many times its fair share of the traffic a task may get for being near.',
      default: DEFAULTS.headroom,
      examples: [1.2, 2],
    },
  },
}
