/** Questions to an engine about the images that it has. */
import { docker } from '../dev/docker.ts'
import { INPUTS_LABEL } from './inputs.ts'

export interface FoundImage {
  readonly id: string
  /** What its inputs were, if it was built here; undefined for an image that was pulled. */
  readonly inputs: string | undefined
  /** The same for the same image on every engine; an ID is not, as it depends on how an engine stores images. */
  readonly identity: string
}

/** The image of that name, or undefined if the engine has none. Throws when the engine can't be asked. */
export async function findImage(name: string, host?: string): Promise<FoundImage | undefined> {
  const format = `{{json .Config.Labels}}\t{{.Created}} {{json .RootFS.Layers}}\t{{.Id}}`
  try {
    const output = await docker(['image', 'inspect', '--format', format, name], onHost(host))
    const [labels = 'null', identity = '', id = ''] = output.trim().split('\t')
    return { inputs: readLabel(labels), identity, id }
  } catch (error) {
    if (error instanceof Error && /no such image/i.test(error.message)) return undefined
    throw error
  }
}

function readLabel(labels: string): string | undefined {
  const parsed: unknown = JSON.parse(labels)
  if (typeof parsed !== 'object' || parsed === null) return undefined
  const inputs = new Map<string, unknown>(Object.entries(parsed)).get(INPUTS_LABEL)
  return typeof inputs === 'string' ? inputs : undefined
}

/** The engine's processor architecture in Go's words: `amd64`, `arm64`. */
export async function engineArchitecture(): Promise<string> {
  return (await docker(['version', '--format', '{{.Server.Arch}}'], { timeoutMs: 30_000 })).trim()
}

/** Removes an image that a newer build took the place of, unless a container or another name still needs it. */
export async function forgetImage(id: string): Promise<void> {
  await docker(['image', 'rm', id]).catch(() => {})
}

function onHost(host: string | undefined): { readonly host?: string; readonly timeoutMs: number } {
  return { timeoutMs: 60_000, ...(host === undefined ? {} : { host }) }
}
