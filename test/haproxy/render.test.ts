import { describe, expect, it } from 'vitest'
import type { Backend, Server } from '../../src/model/backend.ts'
import { renderBackend, renderGlobal, renderHttpFrontend } from '../../src/haproxy/render.ts'

const A: Server = {
  name: 'hello_www.1.x7',
  address: '10.0.1.5',
  port: 8080,
  weight: 256,
  state: 'ready',
  backup: false,
  maxConnections: 0,
}
const B: Server = {
  ...A,
  name: 'hello_www.2.y8',
  address: '10.0.1.6',
  weight: 0,
  state: 'drain',
  maxConnections: 9,
}
const C: Server = {
  ...A,
  name: 'hello_www.3.z9',
  address: '10.0.1.7',
  weight: 3,
  state: 'maint',
  backup: true,
}
const WWW: Backend = {
  name: 'hello_www',
  service: 'hello/www',
  protocol: 'http',
  timeout: 30_000,
  drain: 10_000,
  servers: [A, B, C],
}

describe('a backend in HAProxy’s config', () => {
  it('answers in the service’s name where no task does', () => {
    expect(renderBackend(WWW, [])).toContain(
      'status 503 content-type text/plain string "Shoal: no task of service hello/www is available.\\n"',
    )
  })

  it('has all of a server that a restarted HAProxy needs: what is not ready is disabled', () => {
    const lines = renderBackend(WWW, []).split('\n')
    const line = (server: string) => lines.find((each) => each.includes(`server ${server} `))
    expect(line('hello_www.1.x7')).toMatch(/ 10\.0\.1\.5:8080 weight 256 check (?!.*disabled)/)
    expect(line('hello_www.2.y8')).toMatch(/ 10\.0\.1\.6:8080 weight 0 check .* maxconn 9 disabled$/)
    expect(line('hello_www.3.z9')).toMatch(/ 10\.0\.1\.7:8080 weight 3 check .* backup disabled$/)
  })

  it('has a listener for each of its TCP ports', () => {
    const pg: Backend = { ...WWW, name: 'hello_pg', protocol: 'tcp', servers: [] }
    const text = renderBackend(pg, [5433, 543])
    for (const port of [543, 5433]) {
      expect(text).toMatch(new RegExp(`bind :${port} .*\\n {2}default_backend hello_pg\\n`))
    }
    expect(text.indexOf(':543 ')).toBeLessThan(text.indexOf(':5433 '))
  })

  it('is the same for the same servers in any order', () => {
    expect(renderBackend({ ...WWW, servers: [C, A, B] }, [])).toBe(renderBackend(WWW, []))
  })

  it.each([
    ['backend name', { ...WWW, name: 'a b' }],
    ['service', { ...WWW, service: 'hello"' }],
    ['server name', { ...WWW, servers: [{ ...A, name: 'x\n  acl' }] }],
    ['no IPv4 address', { ...WWW, servers: [{ ...A, address: 'www' }] }],
  ])('takes no bad %s', (message, backend) => {
    expect(() => renderBackend(backend, [])).toThrow(message)
  })
})

describe('renderHttpFrontend', () => {
  it('finds backends in the map of its port', () => {
    const text = renderHttpFrontend(8080, { hosts: '/d/maps/http-8080.map', paths: null })
    expect(text).toContain('frontend http_8080 from http\n  bind :8080 tcp-ut 15m\n')
    expect(text).toContain('  use_backend %[req.hdr(host),host_only,rtrim(.),map(/d/maps/http-8080.map)]\n')
    expect(text).toContain('  default_backend unrouted_8080\n\nbackend unrouted_8080 from http\n')
    expect(text).toContain('return status 200 content-type text/plain string "ok\\n" if { path /healthz }')
  })

  it('looks for the host once, and does nothing for others in the way of requests that have a backend', () => {
    const [frontend = ''] = renderHttpFrontend(80, { hosts: '/d/maps/http-80.map', paths: null }).split(
      '\n\n',
    )
    expect(frontend.match(/host_only/g)).toHaveLength(1)
    expect(frontend).not.toMatch(/set-var|http-request return|http-error/)
  })

  it('can say that it is not ready', () => {
    const text = renderHttpFrontend(80, { hosts: '/d/maps/http-80.map', paths: null }, false)
    expect(text).toContain(
      'status 503 content-type text/plain string "no services yet\\n" if { path /healthz }',
    )
  })
})

describe('renderGlobal', () => {
  it('has the admin socket in the shared folder', () => {
    expect(renderGlobal('/d')).toContain(
      '  stats socket /d/admin.sock mode 660 level admin expose-fd listeners\n',
    )
  })
})
