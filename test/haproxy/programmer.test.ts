import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Backend, Server } from '../../src/model/backend.ts'
import { HaproxyProgrammer } from '../../src/haproxy/programmer.ts'
import { renderBackend } from '../../src/haproxy/render.ts'

const server = (name: string, weight = 100): Server => ({
  name,
  address: '10.0.0.1',
  port: 8080,
  weight,
  state: 'ready',
  backup: false,
  maxConnections: 0,
})

const backend = (name: string, servers: readonly Server[]): Backend => ({
  name,
  service: 'hello/www',
  protocol: 'http',
  timeout: 5000,
  drain: 5000,
  servers,
})

const TEN = Array.from({ length: 10 }, (_, index) => server(`s${index}`))

/** An admin socket that has these servers in every backend, and what it was told. */
async function haproxy(servers: readonly Server[]) {
  const directory = await mkdtemp(join(tmpdir(), 'shoal-programmer-'))
  const commands: string[] = []
  const state = servers.map(({ name, address, port, weight }) => `${name} ${address} ${port} ${weight} 0 6 2`)
  const stats = servers.map(({ name }) => `${name},0,0,0`)
  const answer = (command: string): string => {
    if (command.startsWith('show servers state')) {
      return [
        '1',
        '# srv_name srv_addr srv_port srv_uweight srv_admin_state srv_check_state srv_op_state',
        ...state,
        '',
      ].join('\n')
    }
    if (command.startsWith('show stat')) return ['# svname,bck,slim,scur', ...stats, ''].join('\n')
    return command.startsWith('add server') ? 'New server registered.\n' : ''
  }
  const socket = createServer((connection) => {
    connection.on('data', (data) => {
      const lines = data.toString().split('\n').slice(0, -2)
      commands.push(...lines.slice(1))
      connection.end(lines.map((line) => `${answer(line)}\n`).join(''))
    })
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.listen(join(directory, 'admin.sock'), resolve)
  await promise
  onTestFinished(async () => {
    socket.close()
    await rm(directory, { recursive: true })
  })
  const folder = join(directory, 'conf.d')
  await mkdir(folder)
  for (const name of ['a', 'b', 'c']) {
    await writeFile(join(folder, `50-${name}.cfg`), renderBackend(backend(name, servers), []))
  }
  /** Each file's inode: a rewritten file is another one. */
  const files = async () =>
    Promise.all(
      (await readdir(folder))
        .toSorted()
        .map(async (file) => [file, (await stat(join(folder, file))).ino] as const),
    )
  return { programmer: new HaproxyProgrammer({ directory }), commands, files }
}

async function change(servers: readonly Server[]) {
  const { programmer, commands, files } = await haproxy(TEN)
  const before = new Map(await files())
  await programmer.programBackend(backend('b', servers))
  const written = (await files()).filter(([file, inode]) => before.get(file) !== inode).map(([file]) => file)
  return {
    commands: commands.filter((command) => !command.startsWith('show ')),
    asked: commands.length,
    written,
  }
}

describe('of many servers', () => {
  it('one more is four commands and one file', async () => {
    const { commands, asked, written } = await change([...TEN, server('more')])
    expect(commands.map((command) => command.split(' ').slice(0, 3).join(' '))).toEqual([
      'add server b/more',
      'enable health b/more',
      'set server b/more',
      'set server b/more',
    ])
    expect(asked).toBe(6)
    expect(written).toEqual(['50-b.cfg'])
  })

  it('one with another weight is one command and one file', async () => {
    const { commands, asked, written } = await change([server('s0', 50), ...TEN.slice(1)])
    expect(commands).toEqual(['set weight b/s0 50'])
    expect(asked).toBe(3)
    expect(written).toEqual(['50-b.cfg'])
  })

  it('none that differs is no command and no file', async () => {
    const { commands, asked, written } = await change(TEN)
    expect(commands).toEqual([])
    expect(asked).toBe(2)
    expect(written).toEqual([])
  })
})
