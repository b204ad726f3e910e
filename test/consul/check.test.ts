import { describe, expect, it } from 'vitest'
import { checkDefinition } from '../../src/consul/check.ts'
import { registrationOfCheck } from '../../src/model/names.ts'

const common = { interval: 1000, timeout: 500 }

describe('the definition of a check', () => {
  it('asks by HTTP with the wanted Host header, and follows no redirects', () => {
    const check = { ...common, http: 'http://10.87.0.5:8080/up', tcp: null, host: 'www.example.org' }
    const definition = checkDefinition({ id: 'w.1.t1:http', check })
    expect(definition).toMatchObject({ http: check.http, header: { Host: ['www.example.org'] } })
    expect(definition).toMatchObject({ disableredirects: true })
  })

  it('asks by TCP as often as the spec says', () => {
    const check = { ...common, http: null, tcp: '10.87.0.5:5432', host: null }
    const definition = checkDefinition({ id: 'db.1.t1:sql', check })
    expect(definition).toMatchObject({ tcp: check.tcp, interval: '1000ms', timeout: '500ms' })
    expect(definition).not.toHaveProperty('http')
  })

  it('has an ID that leads back to what is registered', () => {
    const check = { ...common, http: null, tcp: '10.87.0.5:5432', host: null }
    const { checkid } = checkDefinition({ id: 'db.1.t1:sql', check })
    expect(registrationOfCheck(`node-1/${checkid}`)).toBe('db.1.t1:sql')
  })

  it('neither passes nor fails from the start, unless the task is known to be well', () => {
    const check = { ...common, http: null, tcp: '10.87.0.5:5432', host: null }
    expect(checkDefinition({ id: 'db.1.t1:sql', check }).status).toBe('warning')
    expect(checkDefinition({ id: 'db.1.t1:sql', check }, true).status).toBe('passing')
  })
})
