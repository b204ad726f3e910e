import type { Check, Diagnosis } from './check.ts'
import { isUnknown } from './facts.ts'
import type { DoctorFacts } from './facts.ts'

/** One line of the doctor's report, as `-o json` shows it. */
export interface ReportLine {
  readonly check: string
  /** `unknown`: the check could not be done. */
  readonly status: 'ok' | 'unknown' | Diagnosis['level']
  /** Empty unless something is wrong. */
  readonly subject: string
  /** What is so; of an unknown check, why it could not be done. */
  readonly found: string
  /** What to do about it; empty where nothing is. */
  readonly mend: string
}

/** What each check says of the facts, in the order of the checks: at least one line each. */
export function diagnose(checks: readonly Check[], facts: DoctorFacts): ReportLine[] {
  return checks.flatMap(({ name: check, healthy, find }): ReportLine[] => {
    const found = find(facts)
    if (isUnknown(found)) return [{ check, status: 'unknown', subject: '', found: found.unknown, mend: '' }]
    if (found.length === 0) return [{ check, status: 'ok', subject: '', found: healthy, mend: '' }]
    return found.map(({ level, ...rest }) => ({ check, status: level, ...rest }))
  })
}

/** Whether anything is at fault. */
export function isAtFault(report: readonly ReportLine[]): boolean {
  return report.some(({ status }) => status === 'fault')
}

/** The report for people: a line a finding, what mends it below, then what could not be checked, and the sums last. */
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
