import { describe, expect, it } from 'vitest'
import { CHECKS } from '../../../src/cli/doctor/checks.ts'
import { diagnose, formatReport, isAtFault } from '../../../src/cli/doctor/report.ts'
import { instance, labelled } from '../../controller/plan/world.ts'
import { facts, factsOf, setup } from './facts.ts'
import { withoutTasks, withServices } from './finding.ts'

const FAULTY = factsOf(
  {
    workloads: withServices(labelled('shop_api')),
    instances: withoutTasks(({ id }) => id === 'haproxy-n2', instance('api', 'shop_api')),
  },
  [setup('hello_www', { dns: [], words: ['http://api.shop'], endpointMode: 'vip' })],
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
      subjects: ['host-n2'],
      found: 'no task of shoal_haproxy runs there: nobody answers requests there',
      mend: 'docker service ps --no-trunc shoal_haproxy, then docker service logs shoal_haproxy',
    })
  })

  it('has one line for what is found of several services alike, with all their names', () => {
    const names = Array.from({ length: 20 }, (_, index) => `shop_app${String(index).padStart(2, '0')}`)
    const workloads = withServices(...names.map((name) => labelled(name)))
    const setups = names.map((name) => setup(name, { dns: [], words: ['http://www.hello'] }))
    const report = diagnose(CHECKS, factsOf({ workloads }, setups))
    expect(report.filter(({ check }) => check === 'dns')).toEqual([
      {
        check: 'dns',
        status: 'warning',
        subject: `services ${names.join(', ')}`,
        subjects: names.map((name) => `service ${name}`),
        found:
          'their containers have no name server set: they don’t find other services by <name>.<namespace>',
        mend: 'add dns: [169.254.20.10] in their stack file, or: docker service update --dns-add 169.254.20.10 <service>',
      },
    ])
    expect(formatReport(report)).toContain('1 warning')
  })

  it('has a line each for what is found of several nodes in different words', () => {
    const diagnosis = { level: 'fault', mend: 'mend it' } as const
    const check = {
      name: 'nodes',
      healthy: 'all is well',
      find: () => [
        { ...diagnosis, subject: 'n1', found: 'its clock is off' },
        { ...diagnosis, subject: 'n2', found: 'it is down' },
        { ...diagnosis, subject: 'n3', found: 'its clock is off' },
      ],
    }
    expect(diagnose([check], facts()).map(({ subject, found }) => `${subject}: ${found}`)).toEqual([
      'n1, n3: their clock is off',
      'n2: it is down',
    ])
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
