import type { SpecText } from '../model/cluster.ts'
import { SERVICE_KIND } from '../model/spec-format.ts'
import type { ConfigAnswer } from './answers.ts'
import { call, DockerError } from './call.ts'
import type { Docker } from './docker.ts'
import { toSpecText } from './narrow.ts'

const KIND_LABEL = 'shoal.dev/kind'
/** As a filter for Docker's list of configs. */
export const SPEC_KIND = `${KIND_LABEL}=${SERVICE_KIND}`

export interface NewSpecConfig {
  /** Docker refuses a name that is taken (status 409): a config never changes. */
  readonly name: string
  /** The label that marks a spec is added. */
  readonly labels: Readonly<Record<string, string>>
  /** YAML, at most 500 KB. */
  readonly text: string
}

/** All Docker configs that hold a spec. Rejects with DockerError. */
export async function listSpecConfigs({ api, address }: Docker): Promise<readonly SpecText[]> {
  const filters = { label: [SPEC_KIND] }
  const configs = await call(address, 'listing configs', (): Promise<ConfigAnswer[]> =>
    api.listConfigs({ filters }),
  )
  return configs.map(toSpecText)
}

/** Gives the new config's ID. Rejects with DockerError. */
export async function createSpecConfig(
  { api, address }: Docker,
  { name, labels, text }: NewSpecConfig,
): Promise<string> {
  const config = {
    Name: name,
    Labels: { ...labels, [KIND_LABEL]: SERVICE_KIND },
    Data: Buffer.from(text).toString('base64'),
  }
  const created = await call(address, `creating config ${name}`, (): Promise<{ readonly id: string }> =>
    api.createConfig(config),
  )
  return created.id
}

/**
 * One that is gone already is fine. Rejects with DockerError, for example while a service uses the
 * config.
 */
export async function removeConfig({ api, address }: Docker, id: string): Promise<void> {
  try {
    await call(address, `removing config ${id}`, () => api.getConfig(id).remove())
  } catch (error) {
    if (!(error instanceof DockerError && error.status === 404)) throw error
  }
}
