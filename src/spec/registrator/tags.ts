/** What the tags of registrator and of a HAProxy that was fed from them mean: domains, more hosts, or nothing but tags. */
import { fits, NAMESPACE } from '../messages/string-forms.ts'

export interface Tags {
  /** All of them, as Consul gets them. */
  readonly tags: readonly string[]
  /** Plain tags that have the form of a namespace, lower case. */
  readonly domains: readonly string[]
  /** Hosts of `server_alias=` and `server_aliases=`, lower case. */
  readonly aliases: readonly string[]
}

const ALIASES = /^server_alias(es)?=(.*)$/is

/**
 * Reads the value of SERVICE_TAGS. A comma ends a tag unless a backslash is before it; so `server_aliases=a,b` is two
 * tags, and plain tags that follow `server_aliases=` are taken for more of its hosts.
 */
export function readTags(value: string): Tags {
  const tags = new Set(split(value))
  const domains = new Set<string>()
  const aliases = new Set<string>()
  let listing = false
  for (const tag of tags) {
    const [, plural, hosts] = ALIASES.exec(tag) ?? []
    const plain = tag.toLowerCase()
    if (hosts !== undefined) for (const host of hostsOf(hosts)) aliases.add(host)
    else if (fits(NAMESPACE, plain)) (listing ? aliases : domains).add(plain)
    listing = hosts === undefined ? listing && !tag.includes('=') : plural !== undefined
  }
  return { tags: [...tags], domains: [...domains], aliases: [...aliases] }
}

function split(value: string): string[] {
  const tags = value.match(/(?:\\,|[^,])+/gs) ?? []
  return tags.map((tag) => tag.replaceAll('\\,', ',').trim()).filter((tag) => tag !== '')
}

function hostsOf(list: string): string[] {
  return list
    .toLowerCase()
    .split(/[\s,;|]+/)
    .filter((host) => host !== '')
}
