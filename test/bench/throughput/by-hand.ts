/** The config that a careful operator writes for one service: nothing that it does not need. Pure. */

/** Addresses are `<IPv4>:<port>`. */
export function configByHand(addresses: readonly string[]): string {
  const servers = addresses.map((address, index) => `  server task${index + 1} ${address} check`)
  return `global
  stats socket /tmp/admin.sock mode 660 level admin
  fd-hard-limit 65536

defaults
  mode http
  timeout connect 500ms
  timeout client 60s
  timeout server 60s
  timeout http-request 10s
  timeout http-keep-alive 60s

frontend http
  bind :80
  default_backend app

backend app
  balance roundrobin
${servers.join('\n')}
`
}
