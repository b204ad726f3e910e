/** The Docker configs that `shoal apply` makes: each version of a spec is one. */
import { createHash } from 'node:crypto'
import { CREATED_LABEL } from '../../controller/plan/declare.ts'
import { createSpecConfig, listSpecConfigs, removeConfig } from '../../docker/configs.ts'
import type { Docker } from '../../docker/docker.ts'
import { serviceKey } from '../../model/names.ts'
import type { ServiceKey } from '../../model/service.ts'
import type { SpecText } from '../../model/cluster.ts'
import { UserError } from '../exit.ts'
import { plainText } from './read.ts'
import type { SpecDocument } from './read.ts'
import { byTime, by } from '../../lib/order.ts'

/** Label of the configs that `shoal apply` makes: which service a version belongs to. */
const KEY_LABEL = 'shoal.dev/service'

/** What applying one document does to the configs. */
export interface ApplyChange {
  readonly key: ServiceKey
  readonly action: 'created' | 'configured' | 'unchanged'
  /** Name of the config that holds the newest version. */
  readonly config: string
  /** Null when the newest version is the same text. */
  readonly create: Pick<SpecText, 'name' | 'labels' | 'text'> | null
  /** The versions that it replaces. */
  readonly remove: readonly SpecText[]
}

/** The configs that `shoal apply` has made of a service. */
function versionsOf(configs: readonly SpecText[], key: ServiceKey): readonly SpecText[] {
  return configs.filter((config) => config.labels[KEY_LABEL] === key)
}

/**
 * The change that makes a document the newest version of its service. Ages are kept: the older of
 * two keeps a host.
 */
export function applyChange(
  configs: readonly SpecText[],
  { spec, text }: Pick<SpecDocument, 'spec' | 'text'>,
  now: Date,
): ApplyChange {
  const key = serviceKey(spec)
  const versions = versionsOf(configs, key)
  const newest = versions.toSorted(by(({ createdAt }) => createdAt, byTime)).at(-1)
  if (newest !== undefined && plainText(newest.text) === plainText(text)) {
    return { key, action: 'unchanged', config: newest.name, create: null, remove: [] }
  }
  const name = configName(key, text, now)
  const created = versions.map(creation).toSorted(byTime)[0] ?? now.toISOString()
  return {
    key,
    action: newest === undefined ? 'created' : 'configured',
    config: name,
    create: {
      name,
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
  return create === null
    ? kept
    : [...kept, { ...create, id: create.name, group: null, createdAt: now.toISOString() }]
}

/** Makes the newest version of each spec a Docker config, then removes the older versions. */
export async function applySpecs(
  docker: Docker,
  documents: readonly SpecDocument[],
  now: Date,
): Promise<ApplyChange[]> {
  const changes: ApplyChange[] = []
  for (const document of documents) {
    const change = applyChange(await listSpecConfigs(docker), document, now)
    if (change.create !== null) await createSpecConfig(docker, change.create)
    for (const version of change.remove) await removeConfig(docker, version.id)
    changes.push(change)
  }
  return changes
}

/**
 * Removes the configs of these services. Throws UserError for one that `shoal apply` never made.
 */
export async function removeSpecs(docker: Docker, keys: readonly ServiceKey[]): Promise<string[]> {
  const configs = await listSpecConfigs(docker)
  const lines: string[] = []
  for (const key of keys) {
    const versions = versionsOf(configs, key)
    if (versions.length === 0) {
      throw new UserError(
        `service ${key}: not made by shoal apply; a spec in a stack file goes with its stack, see shoal get services -o yaml for its source`,
      )
    }
    for (const version of versions) await removeConfig(docker, version.id)
    lines.push(`service ${key} deleted`)
  }
  return lines
}

function creation(config: SpecText): string {
  return config.labels[CREATED_LABEL] ?? config.createdAt
}

/** Configs can't change, so each version has a name of its own; Docker allows 64 characters. */
function configName(key: ServiceKey, text: string, now: Date): string {
  const hash = createHash('sha256').update(text).update(now.toISOString()).digest('hex').slice(0, 8)
  return `shoal.${key.replace('/', '.').slice(0, 48)}.${hash}`
}
