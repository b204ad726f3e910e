/** The subnet through which a container reaches its node: Docker's gateway bridge, for a container on overlays alone. */
import { readFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'

/** As `172.18.0.0/16`; null where there is no default route. */
export async function gatewaySubnet(): Promise<string | null> {
  const device = defaultDevice(await readFile('/proc/net/route', 'utf8'))
  const address = (networkInterfaces()[device ?? ''] ?? []).find(({ family }) => family === 'IPv4')
  return address === undefined ? null : subnetOf(address.address, address.netmask)
}

/** The device of the default route in the text of `/proc/net/route`, whose columns are device, destination, gateway, … */
export function defaultDevice(routes: string): string | null {
  const rows = routes.split('\n').map((line) => line.split('\t'))
  return rows.find(([, destination]) => destination === '00000000')?.[0] ?? null
}

/** The network of an IPv4 address and its mask, in CIDR notation. */
export function subnetOf(address: string, netmask: string): string {
  const mask = netmask.split('.').map(Number)
  const network = address.split('.').map((part, index) => Number(part) & (mask[index] ?? 0))
  const length = mask.reduce((bits, part) => bits + part.toString(2).replaceAll('0', '').length, 0)
  return `${network.join('.')}/${length}`
}
