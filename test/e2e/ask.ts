import { Agent } from 'node:http'
import { get } from './load.ts'

/** Which task of the hello app answered. Its host name is its node's where the stack file says so. */
export interface Reply {
  readonly container: string
  readonly hostname: string
}

export interface Question {
  /** URL of a node's HAProxy. */
  readonly url: string
  /** Host header. */
  readonly host: string
  /** Number of requests, one after the other. */
  readonly count: number
}

/** Asks the hello app and reads who answered; throws at the first answer that is no greeting. */
export async function ask({ url, host, count }: Question): Promise<Reply[]> {
  const agent = new Agent({ keepAlive: true })
  const replies: Reply[] = []
  try {
    while (replies.length < count) {
      const { status, body } = await get(url, host, agent)
      const [, container, hostname] = /^Hello from container (\S+) on (\S+)/.exec(body) ?? []
      if (container === undefined || hostname === undefined) {
        throw new Error(`${url} answered ${status} for ${host}: ${body}`)
      }
      replies.push({ container, hostname })
    }
  } finally {
    agent.destroy()
  }
  return replies
}

/** Which part of the replies came from tasks on a node, 0 to 1. */
export function shareOf(replies: readonly Reply[], node: string): number {
  return replies.filter(({ hostname }) => hostname === node).length / replies.length
}
