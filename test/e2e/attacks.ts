/** What a container of the mesh may try, to reach a Consul that listens on another network. */
import { readFileSync } from 'node:fs'
import { containerOf } from './world.ts'
import type { World } from './world.ts'

/** A Consul with its addresses; on the mesh and the bridge as far as the attacker shares them. */
export interface Victim {
  readonly node: number
  readonly container: string
  /** Where it listens. */
  readonly control: string
  readonly mesh?: Place
  /** On docker_gwbridge, where all containers of a node meet. */
  readonly bridge?: Place
}

export interface Place {
  readonly address: string
  readonly mac: string
}

const KNOCK = readFileSync(new URL('knock.pl', import.meta.url), 'utf8')

/** The attacker's interfaces; its own addresses are of these. */
const INTERFACES = ['mesh', 'bridge'] as const
type Interface = (typeof INTERFACES)[number]

const INTO_MESH = `
  cat >/tmp/knock.pl
  bridge=$(ip -4 route | sed -n 's/^default .* dev \\([^ ]*\\).*/\\1/p')
  mesh=$(ls /sys/class/net | grep -vx -e lo -e "$bridge")
  own() { ip -o -4 addr show "$1" | sed 's/.* inet \\([^/]*\\).*/\\1/'; }`

/**
 * Attacks from the mesh, on a node; resolves to Consul's answers, as `<attack> <protocol>/<port>`.
 * `routers` are addresses on the bridge of containers that are on Consul's network too.
 */
export async function attack(
  target: World,
  node: number,
  victim: Victim,
  routers: readonly string[],
): Promise<string[]> {
  const inMesh = (options: readonly string[], script: string) =>
    knock(target, node, ['--network', 'shoal_mesh', '--cap-drop', 'ALL', ...options], INTO_MESH + script)
  const answers = await Promise.all([
    inMesh(['--user', '65534'], socketAttacks(victim)),
    inMesh(['--cap-add', 'NET_RAW'], frameAttacks(victim)),
    inMesh(['--cap-add', 'NET_ADMIN'], routeAttacks(victim, routers)),
  ])
  return answers.flat()
}

/** What a Consul answers without any trick, where `options` of `docker run` put a container. */
export async function askFrom(
  target: World,
  node: number,
  options: readonly string[],
  address: string,
): Promise<string[]> {
  const answers = await knock(target, node, options, `cat >/tmp/knock.pl; ${sockets(`plain - - ${address}`)}`)
  return answers.map((answer) => answer.replace('plain ', '')).toSorted()
}

async function knock(
  { cluster, settings }: World,
  node: number,
  options: readonly string[],
  script: string,
): Promise<string[]> {
  const image = settings['SHOAL_TOOLBOX_GLIBC_IMAGE'] ?? ''
  const run = ['run', '--rm', '--interactive', ...options, image, 'sh', '-euc', script]
  const output = await cluster.docker(node, run, { input: KNOCK, timeoutMs: 120_000 })
  return output.split('\n').filter((line) => line !== '')
}

/** Without any right: sockets tied to an interface and an address ask for any other there. */
function socketAttacks(victim: Victim): string {
  const asks = destinations(victim).flatMap(([to, address]) => [
    `${to}-plain - - ${address}`,
    ...fromBoth((by, from) => `${to}-tied-on-${by}-from-${from} $${by} $(own $${from}) ${address}`),
  ])
  return `\n${sockets(...asks)}`
}

/** With NET_RAW, which Docker gives by itself: frames for Consul's interface and any address. */
function frameAttacks(victim: Victim): string {
  const frames = destinations(victim).flatMap(([to, address]) =>
    fromBoth((by, from) => {
      const mac = victim[by]?.mac
      const name = `${to}-frame-on-${by}-from-${from}`
      return mac === undefined ? '' : `${name} $${by} ${mac} $(own $${from}) ${address}`
    }),
  )
  return `\nperl /tmp/knock.pl frames ${frames.join(' ')}`
}

/** With NET_ADMIN: own routes, by way of Consul itself or of a container that is on its network. */
function routeAttacks(victim: Victim, routers: readonly string[]): string {
  const ways = [
    ...INTERFACES.map((by) => ['link', by, ''] as const),
    ...INTERFACES.map((by) => ['consul', by, victim[by]?.address] as const),
    ...routers.map((router) => ['neighbour', 'bridge', router] as const),
  ]
  const tries = destinations(victim).flatMap(([to, address]) =>
    ways.map(([through, by, via]) => {
      if (via === undefined || via === address) return ''
      const asks = INTERFACES.map(
        (from) => `${to}-${through}-on-${by}-from-${from} - $(own $${from}) ${address}`,
      )
      return `
        ip route replace ${address} ${via === '' ? '' : `via ${via}`} dev $${by}
        ${sockets(...asks)}
        ip route del ${address}`
    }),
  )
  return tries.join('')
}

function sockets(...asks: readonly string[]): string {
  return `perl /tmp/knock.pl sockets ${asks.join(' ')}`
}

/** For each interface to send by, with each address to send from. */
function fromBoth(make: (by: Interface, from: Interface) => string): string[] {
  return INTERFACES.flatMap((by) => INTERFACES.map((from) => make(by, from)))
}

/** Names and addresses of all that is the victim's. */
function destinations({ control, mesh, bridge }: Victim): (readonly [string, string])[] {
  const named = [
    ['control', control],
    ['mesh', mesh?.address],
    ['bridge', bridge?.address],
  ] as const
  return named.flatMap(([name, address]) => (address === undefined ? [] : [[name, address] as const]))
}

/** The Consul of a Swarm service on a node. `near`: the attacker is on the same node's bridge. */
export async function victimOf(
  target: World,
  node: number,
  service: string,
  { near }: { readonly near: boolean },
): Promise<Victim> {
  const container = await containerOf(target, node, service)
  const { shoal_control, shoal_mesh } = await networksOf(target, node, container)
  return {
    node,
    container,
    control: shoal_control?.address ?? '',
    ...(shoal_mesh === undefined ? {} : { mesh: shoal_mesh }),
    ...(near ? { bridge: await onBridge(target, node, container) } : {}),
  }
}

/** Where a container is, by the names of its networks. */
export async function networksOf(
  { cluster }: World,
  node: number,
  container: string,
): Promise<Readonly<Record<string, Place>>> {
  const format = '{{json .NetworkSettings.Networks}}'
  const networks: Readonly<Record<string, { readonly IPAddress: string; readonly MacAddress: string }>> =
    JSON.parse(await cluster.docker(node, ['inspect', '--format', format, container]))
  const places = Object.entries(networks).map(
    ([name, { IPAddress, MacAddress }]) => [name, { address: IPAddress, mac: MacAddress }] as const,
  )
  return Object.fromEntries(places)
}

/** Where a container is on docker_gwbridge, of which its own description says nothing. */
export async function onBridge({ cluster }: World, node: number, container: string): Promise<Place> {
  const inspect = ['network', 'inspect', '--format', '{{json .Containers}}', 'docker_gwbridge']
  const all: Readonly<Record<string, { readonly IPv4Address: string; readonly MacAddress: string }>> =
    JSON.parse(await cluster.docker(node, inspect))
  const [, found] = Object.entries(all).find(([id]) => id.startsWith(container)) ?? []
  if (found === undefined) throw new Error(`container ${container} is not on docker_gwbridge`)
  return { address: found.IPv4Address.replace(/\/.*/, ''), mac: found.MacAddress }
}
