export type Log = (line: string) => void

const STILL_MS = 20_000

/**
 * Logs a step that may be long: its beginning, every 20 s that it goes on (with `detail()`, if that says anything), and its end, with
 * the seconds since it began.
 */
export async function step<T>(
  log: Log,
  what: string,
  work: () => Promise<T>,
  detail?: () => string,
): Promise<T> {
  const started = Date.now()
  const seconds = () => ((Date.now() - started) / 1000).toFixed(0)
  log(what)
  const ticker = setInterval(() => {
    const at = detail?.() ?? ''
    log(`${what}: ${seconds()} s${at === '' ? '' : `, ${at}`}`)
  }, STILL_MS)
  try {
    const result = await work()
    log(`${what}: done in ${seconds()} s`)
    return result
  } finally {
    clearInterval(ticker)
  }
}
