import { createHash } from 'node:crypto'
import { serviceKey } from '../../model/names.ts'
import type { ServiceKey } from '../../model/service.ts'
import type { SpecText } from '../../model/cluster.ts'
import { CREATED_LABEL } from '../../controller/plan/declare.ts'
import { plainText } from './read.ts'
import type { SpecDocument } from './read.ts'
import { by, byTime } from '../../lib/order.ts'

/** Label of the configs that `shoal apply` makes: which service a version belongs to. */
const KEY_LABEL = 'shoal.dev/service'

/** What applying one document does to the configs. */
export interface ApplyChange {
  readonly key: ServiceKey
  readonly action: 'created' | 'configured' | 'unchanged'
  /** Null when the newest version is the same text. */
  readonly create: Pick<SpecText, 'name' | 'labels' | 'text'> | null
  /** The versions that it replaces. */
  readonly remove: readonly SpecText[]
}

/** The configs that `shoal apply` has made of a service. */
export function versionsOf(configs: readonly SpecText[], key: ServiceKey): readonly SpecText[] {
  return configs.filter((config) => config.labels[KEY_LABEL] === key)
}

/** The change that makes a document the newest version of its service. Ages are kept: the older of two keeps a host. */
export function applyChange(
  configs: readonly SpecText[],
  { spec, text }: Pick<SpecDocument, 'spec' | 'text'>,
  now: Date,
): ApplyChange {
  const key = serviceKey(spec)
  const versions = versionsOf(configs, key)
  const newest = versions.toSorted(by(({ createdAt }) => createdAt, byTime)).at(-1)
  if (newest !== undefined && plainText(newest.text) === plainText(text))
    return { key, action: 'unchanged', create: null, remove: [] }
  const created = versions.map(creation).toSorted(byTime)[0] ?? now.toISOString()
  return {
    key,
    action: newest === undefined ? 'created' : 'configured',
    create: {
      name: configName(key, text, now),
      labels: { [KEY_LABEL]: key, [CREATED_LABEL]: created },
      text,
    },
    remove: versions,
  }
}

/** The configs as they will be after a change. */
export function afterChange(
  configs: readonly SpecText[],
  { create, remove }: ApplyChange,
  now: Date,
): readonly SpecText[] {
  const kept = configs.filter((config) => !remove.includes(config))
  return create === null ? kept : [...kept, { ...create, id: create.name, createdAt: now.toISOString() }]
}

function creation(config: SpecText): string {
  return config.labels[CREATED_LABEL] ?? config.createdAt
}

/** Configs can't change, so each version has a name of its own; Docker allows 64 characters. */
function configName(key: ServiceKey, text: string, now: Date): string {
  const hash = createHash('sha256').update(text).update(now.toISOString()).digest('hex').slice(0, 8)
  return `shoal.${key.replace('/', '.').slice(0, 48)}.${hash}`
}
