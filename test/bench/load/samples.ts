/** Vegeta's results as plain data, and latencies counted from when a request was due. Pure. */

export interface Sample {
  /** Number of the request within its generator, from 0. */
  readonly sequence: number
  /** ms since the epoch. */
  readonly sentAt: number
  /** ms from when it was sent to the last byte of the answer. */
  readonly took: number
  /** 0 where there was no answer. */
  readonly status: number
  /** Empty for an answer of 2xx or 3xx. */
  readonly error: string
  readonly method: string
  readonly url: string
  /** The first 256 bytes of it. */
  readonly body: string
}

/** A line of Vegeta's CSV: time in ns, status, latency in ns, bytes out and in, error, body in base64, attack, number, method, URL. */
export function parseSample(line: string): Sample {
  const cells = splitCsv(line)
  if (cells.length < 11) throw new Error(`not a result of Vegeta: ${line}`)
  const cell = (index: number): string => cells[index] ?? ''
  return {
    sequence: Number(cell(8)),
    sentAt: Number(cell(0)) / 1e6,
    took: Number(cell(2)) / 1e6,
    status: Number(cell(1)),
    error: cell(5),
    method: cell(9),
    url: cell(10),
    body: Buffer.from(cell(6), 'base64').toString(),
  }
}

/** Cells of a CSV line; quoted ones hold commas, and quotes twice. */
function splitCsv(line: string): string[] {
  return Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
  )
}

/**
 * ms from when each request was due to the end of its answer. Vegeta counts from when it sent the request, which is late where the
 * machine was busy; but it sends none early, so the one that was least late tells the schedule.
 *
 * @param interval ms between two requests of the generator
 */
export function latenciesFromDue(samples: readonly Sample[], interval: number): number[] {
  let begin = Number.POSITIVE_INFINITY
  for (const { sentAt, sequence } of samples) begin = Math.min(begin, sentAt - sequence * interval)
  return samples.map(({ sentAt, took, sequence }) => sentAt + took - (begin + sequence * interval))
}
