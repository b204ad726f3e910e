import { describe, expect, it } from 'vitest'
import { configFiles } from '../../src/haproxy/config.ts'
import { isOurs, mapsOf } from '../../src/haproxy/files.ts'
import { withServersOf } from '../../src/haproxy/structure-key.ts'
import { renderDashboards, withDashboards } from '../../src/haproxy/dashboards.ts'
import type { Dashboards } from '../../src/model/haproxy.ts'
import { listeners } from './listeners.ts'
import { renderMap } from '../../src/haproxy/maps.ts'

const HASH = 'a0'.repeat(32)
const DASHBOARDS: Dashboards = {
  consulHost: 'consul-admin.test',
  proxyHost: 'proxy-admin.test',
  nodeName: 'Node1.example',
  authorization: HASH,
}
const LISTENERS = listeners({ 8080: { www: 'www' } })

describe('hosts of the dashboards', () => {
  it('are on port 80 alone, beside those of services, which cannot take them', () => {
    const hosts = { www: 'www', 'consul-admin.test': 'thief_www' }
    const wanted = listeners({ 80: hosts, 8080: { www: 'www' } })
    expect(withDashboards(wanted, DASHBOARDS)).toEqual(
      listeners({
        80: {
          www: 'www',
          'consul-admin.test': 'shoal.consul-admin',
          'proxy-admin.test': 'shoal.proxy-admin',
        },
        8080: { www: 'www' },
      }),
    )
    expect(renderMap(mapsOf(withDashboards(LISTENERS, DASHBOARDS)).get('http-80.map') ?? {})).toBe(
      'consul-admin.test shoal.consul-admin\nproxy-admin.test shoal.proxy-admin\n',
    )
  })

  it('are not there while they are off', () => {
    expect(withDashboards(LISTENERS, null)).toBe(LISTENERS)
  })
})

describe('the config of the dashboards', () => {
  it('is a file of its own, and none while they are off', () => {
    const on = configFiles('/d', LISTENERS, [], DASHBOARDS)
    const off = configFiles('/d', LISTENERS, [])
    expect(Object.keys(on).filter((file) => !(file in off))).toEqual(['40-dashboards.cfg'])
    expect(isOurs('40-dashboards.cfg')).toBe(true)
    expect(on['10-http-80.cfg']).toBe(off['10-http-80.cfg'])
  })

  it('stays as it is when other parts of the config change', () => {
    const text = renderDashboards(DASHBOARDS, '/d')
    expect(withServersOf(text, text)).toBe(text)
  })

  it('guards each page that can be asked for, first of all', () => {
    const [, ...pages] = renderDashboards(DASHBOARDS, '/d')
      .split(/^backend /m)
      .slice(1)
    expect(pages).toHaveLength(2)
    for (const page of pages) {
      expect(page.split('\n').slice(1, 9).join('\n')).toBe(
        `  acl known req.fhdr(authorization),sha2(256),hex -m str -i ${HASH}
  acl guess req.fhdr(authorization) -m found
  acl reading method GET HEAD
  http-request track-sc0 src table shoal.guesses
  http-request return status 429 content-type text/plain string "Shoal: too many wrong passwords, wait a little.\\n" if { sc0_gpc0_rate(shoal.guesses) gt 20 }
  http-request sc-inc-gpc0(0) if guess !known
  http-request return status 401 content-type text/plain hdr WWW-Authenticate 'Basic realm="Shoal", charset="UTF-8"' string "Shoal: the dashboards have a password.\\n" unless known
  http-request return status 405 content-type text/plain hdr Allow "GET, HEAD" string "Shoal: the dashboards are for reading, with GET and HEAD.\\n" unless reading`,
      )
    }
  })

  it.each([
    ['node name', { nodeName: 'a b' }],
    ['SHA-256', { authorization: 'secret' }],
  ])('takes no bad %s', (what, change) => {
    expect(() => renderDashboards({ ...DASHBOARDS, ...change }, '/d')).toThrow(what)
  })
})
