/** DNS queries as the wire has them: resolvers of Node ask with EDNS, and hide what was cut. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'

const TYPES = { A: 1, SRV: 33 } as const
/** Bytes that may come back by UDP where the query says so (EDNS). */
const EDNS_SIZE = 1232

export interface Question {
  readonly name: string
  readonly type: keyof typeof TYPES
  /** Where to ask. */
  readonly server: string
}

export interface Answer {
  /** Number of records in the answer section. */
  readonly records: number
  /** The server says that there is more. */
  readonly truncated: boolean
}

/** Asks by UDP, with EDNS or as resolvers without it do. */
export async function askByUdp({ server, ...question }: Question, edns: boolean): Promise<Answer> {
  const socket = createSocket('udp4')
  try {
    socket.send(query(question, edns), 53, server)
    const [message] = await once(socket, 'message', { signal: AbortSignal.timeout(5000) })
    return read(message)
  } finally {
    socket.close()
  }
}

/** Asks by TCP, as resolvers do after an answer that was cut. */
export async function askByTcp({ server, ...question }: Question): Promise<Answer> {
  const socket = connect(53, server)
  try {
    const message = query(question, false)
    socket.write(Buffer.concat([uint16(message.length), message]))
    let received = Buffer.alloc(0)
    while (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) {
      const [data] = await once(socket, 'data', { signal: AbortSignal.timeout(5000) })
      received = Buffer.concat([received, data])
    }
    return read(received.subarray(2))
  } finally {
    socket.destroy()
  }
}

function query({ name, type }: Omit<Question, 'server'>, edns: boolean): Buffer {
  const labels = name.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)])
  const header = [0x1234, 0x0100, 1, 0, 0, edns ? 1 : 0].map(uint16)
  const question = [...labels, Buffer.from([0]), uint16(TYPES[type]), uint16(1)]
  const options = edns ? [Buffer.from([0]), uint16(41), uint16(EDNS_SIZE), Buffer.alloc(6)] : []
  return Buffer.concat([...header, ...question, ...options])
}

function read(message: Buffer): Answer {
  return { records: message.readUInt16BE(6), truncated: (message.readUInt16BE(2) & 0x0200) !== 0 }
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}
