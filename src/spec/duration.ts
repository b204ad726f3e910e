/** Durations as specs write them: an integer and a unit, `500ms`, `10s`, `2m`, `1h`. */

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }

/** ms of a duration that has the schema's form. */
export function milliseconds(duration: string): number {
  const unit = duration.replace(/^\d+/, '')
  return Number.parseInt(duration, 10) * (UNITS[unit] ?? Number.NaN)
}

/** A whole number of ms in the largest unit that is exact: 90000 → `90s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  const [unit, size] = Object.entries(UNITS).find(([, each]) => ms % each === 0) ?? ['ms', 1]
  return `${ms / size}${unit}`
}

/** ms of what people write where a duration is meant: `1.5s`, `1m30s`, `10 sec`. Null if that can't be guessed. */
export function guessDuration(text: string): number | null {
  const words = text.toLowerCase().replaceAll(/\s+/g, '').slice(0, 40)
  const terms = [...words.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)[a-z]*/g)]
  if (terms.length === 0 || terms.map(([term]) => term).join('') !== words) return null
  const ms = terms.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0)
  return Number.isInteger(ms) ? ms : null
}
