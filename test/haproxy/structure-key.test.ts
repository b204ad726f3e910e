import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { configFiles } from '../../src/haproxy/config.ts'
import { fingerprint, structureKey, structureOf } from '../../src/haproxy/structure-key.ts'
import { renderBackend, renderBackendHead } from '../../src/haproxy/render.ts'
import type { Backend } from '../../src/model/backend.ts'
import type { Listener } from '../../src/model/listener.ts'
import { anyBackend, anyListener, anyServers, backendOf } from './arbitrary.ts'

type Wanted = readonly [readonly Listener[], readonly Backend[]]

/** Whether the config but the servers' lines is another one. */
function takesReload(before: Wanted, after: Wanted): boolean {
  const [old, now] = [before, after].map(([listeners, backends]) =>
    fingerprint(configFiles('/d', listeners, backends)),
  )
  return old !== now
}

const keyDiffers = (before: Wanted, after: Wanted): boolean =>
  structureKey(...before) !== structureKey(...after)

/** One after another, each field of the one object with the value of the other. */
function* fieldByField<T extends object>(one: T, other: T): Generator<T> {
  for (const field of Object.keys(other)) yield { ...one, [field]: Reflect.get(other, field) }
}

describe('structureKey', () => {
  it('differs for each field of a backend if, and only if, the rendered structure does', () => {
    fc.assert(
      fc.property(
        anyBackend,
        anyBackend,
        fc.array(anyListener, { maxLength: 3 }),
        (one, other, listeners) => {
          for (const changed of fieldByField(one, other)) {
            const [before, after]: [Wanted, Wanted] = [
              [listeners, [one]],
              [listeners, [changed]],
            ]
            expect(keyDiffers(before, after)).toBe(takesReload(before, after))
          }
        },
      ),
    )
  })

  it('differs for each field of a listener if, and only if, the rendered structure does', () => {
    const backends = [backendOf([]), { ...backendOf([]), name: 'pg', protocol: 'tcp' as const }]
    fc.assert(
      fc.property(anyListener, anyListener, (one, other) => {
        const before: Wanted = [[one], backends]
        const changes = one.kind === other.kind ? [...fieldByField(one, other)] : []
        for (const changed of [other, ...changes]) {
          const after: Wanted = [[changed], backends]
          expect(keyDiffers(before, after)).toBe(takesReload(before, after))
        }
      }),
    )
  })

  it('takes no account of any field of a server', () => {
    fc.assert(
      fc.property(anyServers, anyServers, (one, other) => {
        expect(structureKey([], [backendOf(one)])).toBe(structureKey([], [backendOf(other)]))
      }),
    )
  })

  it('is what is rendered of a backend but its servers', () => {
    fc.assert(
      fc.property(anyBackend, fc.uniqueArray(fc.integer({ min: 1, max: 99 })), (backend, ports) => {
        expect(structureOf(renderBackend(backend, ports))).toBe(renderBackendHead(backend, ports))
      }),
    )
  })

  it('takes no account of the order', () => {
    const [a, b] = [backendOf([]), { ...backendOf([]), name: 'b' }]
    const [http, tcp]: Listener[] = [
      { kind: 'http', port: 81, routes: [] },
      { kind: 'tcp', port: 82, backend: 'b' },
    ]
    if (http === undefined || tcp === undefined) throw new Error('no listeners')
    expect(structureKey([http, tcp], [a, b])).toBe(structureKey([tcp, http], [b, a]))
  })

  it('follows a port that goes from one backend to another', () => {
    const [a, b] = [backendOf([]), { ...backendOf([]), name: 'b' }]
    const to = (backend: string): Listener[] => [{ kind: 'tcp', port: 82, backend }]
    expect(structureKey(to('www'), [a, b])).not.toBe(structureKey(to('b'), [a, b]))
  })

  it('takes a reload for the first path of a port, and none for another', () => {
    const paths = (...all: readonly string[]): Listener[] => [
      {
        kind: 'http',
        port: 80,
        routes: all.map((path) => ({ port: 80, host: 'www', path, to: [{ backend: 'www', weight: 1 }] })),
      },
    ]
    expect(structureKey(paths('/'), [])).not.toBe(structureKey(paths('/', '/api'), []))
    expect(structureKey(paths('/', '/api'), [])).toBe(structureKey(paths('/', '/api', '/new'), []))
  })
})
