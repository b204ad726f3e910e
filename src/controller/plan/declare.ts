import { duplicateKey, namespaceOfStack, serviceKey } from '../../model/names.ts'
import type { ServiceKey } from '../../model/service.ts'
import type { SpecText, ClusterSnapshot } from '../../model/cluster.ts'
import { formatSpecError } from '../../spec/messages/errors.ts'
import { parseSpec } from '../../spec/parse.ts'
import type { ParsedSpec } from '../../spec/parse.ts'
import { inForceFrom } from './declaration.ts'
import type { Declaration, Known, Problem } from './declaration.ts'
import { declaredByServices } from './declare-services.ts'
import { byAge, byText, byTime } from '../../lib/order.ts'
import { once } from '../../lib/once.ts'
import { holderOf, sourceText } from '../../model/source.ts'
import type { Source } from '../../model/source.ts'

/** Set by `shoal apply`: when the first version of this spec was applied. */
export const CREATED_LABEL = 'shoal.dev/created-at'

/**
 * Reads every spec of a snapshot. Where the newest version is bad the last good one stays in force: the one in
 * `known`, else the one that Swarm itself remembers from before the last update. Where two places declare one
 * service, a config wins over what a Swarm service says of itself; among equals the older wins. A spec that was never
 * good takes nothing from one that is.
 */
export function declare(snapshot: ClusterSnapshot, known: Known, mesh: string): Declaration[] {
  const declarations = new Map(readConfigs(snapshot.specs, known).map((each) => [each.key, each]))
  const configured = new Set(declarations.keys())
  for (const declaration of declaredByServices(snapshot, known, mesh)) {
    const holder = declarations.get(declaration.key)
    if (holder === undefined) declarations.set(declaration.key, declaration)
    else if (!configured.has(holder.key)) {
      const [winner, loser] = holder.spec === null ? [declaration, holder] : [holder, declaration]
      const renamed = duplicate(loser, winner)
      declarations.set(winner.key, winner).set(renamed.key, renamed)
    } else if (holder.spec === null) {
      const { key, source, problems } = holder
      declarations.set(key, { ...declaration, source, problems })
    }
  }
  return [...declarations.values()].map((each) => fallBack(each, known)).toSorted(byAge)
}

/** Whatever was in force under the key: good for a declaration with nothing of its own. */
function fallBack(declaration: Declaration, known: Known): Declaration {
  const policy = known.get(declaration.key)
  if (declaration.spec !== null || policy === undefined) return declaration
  return { ...declaration, spec: policy.spec, specSource: policy.source, createdAt: policy.createdAt }
}

interface Version {
  readonly key: ServiceKey
  readonly parsed: ParsedSpec
  /** Name of its config. */
  readonly name: string
  readonly source: Source
  /** ISO 8601: when the first version was applied. */
  readonly createdAt: string
  /** ISO 8601: when this version was made. */
  readonly made: string
}

/** Configs are immutable: a new version is another config. */
function readConfigs(configs: readonly SpecText[], known: Known): Declaration[] {
  const versions = configs.map((config) => ofConfig(config, known))
  const listed = new Set(versions.map(({ name }) => name))
  const newestFirst = versions.toSorted((a, b) => byTime(b.made, a.made) || byText(a.name, b.name))
  return [...Map.groupBy(newestFirst, ({ key }) => key).values()].flatMap((ofKey) =>
    newestVersion(ofKey, listed, known),
  )
}

/** While anything moves, a plan is made five times a second: a spec is parsed once for each version of its config. */
const parsedConfig = once(({ name, group, text }: SpecText) =>
  parseSpec(text, { source: sourceText({ kind: 'config', name }), stack: group, service: null }),
)

function ofConfig(config: SpecText, known: Known): Version {
  const { group: stack } = config
  const source: Source = { kind: 'config', name: config.name }
  const parsed = parsedConfig(config)
  const base = {
    name: config.name,
    source,
    parsed,
    createdAt: config.labels[CREATED_LABEL] ?? config.createdAt,
    made: config.createdAt,
  }
  if (parsed.ok) return { ...base, key: serviceKey(parsed.spec) }
  const before = parsed.name === null ? inForceFrom(source, known) : undefined
  const namespace = parsed.namespace ?? namespaceOfStack(stack)
  return { ...base, key: before?.key ?? serviceKey({ namespace, name: parsed.name ?? config.name }) }
}

/**
 * The newest version counts. If it is bad the newest good one does, or what is in force if that came from a config
 * that is no longer listed: it has replaced those that are.
 */
function newestVersion(
  newestFirst: readonly Version[],
  listed: ReadonlySet<string>,
  known: Known,
): Declaration[] {
  const [newest] = newestFirst
  if (newest === undefined) return []
  const { key, source, parsed } = newest
  const policy = known.get(key)
  const ages = [...newestFirst, ...(policy === undefined ? [] : [policy])].map(({ createdAt }) => createdAt)
  const base = { key, source, earlier: null, createdAt: ages.toSorted(byTime)[0] ?? newest.createdAt }
  if (parsed.ok) return [{ ...base, spec: parsed.spec, specSource: source, problems: [] }]
  const problems = [invalid(parsed)]
  const replaced = policy?.source.kind === 'config' && !listed.has(policy.source.name)
  if (policy !== undefined && replaced) {
    return [{ ...base, spec: policy.spec, specSource: policy.source, problems }]
  }
  const good = newestFirst.find((version) => version.parsed.ok)
  const spec = good?.parsed.ok === true ? good.parsed.spec : null
  return [{ ...base, spec, specSource: good?.source ?? source, problems }]
}

/** The one of two that declare the same service which does not get it. */
function duplicate(loser: Declaration, winner: Declaration): Declaration {
  const key = duplicateKey(loser.key, holderOf(loser.source))
  if (loser.spec === null) return { ...loser, key }
  const message = `${loser.key} is declared already by ${sourceText(winner.source)}, which is older and keeps the name; give this one another name or namespace`
  return { ...loser, key, spec: null, problems: [{ reason: 'NameConflict', message }] }
}

function invalid(parsed: ParsedSpec): Problem {
  const messages = parsed.ok ? [] : parsed.errors.map(formatSpecError)
  return { reason: 'InvalidSpec', message: messages.join('; ') }
}
