import { expect, it } from 'vitest'
import { checkId, registrationId, registrationOfCheck } from '../../src/model/names.ts'

it('a check that Consul names leads back to its registration, whatever its node is called', () => {
  const id = registrationId('hello_www.1.t1', 'www-hello')
  expect(checkId(id)).toBe('hello_www.1.t1:www-hello:check')
  expect(registrationOfCheck(`node1-c2/${checkId(id)}`)).toBe(id)
})

it('a check that is not of a registration keeps its ID', () => {
  expect(registrationOfCheck('node1-c2/serfHealth')).toBe('serfHealth')
})
