import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { execute, reload } from '../../src/haproxy/runtime.ts'

let directory: string
let path: string
let server: Server | null = null

/** Something at the socket that answers all it's told with `answer`, as it comes. */
async function answering(answer: (text: string, socket: Socket) => void): Promise<void> {
  const listening = createServer((socket) => {
    socket.on('data', (data: Buffer) => answer(data.toString(), socket))
    socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => listening.listen(path, resolve))
  server = listening
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shoal-socket-'))
  path = join(directory, 'admin.sock')
})

afterEach(async () => {
  server?.close()
  server = null
  await rm(directory, { recursive: true, force: true })
})

describe('execute', () => {
  it('gives an answer to each command, and sends one a line', async () => {
    let sent = ''
    await answering((text, socket) => {
      sent += text
      socket.end('\n3.2.26-1\n\n\none\ntwo\n\n')
    })
    expect(await execute(path, ['show version', 'set weight a/b 1', 'show map'])).toEqual([
      '3.2.26-1',
      '',
      'one\ntwo',
    ])
    expect(sent).toBe('prompt i\nshow version\nset weight a/b 1\nshow map\nquit\n')
  })

  it('does not trouble HAProxy with nothing', async () => {
    expect(await execute(path, [])).toEqual([])
  })

  it('says that nobody is there', async () => {
    await expect(execute(path, ['show info'])).rejects.toMatchObject({
      name: 'HaproxyError',
      code: 'unreachable',
    })
  })

  it('says that there was no answer in time', async () => {
    await answering(() => null)
    await expect(execute(path, ['show info'], 50)).rejects.toMatchObject({ code: 'timeout' })
  })

  it('says that answers are missing', async () => {
    await answering((_, socket) => socket.end('\n3.2.26-1\n\n'))
    await expect(execute(path, ['show version', 'show info'])).rejects.toMatchObject({ code: 'garbled' })
  })

  it.each(['a\nb', 'a; b', 'a \\ b', 'a << b'])('sends no %j', async (command) => {
    await expect(execute(path, [command])).rejects.toThrow(RangeError)
  })
})

describe('reload', () => {
  it('gives the complaint of a refusal, without the rest of the log', async () => {
    const log = `Success=0
--
[NOTICE]   (1) : Initializing new worker (14)
[ALERT]    (14) : config : parsing [/d/conf.d/50-bad.cfg:2] : unknown keyword 'servr' in 'backend' section
[ALERT]    (14) : config : Error(s) found in configuration file : /d/conf.d/50-bad.cfg
[WARNING]  (1) : Failed to load worker (14) exited with code 1 (Exit)

`
    await answering((_, socket) => socket.end(log))
    expect(await reload(path)).toEqual({
      ok: false,
      complaint: `config : parsing [/d/conf.d/50-bad.cfg:2] : unknown keyword 'servr' in 'backend' section
config : Error(s) found in configuration file : /d/conf.d/50-bad.cfg`,
    })
  })

  it('succeeds, or says that the answer is none', async () => {
    const answers = ['Success=1\n--\n', 'Permission denied\n']
    await answering((_, socket) => socket.end(answers.shift() ?? ''))
    expect(await reload(path)).toEqual({ ok: true })
    await expect(reload(path)).rejects.toMatchObject({ code: 'garbled' })
  })
})
