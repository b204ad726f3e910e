import { CommanderError } from 'commander'
import { describe, expect, it } from 'vitest'
import { EXIT_CODES, failureOf, UserError } from '../../src/cli/exit.ts'
import { ConsulError } from '../../src/consul/call.ts'
import { DockerError } from '../../src/docker/call.ts'

describe('a command that fails', () => {
  const surprise = new TypeError('x is not a function')
  it.each([
    ['what the user gave', new UserError('no service x'), 1, 'no service x'],
    ['a refusal by Docker', new DockerError('name taken', 409, null), 1, 'name taken'],
    ['a silent Docker', new DockerError('nobody listens', null, null), 3, 'nobody listens'],
    ['an engine that is no manager', new DockerError('no manager', 503, null), 3, 'no manager'],
    ['a silent Consul', new ConsulError('refused', null, null), 3, 'refused'],
    ['a Consul without a leader', new ConsulError('No cluster leader', 500, null), 3, 'No cluster leader'],
    ['a wrong command line', new CommanderError(1, 'commander.unknownOption', 'x'), 2, null],
    ['nothing: help was asked for', new CommanderError(0, 'commander.helpDisplayed', 'x'), 0, null],
    ['what nobody foresaw', surprise, 1, surprise],
  ])('because of %s says so and ends with its code', (_, error, code, message) => {
    expect(failureOf(error)).toEqual({ code, message })
  })

  it('has every exit code in its help', () => {
    expect([...EXIT_CODES.matchAll(/^ {2}(\d) {2}\S/gm)].map(([, code]) => code)).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
    ])
  })
})
