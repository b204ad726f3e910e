import { describe, expect, it } from 'vitest'
import { readFingerprint, readMap, readServers } from '../../src/haproxy/state.ts'

const COLUMNS =
  '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port'
const STATE = `1
${COLUMNS}
3 www 1 a 10.0.0.1 2 0 60 100 35 6 3 2 6 0 0 0 - 8080 - 0 0 - - 0
3 www 2 b 10.0.0.2 0 5 0 0 35 1 0 0 14 0 0 0 - 8081 - 0 0 - - 0
3 www 3 c 10.0.0.3 2 12 7 7 0 1 0 0 2 0 0 0 - 8082 - 0 0 - - 0
3 www 4 d 10.0.0.4 0 4 7 7 0 1 0 0 6 0 0 0 - 8083 - 0 0 - - 0`
const STAT = `# pxname,svname,qcur,scur,slim,status,act,bck,
www,a,0,3,,UP,1,0,
www,b,0,0,9,MAINT,0,1,
www,c,0,1,,DRAIN,1,0,
www,d,0,0,,DOWN,1,0,`

describe('readServers', () => {
  const servers = readServers(STATE, STAT)

  it('reads what is set and how it is', () => {
    expect(servers?.get('a')).toEqual({
      name: 'a',
      address: '10.0.0.1',
      port: 8080,
      weight: 60,
      state: 'ready',
      backup: false,
      maxConnections: 0,
      checking: true,
      up: true,
      sessions: 3,
    })
  })

  it('tells maintenance, drain, and a server whose check fails from one another', () => {
    expect(servers?.get('b')).toMatchObject({ state: 'maint', backup: true, maxConnections: 9 })
    expect(servers?.get('c')).toMatchObject({ state: 'drain', checking: false })
    expect(servers?.get('d')).toMatchObject({ state: 'ready', up: false })
  })

  it('is null for a backend that HAProxy does not have, and no server is not that', () => {
    expect(readServers("Can't find backend.", 'No such proxy.')).toBeNull()
    expect(readServers(`1\n${COLUMNS}`, STAT)?.size).toBe(0)
  })

  it('takes nothing for an answer that is none', () => {
    expect(() => readServers('Permission denied', STAT)).toThrow('no table')
    expect(() => readServers(STATE.replace('srv_uweight', 'other'), STAT)).toThrow('no column srv_uweight')
  })
})

describe('readMap', () => {
  it('reads hosts', () => {
    expect(readMap('0x7f1 www a\n0x7f2 www.b b')).toEqual({ www: 'a', 'www.b': 'b' })
    expect(readMap('')).toEqual({})
  })

  it('takes nothing for an answer that is none', () => {
    expect(() => readMap('Unknown map identifier. Please use #<id> or <file>.')).toThrow('Unknown map')
  })
})

it('readFingerprint finds Shoal’s mark, and no other description', () => {
  expect(readFingerprint('node: x\ndescription: shoal-0af3\nTasks: 3')).toBe('shoal-0af3')
  expect(readFingerprint('node: x\ndescription: my load balancer\n')).toBeNull()
  expect(readFingerprint('node: x\n')).toBeNull()
})
