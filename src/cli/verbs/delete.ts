import { connectDocker } from '../../docker/docker.ts'
import { asServiceKey, serviceKey } from '../../model/names.ts'
import { UserError } from '../exit.ts'
import { removeSpecs } from '../spec-files/config-versions.ts'
import { readSpecFiles } from '../spec-files/read.ts'

export interface DeleteOptions {
  readonly filename?: readonly string[]
  /** Of names that have none. */
  readonly namespace: string
}

/**
 * `shoal delete`. Throws UserError if nothing is named, or something that `shoal apply` never made.
 */
export async function deleteServices(
  names: readonly string[],
  { filename = [], namespace }: DeleteOptions,
): Promise<void> {
  const documents = await readSpecFiles(filename)
  const named = names.map((name) => asServiceKey(name) ?? serviceKey({ namespace, name }))
  const keys = [...documents.map(({ spec }) => serviceKey(spec)), ...named]
  if (keys.length === 0) throw new UserError('nothing to delete: name services, or files with -f')
  for (const line of await removeSpecs(await connectDocker(), keys)) console.log(line)
}
