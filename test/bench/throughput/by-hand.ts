/**
 * The config that an operator writes for the same job, a service found by its host whose app learns who asks: nothing that it does not
 * need. Pure.
 */

/** Addresses are `<IPv4>:<port>`. */
export function configByHand(host: string, addresses: readonly string[]): string {
  const servers = addresses.map((address, index) => `  server task${index + 1} ${address} check`)
  return `global
  stats socket /tmp/admin.sock mode 660 level admin
  fd-hard-limit 65536

defaults
  mode http
  option forwardfor
  timeout connect 500ms
  timeout client 60s
  timeout server 60s
  timeout http-request 10s
  timeout http-keep-alive 60s

frontend http
  bind :80
  use_backend app if { hdr(host) -i ${host} }

backend app
  balance roundrobin
${servers.join('\n')}
`
}
