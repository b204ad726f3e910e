import { describe, expect, it } from 'vitest'
import { checkDefinition } from '../../src/consul/check.ts'

const common = { interval: 1000, timeout: 500 }

describe('checkDefinition', () => {
  it('asks by HTTP, with the wanted Host header, and follows no redirects', () => {
    const check = { ...common, http: 'http://10.87.0.5:8080/up', tcp: null, host: 'www.example.org' }
    expect(checkDefinition({ id: 'w.1.t1:http', check })).toEqual({
      checkid: 'w.1.t1:http:check',
      name: 'HTTP http://10.87.0.5:8080/up',
      http: 'http://10.87.0.5:8080/up',
      header: { Host: ['www.example.org'] },
      disableredirects: true,
      interval: '1000ms',
      timeout: '500ms',
      status: 'warning',
    })
  })

  it('passes from the start if it is known to', () => {
    const check = { ...common, http: null, tcp: '10.87.0.5:5432', host: null }
    expect(checkDefinition({ id: 'db.1.t1:sql', check }, true).status).toBe('passing')
  })

  it('asks by TCP', () => {
    const check = { ...common, http: null, tcp: '10.87.0.5:5432', host: null }
    expect(checkDefinition({ id: 'db.1.t1:sql', check })).toEqual({
      checkid: 'db.1.t1:sql:check',
      name: 'TCP 10.87.0.5:5432',
      tcp: '10.87.0.5:5432',
      interval: '1000ms',
      timeout: '500ms',
      status: 'warning',
    })
  })
})
