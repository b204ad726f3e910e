import { describe, expect, it } from 'vitest'
import { factsOf, setup } from '../facts.ts'
import { found, findings } from '../finding.ts'

describe('ipvs', () => {
  const vip = setup('hello_www', { endpointMode: 'vip' })
  const ingress = setup('hello_www', {
    ports: [{ published: 8080, target: 80, protocol: 'tcp', mode: 'ingress' }],
  })

  it.each([
    ['vip mode', vip, /endpoint mode is vip.* hang, for the kernel has no IP_VS/],
    ['a port in ingress mode', ingress, /publishes port 8080 in ingress mode.* hang/],
  ])('finds %s on a kernel without', (_, given, told) => {
    expect(findings('ipvs', factsOf({}, [given], { ipvs: false }))).toMatchObject([
      { level: 'fault', subject: 'service hello_www', found: expect.stringMatching(told) },
    ])
  })

  it('finds a service twice that is in vip mode and has a port in ingress mode', () => {
    const both = setup('hello_www', {
      endpointMode: 'vip',
      ports: [{ published: 8080, target: 80, protocol: 'tcp', mode: 'ingress' }],
    })
    expect(findings('ipvs', factsOf({}, [both], { ipvs: false }))).toMatchObject([
      { level: 'fault', subject: 'service hello_www' },
      { level: 'fault', subject: 'service hello_www' },
    ])
  })

  it('warns where the kernel is unknown, and is content with one that has it', () => {
    const unknown = { unknown: 'no controller runs' }
    expect(findings('ipvs', factsOf({}, [vip], { ipvs: unknown }))).toMatchObject([{ level: 'warning' }])
    expect(found('ipvs', factsOf({}, [vip, ingress], { ipvs: true }))).toEqual([])
    expect(found('ipvs', factsOf({}, [], { ipvs: false }))).toEqual([])
  })
})
