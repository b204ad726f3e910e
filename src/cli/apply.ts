import { createHash } from 'node:crypto'
import { serviceKey } from '../model/names.ts'
import type { ServiceKey } from '../model/service.ts'
import type { SpecConfig } from '../model/swarm.ts'
import { CREATED_LABEL } from '../plan/declare.ts'
import { createSpecConfig, listSpecConfigs, removeConfig } from '../swarm/configs.ts'
import type { Docker } from '../swarm/docker.ts'
import type { SpecDocument } from './files.ts'
import { UserError } from './output.ts'

/** Labels of the configs that `shoal apply` makes: which service a version belongs to. */
const KEY_LABEL = 'shoal.dev/service'

/** Makes the newest version of each spec a Docker config, then removes the older versions. Returns a line for each. */
export async function apply(
  docker: Docker,
  documents: readonly SpecDocument[],
  now: Date,
): Promise<string[]> {
  const lines: string[] = []
  for (const document of documents) {
    const key = serviceKey(document.spec)
    const versions = (await listSpecConfigs(docker)).filter((config) => config.labels[KEY_LABEL] === key)
    const newest = versions.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))[0]
    if (newest?.text === document.text) {
      lines.push(`service ${key} unchanged`)
      continue
    }
    const created = versions.map(creation).toSorted()[0] ?? now.toISOString()
    const labels = { [KEY_LABEL]: key, [CREATED_LABEL]: created }
    await createSpecConfig(docker, { name: configName(key, document.text, now), labels, text: document.text })
    for (const version of versions) await removeConfig(docker, version.id)
    lines.push(`service ${key} ${newest === undefined ? 'created' : 'configured'}`)
  }
  return lines
}

/** Removes the configs of these services. Throws UserError for one that `shoal apply` never made. */
export async function remove(docker: Docker, keys: readonly ServiceKey[]): Promise<string[]> {
  const configs = await listSpecConfigs(docker)
  const lines: string[] = []
  for (const key of keys) {
    const versions = configs.filter((config) => config.labels[KEY_LABEL] === key)
    if (versions.length === 0)
      throw new UserError(
        `service ${key}: not made by shoal apply; a spec in a stack file goes with its stack, see shoal get services -o yaml for its source`,
      )
    for (const version of versions) await removeConfig(docker, version.id)
    lines.push(`service ${key} deleted`)
  }
  return lines
}

function creation(config: SpecConfig): string {
  return config.labels[CREATED_LABEL] ?? config.createdAt
}

/** Configs can't change, so each version has a name of its own; Docker allows 64 characters. */
function configName(key: ServiceKey, text: string, now: Date): string {
  const hash = createHash('sha256').update(text).update(now.toISOString()).digest('hex').slice(0, 8)
  return `shoal.${key.replace('/', '.').slice(0, 48)}.${hash}`
}
