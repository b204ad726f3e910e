/** The cluster's parts that need no engine. */
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { checkClusterName, nodeAddress, planNodes } from '../../../swarm/dev/cluster/layout.ts'
import { FreePorts } from '../../../swarm/dev/cluster/ports.ts'
import { boundingSet } from '../../../swarm/dev/cluster/rights.ts'
import { waitFor } from '../../../swarm/dev/cluster/wait.ts'

describe('layout', () => {
  it('gives each node a name, a zone and an address of its own', () => {
    const nodes = planNodes('demo')
    expect(nodes.map(({ container, zone }) => `${container} ${zone}`)).toEqual([
      'shoal-demo-node1 a',
      'shoal-demo-node2 a',
      'shoal-demo-node3 b',
    ])
    expect(nodes.map((node) => nodeAddress('192.168.32.0/20', node))).toEqual([
      '192.168.32.11',
      '192.168.32.12',
      '192.168.32.13',
    ])
  })

  it('refuses names that Docker would refuse, or that another cluster could be taken for', () => {
    for (const name of ['', 'Demo', 'a_b', '-a', 'a/b', 'a'.repeat(41)]) {
      expect(() => checkClusterName(name)).toThrow(`cluster name '${name}'`)
    }
    expect(() => checkClusterName('cluster-test')).not.toThrow()
  })
})

describe('rights', () => {
  it('reads the bounding set by its bits, and leaves out what Docker 20.10 does not know', () => {
    expect(boundingSet('CapEff:\t0000000000000000\nCapBnd:\t0000000000201001\n')).toEqual([
      'CHOWN',
      'NET_ADMIN',
      'SYS_ADMIN',
    ])
    const allButOne = boundingSet('CapBnd:\t000001fffeffffff\n')
    expect(allButOne).toHaveLength(37)
    expect(allButOne).not.toContain('SYS_RESOURCE')
    expect(allButOne.at(-1)).toBe('AUDIT_READ')
  })
})

describe('ports', () => {
  it('takes the wished port when it is free, the next one when it is not, and none twice', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const taken = typeof address === 'object' && address !== null ? address.port : 0
    const ports = new FreePorts()
    const first = await ports.take([taken], taken)
    expect(first).toBeGreaterThan(taken)
    expect(await ports.take([first], taken)).toBeGreaterThan(first)
    await new Promise((resolve) => server.close(resolve))
    expect(await new FreePorts().take([taken], 1)).toBe(taken)
  })
})

describe('waitFor', () => {
  it('returns what it finds, and else says what it waited for and why not', async () => {
    let looks = 0
    const third = async () => ((looks += 1) === 3 ? 'found' : undefined)
    expect(await waitFor('the third', third, { timeoutMs: 5000, everyMs: 1 })).toBe('found')
    const look = waitFor('light', fails, { timeoutMs: 5, everyMs: 1 })
    await expect(look).rejects.toThrow('waited 0.005 s for light: too dark')
  })
})

function fails(): Promise<never> {
  return Promise.reject(new Error('too dark'))
}
