import { SERVICE } from './service/index.ts'

/** Every kind of document that Shoal reads, by its name. */
export const KINDS: ReadonlyMap<string, typeof SERVICE> = new Map([[SERVICE.kind, SERVICE]])
