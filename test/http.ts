import { request } from 'node:http'
import type { IncomingHttpHeaders, RequestOptions } from 'node:http'

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** One request on a connection of its own, with any header (`fetch` sets some itself). Rejects if the connection breaks. */
export async function askHttp(options: RequestOptions, body?: string): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>()
  const asked = request({ agent: false, ...options }, (answer) => {
    let text = ''
    answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    answer.once('error', reject)
    answer.once('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }))
  })
  asked.once('error', reject)
  asked.end(body)
  return await promise
}
