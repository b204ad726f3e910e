import { describe, expect, it } from 'vitest'
import { badText, config, HTTP, inForce, labelled, onlyPolicy, planOf, workload, specText } from './world.ts'
import { hostRoute } from '../../../src/model/listener.ts'

const www = (spec: object = {}) => onlyPolicy(planOf({ workloads: [labelled('hello_www', spec)] }))

describe('a policy', () => {
  it('holds what proxies need to know', () => {
    expect(www({ hosts: ['www.test'], maxConnections: 9, timeout: '5s', drain: '3s' })).toMatchObject({
      key: 'hello/www',
      backends: [{ name: 'hello_www', consulService: 'www-hello', port: HTTP }],
      routes: ['www', 'www.hello', 'www.hello.example.test', 'www.test'].map((host) =>
        hostRoute(80, host, 'hello_www'),
      ),
      names: ['www.hello', 'www'],
      locality: { mode: 'prefer', headroom: 1.2 },
      maxConnections: 9,
      timeout: 5000,
      drain: 3000,
      source: { kind: 'label', service: 'hello_www' },
      createdAt: '2026-01-01T00:00:00Z',
    })
  })

  it('is the same for the same declaration, whatever else is there and in whatever order', () => {
    const services = [labelled('hello_www'), labelled('shop_db'), workload('x_y')]
    const both = planOf({ workloads: services })
    const turned = planOf({ workloads: services.toReversed() })
    expect([...both.policies]).toEqual([...turned.policies])
    expect(both.policies.get('hello/www')).toEqual(www())
  })

  it.each([
    { drain: '3s' },
    { hosts: ['www.test'] },
    { tags: ['x'] },
    { timeout: '5s' },
    { maxConnections: 5 },
    { locality: { mode: 'off' } },
    { health: { tcp: {} } },
    { ports: [{ ...HTTP, targetPort: 81 }] },
  ])('has another revision with %j', (spec) => {
    expect(www(spec).revision).not.toBe(www().revision)
  })

  it('has another revision when another service takes one of its names', () => {
    const services = [labelled('hello_www'), labelled('shop_new', { hosts: ['www'] })]
    expect(planOf({ workloads: services }).policies.get('hello/www')?.revision).not.toBe(www().revision)
  })

  it('stays as it is through a bad version of its spec', () => {
    const bad = workload('hello_www', { labels: { 'shoal.spec': badText('www') } })
    expect(onlyPolicy(planOf({ workloads: [bad] }, inForce(labelled('hello_www'))))).toEqual(www())

    const spec = { selector: { service: 'hello_www' } }
    const good = config('www-1', specText('www', spec), { createdAt: '2026-01-01T00:00:00Z' })
    const next = config('www-2', badText('www'), { createdAt: '2026-01-02T00:00:00Z' })
    const known = onlyPolicy(planOf({ specs: [good] }))
    expect(onlyPolicy(planOf({ specs: [good, next] }, [known]))).toEqual(known)
    expect(onlyPolicy(planOf({ specs: [next] }, [known]))).toEqual(known)
  })
})
