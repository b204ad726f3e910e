/** The images: what each is called, where its Dockerfile is, and what can be pulled instead. */
import type { Log } from './progress.ts'
import { addShoalContext, SHOAL_INPUTS } from './shoal-context.ts'

/** The base of all images that are built here. */
export const BASE = 'debian:forky-slim'

/** Settings that name images in `swarm/stack.yml`, manifests and tests, and what each names when nothing else is said. */
export const DEFAULT_NAMES = {
  SHOAL_IMAGE: 'shoal:dev',
  SHOAL_CONSUL_IMAGE: 'hashicorp/consul:1.22',
  SHOAL_HAPROXY_IMAGE: 'haproxy:3.2',
  SHOAL_DNS_IMAGE: 'shoal-dns:dev',
  SHOAL_HELLO_IMAGE: 'shoal-hello:dev',
  SHOAL_NODE_IMAGE: 'shoal-node:dev',
  SHOAL_TOOLBOX_GLIBC_IMAGE: 'shoal-toolbox-glibc:dev',
  SHOAL_TOOLBOX_MUSL_IMAGE: 'shoal-toolbox-musl:dev',
}

export type Setting = keyof typeof DEFAULT_NAMES

/**
 * What `npm start` needs: the stack, the nodes, the demo app, and the client of the tour (docs/tour.md).
 * The other client is for tests alone, and takes longer to build than all but Consul and CoreDNS.
 */
export const DEMO_IMAGES: readonly Setting[] = [
  'SHOAL_IMAGE',
  'SHOAL_CONSUL_IMAGE',
  'SHOAL_HAPROXY_IMAGE',
  'SHOAL_DNS_IMAGE',
  'SHOAL_HELLO_IMAGE',
  'SHOAL_NODE_IMAGE',
  'SHOAL_TOOLBOX_GLIBC_IMAGE',
]

/** A name for each setting. */
export type ImageNames = Readonly<Record<Setting, string>>

export interface Recipe {
  /** What the image is called. */
  readonly name: string
  /** Folder with the Dockerfile, from the repository's root. */
  readonly folder: string
  /**
   * Official image that is used where it can be pulled: as it is when it's the one that the setting names, else as the base of
   * `Dockerfile.pulled`.
   */
  readonly official?: string
  /** Compiled with Go, which takes minutes and needs this machine's certificate authorities. */
  readonly go?: true
  /** What goes into the build beside the folder. */
  readonly context?: {
    /** Files and folders that it is made from. */
    readonly inputs: readonly string[]
    /** Puts it into the folder of a build context. */
    readonly add: (folder: string, log: Log) => Promise<void>
  }
}

export interface StackRecipe extends Omit<Recipe, 'name'> {
  readonly setting: Setting
}

/** Slowest first: two are built at a time. */
export const RECIPES: readonly StackRecipe[] = [
  {
    setting: 'SHOAL_CONSUL_IMAGE',
    folder: 'swarm/images/consul',
    official: 'hashicorp/consul:1.22',
    go: true,
  },
  { setting: 'SHOAL_NODE_IMAGE', folder: 'swarm/images/node', official: 'docker:28-dind' },
  {
    setting: 'SHOAL_IMAGE',
    folder: 'swarm/images/shoal',
    context: { inputs: SHOAL_INPUTS, add: addShoalContext },
  },
  { setting: 'SHOAL_HAPROXY_IMAGE', folder: 'swarm/images/haproxy', official: 'haproxy:3.2' },
  { setting: 'SHOAL_HELLO_IMAGE', folder: 'swarm/images/hello' },
  { setting: 'SHOAL_TOOLBOX_GLIBC_IMAGE', folder: 'swarm/images/toolbox-glibc' },
  { setting: 'SHOAL_TOOLBOX_MUSL_IMAGE', folder: 'swarm/images/toolbox-musl', official: 'busybox:musl' },
  { setting: 'SHOAL_DNS_IMAGE', folder: 'swarm/images/dns', go: true },
]
