import { fileURLToPath } from 'node:url'

export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
export const CACHE = `${REPOSITORY}.cache/images`
export const LOGS = `${REPOSITORY}.cache/logs`

/** Folder of a recipe's Dockerfile. */
export function recipeFolder(folder: string): string {
  return fileURLToPath(new URL(folder, import.meta.url))
}
