/**
 * The config that an operator writes for the same job, a service found by its host whose app learns who asks: nothing that it does not
 * need. Pure.
 */

/**
 * Addresses are `<IPv4>:<port>`.
 *
 * @param more a line of the section `defaults`
 */
export function configByHand(host: string, addresses: readonly string[], more = ''): string {
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
${more}

frontend http
  bind :80
  use_backend app if { hdr(host) -i ${host} }

backend app
  balance roundrobin
${servers.join('\n')}
`
}

/** With it, what a task that died has not answered is asked of another one, as Shoal has it; HAProxy keeps a copy of each request for it. */
export const RETRYING = '  retry-on conn-failure empty-response'
