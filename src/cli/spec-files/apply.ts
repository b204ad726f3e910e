import type { ServiceKey } from '../../model/service.ts'
import { createSpecConfig, listSpecConfigs, removeConfig } from '../../docker/configs.ts'
import type { Docker } from '../../docker/docker.ts'
import { applyChange, versionsOf } from './apply-change.ts'
import type { SpecDocument } from './read.ts'
import { UserError } from '../print/output.ts'

/** Makes the newest version of each spec a Docker config, then removes the older versions. Returns a line for each. */
export async function apply(
  docker: Docker,
  documents: readonly SpecDocument[],
  now: Date,
): Promise<string[]> {
  const lines: string[] = []
  for (const document of documents) {
    const {
      key,
      action,
      create,
      remove: outdated,
    } = applyChange(await listSpecConfigs(docker), document, now)
    if (create !== null) await createSpecConfig(docker, create)
    for (const version of outdated) await removeConfig(docker, version.id)
    lines.push(`service ${key} ${action}`)
  }
  return lines
}

/** Removes the configs of these services. Throws UserError for one that `shoal apply` never made. */
export async function remove(docker: Docker, keys: readonly ServiceKey[]): Promise<string[]> {
  const configs = await listSpecConfigs(docker)
  const lines: string[] = []
  for (const key of keys) {
    const versions = versionsOf(configs, key)
    if (versions.length === 0)
      throw new UserError(
        `service ${key}: not made by shoal apply; a spec in a stack file goes with its stack, see shoal get services -o yaml for its source`,
      )
    for (const version of versions) await removeConfig(docker, version.id)
    lines.push(`service ${key} deleted`)
  }
  return lines
}
