#!/usr/bin/env node
/**
 * Starts the `shoal` command (cli.ts) with Node's compile cache. It is JavaScript, as the cache
 * must be on before Node reads the first TypeScript: then types are removed once, not at each
 * start. The cache is the user's own, for what is in it is run as it is; a folder that can't be
 * written means no cache, and no error. `NODE_COMPILE_CACHE` names another one.
 */
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

const { NODE_COMPILE_CACHE, XDG_CACHE_HOME, HOME } = process.env
const caches = XDG_CACHE_HOME ?? (HOME ? join(HOME, '.cache') : null)
if (!NODE_COMPILE_CACHE && caches) enableCompileCache(join(caches, 'shoal'))
const { main } = await import('./cli.ts')
await main()
