/**
 * Settings of all programs: read from the environment and checked once, when a program starts. In
 * Shoal's containers swarm/stack.yml sets the environment. What Docker's own tools read
 * (`DOCKER_HOST`, `DOCKER_CERT_PATH`) Docker's client reads by itself.
 */
import type { ControllerSettings } from './controller/state.ts'
import { deploymentOf } from './model/deployment.ts'
import { dashboardHosts, DEFAULT_DOMAIN } from './model/names.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
type LogLevel = (typeof LOG_LEVELS)[number]

/** Settings of the controller's program. */
export interface ControllerProgramSettings {
  readonly logLevel: LogLevel
  /** URL of the HTTP API of the node's Consul agent. */
  readonly consulUrl: string
  readonly controller: ControllerSettings
}

/** Settings of the node agent's program. */
export interface NodeProgramSettings {
  readonly logLevel: LogLevel
  /** URL of the HTTP API of the node's Consul agent. */
  readonly consulUrl: string
  /** The Swarm node that the program runs on. */
  readonly identity: {
    /** ID */
    readonly node: string
    /** Host name */
    readonly nodeName: string
  }
  /** Base domain of the names every service gets. */
  readonly domain: string
  /** Folder that is shared with the node's HAProxy. */
  readonly haproxyDirectory: string
  /** Folder that is shared with the node's CoreDNS. */
  readonly dnsDirectory: string
  readonly dashboards: {
    /** Whether they are asked for. */
    readonly wanted: boolean
    /** File of the Docker secret with their password. It need not exist. */
    readonly secretFile: string
  }
}

/** Settings of the command line: where it runs, and so what it can reach. */
export interface CliContext {
  /**
   * URL of Consul's HTTP API; set in Shoal's own containers, which alone can reach it, else null.
   */
  readonly consulUrl: string | null
  /** Name of Shoal's own stack. */
  readonly stack: string
  /** As the controller has them: the command judges specs by the same rules. */
  readonly settings: ControllerSettings
  /**
   * Whether another `shoal` runs this one, and closes its standard input when it has read enough.
   */
  readonly tied: boolean
}

/** Set for a command that another `shoal` runs in a controller's container. */
export const TIED = 'SHOAL_TIED'

/** The environment does not fit: the message has a line for each variable that is to be mended. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

/** Throws SettingsError. */
export function readControllerSettings(env: Environment): ControllerProgramSettings {
  return checked(env, (variables) => ({
    logLevel: logLevelOf(variables),
    consulUrl: consulUrlOf(variables) ?? LOCAL_CONSUL,
    controller: judgingOf(variables),
  }))
}

/** Throws SettingsError. */
export function readNodeSettings(env: Environment): NodeProgramSettings {
  return checked(env, (variables) => ({
    logLevel: logLevelOf(variables),
    consulUrl: consulUrlOf(variables) ?? LOCAL_CONSUL,
    identity: { node: variables.required('SHOAL_NODE_ID'), nodeName: variables.required('SHOAL_NODE_NAME') },
    domain: domainOf(variables),
    haproxyDirectory: variables.path('SHOAL_HAPROXY_DIR', '/var/lib/shoal/haproxy'),
    dnsDirectory: variables.path('SHOAL_DNS_DIR', '/var/lib/shoal/dns'),
    dashboards: {
      wanted: dashboardsOf(variables),
      secretFile: variables.path('SHOAL_DASHBOARDS_FILE', '/run/secrets/dashboards'),
    },
  }))
}

/** Throws SettingsError. */
export function readCliSettings(env: Environment): CliContext {
  return checked(env, (variables) => ({
    consulUrl: consulUrlOf(variables),
    stack: stackOf(variables),
    settings: judgingOf(variables),
    tied: variables.get(TIED) !== null,
  }))
}

/** What a value must look like. */
type Form = Pick<RegExp, 'test'>

const LOCAL_CONSUL = 'http://127.0.0.1:8500'
const HTTP_URL: Form = {
  test: (text) => URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol),
}
const STACK = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const DOMAIN = new RegExp(`^(?=.{1,200}$)${LABEL}(?:\\.${LABEL})*$`)

function logLevelOf(variables: Variables): LogLevel {
  return variables.oneOf('SHOAL_LOG_LEVEL', LOG_LEVELS, 'info')
}

function consulUrlOf(variables: Variables): string | null {
  return variables.matching('CONSUL_HTTP_ADDR', HTTP_URL, `a URL such as ${LOCAL_CONSUL}`)
}

function stackOf(variables: Variables): string {
  return variables.matching('SHOAL_STACK', STACK, 'the name of Shoal’s stack, such as shoal') ?? 'shoal'
}

function domainOf(variables: Variables): string {
  const expected = `a domain in lower case, such as ${DEFAULT_DOMAIN}`
  return variables.matching('SHOAL_DOMAIN', DOMAIN, expected) ?? DEFAULT_DOMAIN
}

function dashboardsOf(variables: Variables): boolean {
  return variables.oneOf('SHOAL_DASHBOARDS', ['on', 'off'], 'off') === 'on'
}

function judgingOf(variables: Variables): ControllerSettings {
  const domain = domainOf(variables)
  return {
    deployment: deploymentOf(stackOf(variables)),
    domain,
    ownHosts: dashboardsOf(variables) ? Object.values(dashboardHosts(domain)) : [],
  }
}

function checked<T>(env: Environment, read: (variables: Variables) => T): T {
  const variables = new Variables(env)
  const settings = read(variables)
  if (variables.problems.size > 0) throw new SettingsError([...variables.problems].join('\n'))
  return settings
}

/**
 * The environment, and what was found to be wrong with it. What is wrong reads as if it were not
 * set.
 */
class Variables {
  readonly problems = new Set<string>()
  readonly #env: Environment

  constructor(env: Environment) {
    this.#env = env
  }

  /** Null where it is not set, or empty: a stack file can't leave a variable out. */
  get(name: string): string | null {
    const value = this.#env[name] ?? ''
    return value === '' ? null : value
  }

  matching(name: string, form: Form, expected: string): string | null {
    const value = this.get(name)
    if (value === null || form.test(value)) return value
    this.problems.add(`${name} is '${value}': it must be ${expected}`)
    return null
  }

  oneOf<W extends string>(name: string, words: readonly W[], fallback: W): W {
    const form = { test: (value: string) => words.some((word) => word === value) }
    const value = this.matching(name, form, `one of ${words.join(', ')}`)
    return words.find((word) => word === value) ?? fallback
  }

  path(name: string, fallback: string): string {
    return this.matching(name, /^\//, 'an absolute path') ?? fallback
  }

  required(name: string): string {
    const value = this.get(name)
    if (value === null) this.problems.add(`${name} is not set: swarm/stack.yml sets it from the node`)
    return value ?? ''
  }
}
