import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffBackend, diffMap, type BackendChanges } from '../../src/haproxy/diff.ts'
import type { Server } from '../../src/model/backend.ts'
import { anyServers, backendOf } from './arbitrary.ts'
import { ModelHaproxy } from './model-haproxy.ts'

const SERVER: Server = {
  name: 'a',
  address: '10.0.0.1',
  port: 80,
  weight: 10,
  state: 'ready',
  backup: false,
  maxConnections: 0,
}
const CHECK =
  'check inter 1s fastinter 100ms downinter 200ms fall 2 rise 1 observe layer4 error-limit 1 on-error fastinter init-state fully-up'

function texts(desired: readonly Server[], actual: readonly Server[]): readonly string[] {
  const { commands } = diffBackend(backendOf(desired), ModelHaproxy.startedWith(actual).servers)
  return commands.map(({ text }) => text)
}

/** Executes changes, deletions too, and gives the fewest usable servers that there were meanwhile. */
function execute(changes: BackendChanges, haproxy: ModelHaproxy): number {
  let fewest = haproxy.usable()
  for (const { text, answer } of changes.commands) {
    expect(haproxy.execute(text)).toBe(answer)
    fewest = Math.min(fewest, haproxy.usable())
  }
  for (const server of changes.removals) expect(haproxy.delete(server)).toBe('Server deleted.')
  return fewest
}

describe('diffBackend', () => {
  it('makes HAProxy what it should be, in two rounds at most, with commands that it accepts', () => {
    fc.assert(
      fc.property(anyServers, anyServers, (before, desired) => {
        const haproxy = ModelHaproxy.startedWith(before)
        execute(diffBackend(backendOf(desired), haproxy.servers), haproxy)
        execute(diffBackend(backendOf(desired), haproxy.servers), haproxy)
        expect(diffBackend(backendOf(desired), haproxy.servers)).toEqual({ commands: [], removals: [] })
        expect([...haproxy.servers.values()].map(({ name }) => name).toSorted()).toEqual(
          desired.map(({ name }) => name).toSorted(),
        )
        for (const server of desired) {
          const inUse = server.state === 'ready' ? { checking: true, up: true } : {}
          expect(haproxy.servers.get(server.name)).toMatchObject({ ...server, ...inUse })
        }
      }),
    )
  })

  it('never has fewer usable servers than before or after, unless one is replaced', () => {
    fc.assert(
      fc.property(anyServers, anyServers, (before, desired) => {
        const same = desired.map((server) => {
          const old = before.find(({ name }) => name === server.name) ?? server
          return { ...server, address: old.address, port: old.port, backup: old.backup }
        })
        const haproxy = ModelHaproxy.startedWith(before)
        const first = haproxy.usable()
        const fewest = execute(diffBackend(backendOf(same), haproxy.servers), haproxy)
        expect(fewest).toBeGreaterThanOrEqual(Math.min(first, haproxy.usable()))
      }),
    )
  })

  it('adds a server with every keyword spelled out, and only then lets requests and checks in', () => {
    const server = { ...SERVER, maxConnections: 5, backup: true }
    expect(texts([server], [])).toEqual([
      `add server www/a 10.0.0.1:80 weight 10 ${CHECK} maxconn 5 backup`,
      'enable health www/a',
      'set server www/a state ready',
      'set server www/a health up',
    ])
  })

  it('adds a server that is not to be used yet without a check, and checks it once it is', () => {
    const haproxy = new ModelHaproxy()
    const waiting = diffBackend(backendOf([{ ...SERVER, state: 'maint' }]), haproxy.servers)
    expect(waiting.commands.map(({ text }) => text)).toEqual([
      `add server www/a 10.0.0.1:80 weight 10 ${CHECK}`,
    ])
    execute(waiting, haproxy)
    const ready = diffBackend(backendOf([{ ...SERVER, weight: 20 }]), haproxy.servers)
    expect(ready.commands.map(({ text }) => text)).toEqual([
      'set weight www/a 20',
      'enable health www/a',
      'set server www/a state ready',
      'set server www/a health up',
    ])
  })

  it('changes a weight with one command', () => {
    expect(texts([{ ...SERVER, weight: 77 }], [SERVER])).toEqual(['set weight www/a 77'])
  })

  it('leaves a server in maintenance alone until it can be deleted', () => {
    const haproxy = ModelHaproxy.startedWith([SERVER])
    const first = diffBackend(backendOf([]), haproxy.servers)
    expect(first).toEqual({
      commands: [{ text: 'set server www/a state maint', answer: '' }],
      removals: ['a'],
    })
    haproxy.execute('set server www/a state maint')
    expect(diffBackend(backendOf([]), haproxy.servers)).toEqual({ commands: [], removals: ['a'] })
  })

  it.each([{ address: '10.0.0.9' }, { port: 81 }, { backup: true }])('replaces a server for %j', (change) => {
    const { removals } = diffBackend(
      backendOf([{ ...SERVER, ...change }]),
      ModelHaproxy.startedWith([SERVER]).servers,
    )
    expect(removals).toEqual(['a'])
  })
})

describe('diffMap', () => {
  it('adds, changes and deletes hosts', () => {
    const commands = diffMap('/d/m', { a: '1', b: '2' }, { b: '3', c: '4' })
    expect(commands.map(({ text }) => text)).toEqual([
      'add map /d/m a 1',
      'set map /d/m b 2',
      'del map /d/m c',
    ])
  })

  it('is empty for the same hosts', () => {
    expect(diffMap('/d/m', { a: '1' }, { a: '1' })).toEqual([])
  })
})
