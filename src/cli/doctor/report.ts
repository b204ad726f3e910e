import type { Check, Diagnosis } from './check.ts'
import { isUnknown } from './facts.ts'
import type { DoctorFacts } from './facts.ts'

/** One line of the doctor's report, as `-o json` shows it. */
export interface ReportLine {
  readonly check: string
  /** `unknown`: the check could not be done. */
  readonly status: 'ok' | 'unknown' | Diagnosis['level']
  /** What it is about, all of it in words; empty unless something is wrong. */
  readonly subject: string
  /** Each thing that it is about: `service hello_www`. */
  readonly subjects: readonly string[]
  /** What is so; of an unknown check, why it could not be done. */
  readonly found: string
  /** What to do about it; empty where nothing is. */
  readonly mend: string
}

/**
 * What each check says of the facts, in the order of the checks: at least one line each. What is
 * found of several things alike, and mended alike, is one line.
 */
export function diagnose(checks: readonly Check[], facts: DoctorFacts): ReportLine[] {
  return checks.flatMap(({ name: check, healthy, find }): ReportLine[] => {
    const found = find(facts)
    const nothing = { check, subject: '', subjects: [], mend: '' }
    if (isUnknown(found)) return [{ ...nothing, status: 'unknown', found: found.unknown }]
    if (found.length === 0) return [{ ...nothing, status: 'ok', found: healthy }]
    const alike = Map.groupBy(found, ({ level, found: what, mend }) => JSON.stringify([level, what, mend]))
    return [...alike.values()].flatMap((equal) => lineOf(check, equal))
  })
}

/** One line for diagnoses that differ in their subjects alone. */
function lineOf(check: string, equal: readonly Diagnosis[]): ReportLine[] {
  const [first] = equal
  if (first === undefined) return []
  const { level: status, found, mend } = first
  const subjects = [...new Set(equal.map(({ subject }) => subject))]
  const line = { check, status, subjects, subject: inOne(subjects) }
  if (subjects.length === 1) {
    return [{ ...line, found, mend: mend.replaceAll(/<(?:service|node)>/g, nameOf(first)) }]
  }
  return [{ ...line, found: ofSeveral(found), mend: ofSeveral(mend) }]
}

function nameOf({ subject }: Diagnosis): string {
  return subject.replace(/^service /, '')
}

/** `services hello_www, shop_api` */
function inOne(subjects: readonly string[]): string {
  const [only] = subjects
  if (only !== undefined && subjects.length === 1) return only
  const services = subjects.flatMap((subject) => /^service (.*)$/.exec(subject)?.[1] ?? [])
  return services.length === subjects.length ? `services ${services.join(', ')}` : subjects.join(', ')
}

function ofSeveral(text: string): string {
  return text.replaceAll(/\bits\b/g, 'their')
}

/** Whether anything is at fault. */
export function isAtFault(report: readonly ReportLine[]): boolean {
  return report.some(({ status }) => status === 'fault')
}

/**
 * The report for people: a line a finding, what mends it below, then what could not be checked, and
 * the sums last.
 */
export function formatReport(report: readonly ReportLine[]): string {
  const width = Math.max(...report.map(({ check }) => check.length))
  const lines = report
    .filter(({ status }) => status !== 'unknown')
    .flatMap(({ check, status, subject, found, mend }) => {
      const text = subject === '' ? found : `${subject}: ${found}`
      const head = `${status.padEnd('warning'.length)}  ${check.padEnd(width)}  ${text}`
      return mend === '' ? [head] : [head, `${' '.repeat(width + 11)}mend: ${mend}`]
    })
  return [...lines, ...undone(report), '', sums(report)].join('\n')
}

/** A line for each reason why checks could not be done. */
function undone(report: readonly ReportLine[]): string[] {
  const unknown = report.filter(({ status }) => status === 'unknown')
  return [...Map.groupBy(unknown, ({ found }) => found)].map(
    ([reason, all]) => `unknown  not checked: ${all.map(({ check }) => check).join(', ')} (${reason})`,
  )
}

function sums(report: readonly ReportLine[]): string {
  const count = (status: ReportLine['status']) => report.filter((each) => each.status === status).length
  const unknown = count('unknown') === 0 ? [] : [`${plural(count('unknown'), 'check')} not done`]
  return [plural(count('fault'), 'fault'), plural(count('warning'), 'warning'), ...unknown].join(', ')
}

function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
