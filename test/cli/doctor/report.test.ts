import { describe, expect, it } from 'vitest'
import { CHECKS } from '../../../src/cli/doctor/checks.ts'
import { diagnose, formatReport, isAtFault } from '../../../src/cli/doctor/report.ts'
import { healthySnapshot, facts, factsOf, setup } from './facts.ts'

const FAULTY = factsOf(
  { instances: healthySnapshot().instances.filter(({ id }) => id !== 'haproxy-n2') },
  [setup('hello_www', { dns: [], endpointMode: 'vip' })],
  { ipvs: false },
)

const DOCKER_ALONE = facts({
  consul: { unknown: 'no controller runs on the engine that was asked' },
  ipvs: { unknown: 'no controller runs on the engine that was asked' },
})

describe('the doctor’s report', () => {
  it.each([
    ['healthy', facts(), false],
    ['faulty', FAULTY, true],
    ['docker-alone', DOCKER_ALONE, false],
  ])('of a %s Swarm', async (name, given, atFault) => {
    const diagnoses = diagnose(CHECKS, given)
    await expect(`${formatReport(diagnoses)}\n`).toMatchFileSnapshot(`../golden/doctor-${name}.txt`)
    expect(isAtFault(diagnoses)).toBe(atFault)
  })

  it('has each finding as data', () => {
    expect(diagnose(CHECKS, FAULTY)).toContainEqual({
      check: 'parts',
      status: 'fault',
      subject: 'host-n2',
      found: 'no task of shoal_haproxy runs there: nobody answers requests there',
      mend: 'docker service ps --no-trunc shoal_haproxy, then docker service logs shoal_haproxy',
    })
  })

  it('says of every check that could not be done why, and that it was not', () => {
    const unknown = { unknown: 'Docker at unix:///x: nobody listens there' }
    const diagnoses = diagnose(CHECKS, facts({ engine: unknown, swarm: unknown, consul: unknown }))
    expect(diagnoses.filter(({ status }) => status !== 'unknown')).toMatchObject([
      { check: 'docker', status: 'fault' },
    ])
    expect(formatReport(diagnoses).split('\n')).toHaveLength(5)
    expect(diagnoses.at(-1)?.found).toBe(unknown.unknown)
  })
})
