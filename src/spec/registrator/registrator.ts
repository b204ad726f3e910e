/**
 * From SERVICE_* variables, as registrator reads them, to checked services: one for each port. They are made the same
 * document that a person would write as YAML, and cross the same border. Pure, and throws on no input.
 */
import { dnsLabel, namespaceOfStack, serviceKey } from '../../model/names.ts'
import type { ServiceSpec } from '../../model/service.ts'
import type { ServiceDescription, Workload } from '../../model/cluster.ts'
import { readAs } from '../kinds/read.ts'
import { SERVICE } from '../kinds/service/index.ts'
import type { ManifestHealth } from '../kinds/service/manifest.ts'
import type { Path } from '../path.ts'
import { quoted } from '../messages/phrases.ts'
import { API_VERSION } from '../../model/spec-format.ts'
import { DNS_LABEL, fits, NAMESPACE } from '../messages/string-forms.ts'
import { readCheck } from './check.ts'
import { readTags } from './tags.ts'
import { readVariables } from './variables.ts'
import type { Lookup, Variable, Variables } from './variables.ts'
import type { Source } from '../../model/source.ts'

/** A service that the variables of one port make. */
export type VariableSpec =
  | { readonly ok: true; readonly port: number; readonly source: Source; readonly spec: ServiceSpec }
  | {
      readonly ok: false
      readonly port: number
      readonly source: Source
      /** Each says which variable it is about, what was found and what would be right. At least one. */
      readonly errors: readonly string[]
      /** Under which it is told of. */
      readonly name: string
      readonly namespace: string
    }

/** The Swarm service that the variables belong to. */
type Owner = Pick<Workload, 'name' | 'group' | 'nameInGroup'>

interface Named {
  readonly name: string
  readonly namespace?: string
}

/** Where nothing says which port it is. */
const DEFAULT_PORT = 80

/**
 * The services that a Swarm service's variables declare: none without SERVICE_NAME, SERVICE_TAGS or SERVICE_CHECK_…,
 * else one for each port that variables name or that is published.
 */
export function specsOfVariables(description: ServiceDescription, owner: Owner): VariableSpec[] {
  const variables = readVariables(description)
  if (!variables.declare) return []
  const named = new Set([...variables.ports, ...description.publishedPorts])
  const ports = named.size === 0 ? [DEFAULT_PORT] : [...named].toSorted((a, b) => a - b)
  const taken = new Map<string, number>()
  return ports
    .filter((port) => variables.of(port, 'IGNORE') === null)
    .map((port) => {
      const read = specOfPort(port, ports.length > 1, variables, owner)
      if (!read.ok) return read
      const first = taken.get(serviceKey(read.spec))
      if (first !== undefined) return namesake(read, first, variables, owner)
      taken.set(serviceKey(read.spec), port)
      return read
    })
}

function specOfPort(port: number, isOneOfMany: boolean, variables: Variables, owner: Owner): VariableSpec {
  const of = (name: string) => variables.of(port, name)
  const source: Source = { kind: 'variables', service: owner.name, port: isOneOfMany ? port : null }
  const suffix = isOneOfMany ? `-${port}` : ''
  const named = readName(of('NAME'), owner, suffix)
  const { health, errors: unsupported } = readCheck(of)
  const document = documentOf(port, named, health, of)
  const checked = readAs(SERVICE, document, { stack: owner.group, service: owner.name })
  if (checked.ok && unsupported.length === 0) return { ok: true, port, source, spec: checked.spec }
  const violations = checked.ok ? [] : checked.violations
  const errors = [
    ...unsupported.map(({ variable, message }) => explain(variable, message, owner)),
    ...violations.map(({ path, message }) => explain(variableAt(path, of), message, owner)),
  ]
  const { name, namespace = '' } = document.metadata
  return {
    ok: false,
    port,
    source,
    errors,
    name: fits(DNS_LABEL, name) ? name : `${defaultName(owner)}${suffix}`,
    namespace: fits(NAMESPACE, namespace) ? namespace : namespaceOfStack(owner.group),
  }
}

/** What a person would write as YAML. Each domain makes a host, as the namespace does. */
function documentOf(port: number, { name, namespace }: Named, health: ManifestHealth, of: Lookup) {
  const { tags, domains, aliases } = readTags(of('TAGS')?.value ?? '')
  const hosts = fits(DNS_LABEL, name) ? domains.map((domain) => `${name}.${domain}`) : []
  const own = namespace ?? domains[0]
  return {
    apiVersion: API_VERSION,
    kind: SERVICE.kind,
    metadata: { name, ...(own === undefined ? {} : { namespace: own }) },
    spec: {
      ports: [{ port, protocol: of('PROTOCOL')?.value.toLowerCase() ?? 'http' }],
      aliases: [...new Set([...hosts, ...aliases])],
      tags,
      health,
    },
  }
}

/** Before the first dot is the name, after it the namespace. `suffix` tells ports apart that have no name of their own. */
function readName(variable: Variable | null, owner: Owner, suffix: string): Named {
  if (variable === null) return { name: `${defaultName(owner)}${suffix}` }
  const text = variable.value.trim().toLowerCase()
  const dot = text.indexOf('.')
  const name = `${dot === -1 ? text : text.slice(0, dot)}${variable.ofPort ? '' : suffix}`
  return dot === -1 ? { name } : { name, namespace: text.slice(dot + 1) }
}

function defaultName(owner: Owner): string {
  return dnsLabel(owner.nameInGroup)
}

/** Two ports can't be one service: registrator mixed them. */
function namesake(
  { port, source, spec: { name, namespace } }: Extract<VariableSpec, { ok: true }>,
  first: number,
  variables: Variables,
  owner: Owner,
): VariableSpec {
  const message = `found ${quoted(name)} for port ${port}, which is the name of port ${first} already; expected SERVICE_${port}_NAME to give it another`
  const errors = [explain(variables.of(port, 'NAME'), message, owner)]
  return { ok: false, port, source, errors, name: `${name}-${port}`, namespace }
}

function explain(variable: Variable | null, message: string, { name }: Owner): string {
  return `${variable === null ? `service ${name} without SERVICE_NAME` : `${variable.origin} of service ${name}`}: ${message}`
}

/** Variables by the field of `health` that they give. */
const CHECK_VARIABLES: ReadonlyMap<unknown, string> = new Map([
  ['interval', 'CHECK_INTERVAL'],
  ['timeout', 'CHECK_TIMEOUT'],
])

/** The variable that gave the document its value at a path. */
function variableAt([top, field, part, ...rest]: Path, of: Lookup): Variable | null {
  const name = of('NAME')
  if (top === 'metadata') {
    const isOfName = field !== 'namespace' || name?.value.includes('.') === true
    return isOfName ? name : of('TAGS')
  }
  if (field === 'health') return of(CHECK_VARIABLES.get(part) ?? 'CHECK_HTTP')
  if (field === 'ports' && rest.includes('protocol')) return of('PROTOCOL')
  return field === 'ports' ? (of('PROTOCOL') ?? name) : of('TAGS')
}
