import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeDns } from '../../src/dns/disk.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shoal-dns-'))
})

afterEach(() => rm(directory, { recursive: true, force: true }))

const KNOWN = { names: { www: '10.0.0.2' }, subnet: '172.18.0.0/16', consul: '172.18.0.4:8600' }

describe('writeDns', () => {
  it('writes what is needed to start, whatever is known', async () => {
    expect(await writeDns(directory, { names: null, subnet: null, consul: null })).toEqual([
      'hosts',
      'Corefile',
    ])
    expect(await readFile(join(directory, 'hosts'), 'utf8')).not.toContain('10.')
  })

  it('says which files changed', async () => {
    expect(await writeDns(directory, KNOWN)).toEqual(['hosts', 'Corefile'])
    expect(await writeDns(directory, KNOWN)).toEqual([])
    expect(await writeDns(directory, { ...KNOWN, names: { www: '10.0.0.3' } })).toEqual(['hosts'])
    expect(await writeDns(directory, { ...KNOWN, names: null, consul: '172.18.0.9:8600' })).toEqual([
      'Corefile',
    ])
    expect(await readFile(join(directory, 'hosts'), 'utf8')).toContain('10.0.0.3 www\n')
  })

  it('keeps what is no longer known', async () => {
    await writeDns(directory, KNOWN)
    expect(await writeDns(directory, { names: null, subnet: '172.18.0.0/16', consul: null })).toEqual([])
    expect(await writeDns(directory, { names: null, subnet: null, consul: '172.18.0.9:8600' })).toEqual([])
    expect(await readFile(join(directory, 'Corefile'), 'utf8')).toContain('forward . 172.18.0.4:8600')
  })
})
