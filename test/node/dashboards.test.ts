import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { chooseDashboards } from '../../src/node/dashboards.ts'
import type { DashboardSettings } from '../../src/node/dashboards.ts'

const choose = (change: Partial<DashboardSettings>) =>
  chooseDashboards({ wanted: true, secret: 'pw', domain: 'example.test', nodeName: 'node1', ...change })

/** As curl and browsers send it. */
const hashOf = (base64: string): string => createHash('sha256').update(`Basic ${base64}`).digest('hex')

describe('dashboards', () => {
  it('are on with a password, at their hosts under the base domain', () => {
    expect(choose({})).toEqual({
      dashboards: {
        consulHost: 'consul-admin.infra.example.test',
        proxyHost: 'proxy-admin.infra.example.test',
        nodeName: 'node1',
        // admin:pw
        authorization: hashOf('YWRtaW46cHc='),
      },
      missing: null,
    })
  })

  it.each([
    ['a password', 'pw', 'YWRtaW46cHc='],
    ['a line of its own', 'pw\n', 'YWRtaW46cHc='],
    ['one from Windows', 'pw\r\n', 'YWRtaW46cHc='],
    ['a user', 'ops:pw', 'b3BzOnB3'],
    ['a colon in the password', 'ops:p:w', 'b3BzOnA6dw=='],
    ['spaces', ' p w ', 'YWRtaW46IHAgdyA='],
    ['more than ASCII', 'ü', 'YWRtaW46w7w='],
  ])('take a secret with %s', (_, secret, base64) => {
    expect(choose({ secret }).dashboards?.authorization).toBe(hashOf(base64))
  })

  it('are off, and nothing is missing, where nobody asks for them', () => {
    expect(choose({ wanted: false })).toEqual({ dashboards: null, missing: null })
  })

  it.each([
    ['no secret', { secret: null }, 'no password'],
    ['the empty line that is no password', { secret: '\n' }, 'no password'],
    ['a user without password', { secret: 'admin:' }, 'no password'],
    ['a password without user', { secret: ':pw' }, 'no user'],
    ['two lines', { secret: 'a\nb\n' }, 'more than one line'],
  ])('stay off with %s, and say so', (_, change, message) => {
    const { dashboards, missing } = choose(change)
    expect(dashboards).toBeNull()
    expect(missing).toContain(message)
  })

  it('do not tell the password', () => {
    expect(JSON.stringify(choose({ secret: 'tops3cret' }))).not.toContain('tops3cret')
    expect(choose({ secret: 'tops3cret:' }).missing).not.toContain('tops3cret')
  })
})
