/** The forms that strings in a spec can have: a pattern for the schema, and words for people. */
import { formatDuration, guessDuration } from '../duration.ts'

export interface TextRule {
  readonly pattern: string
  readonly maxLength: number
  /** Completes "expected …". */
  readonly expected: string
  /** Best guess at what was meant; need not match the pattern. */
  readonly guess: (found: string) => string | null
}

const LABEL = '[a-z0-9]([a-z0-9-]*[a-z0-9])?'
const HOST_LABEL = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?'

export const DNS_LABEL: TextRule = {
  pattern: `^${LABEL}$`,
  maxLength: 63,
  expected: 'a DNS label: at most 63 lower-case letters, digits and inner hyphens, no dots',
  guess: (found) =>
    found
      .toLowerCase()
      .replaceAll(/[._\s]+/g, '-')
      .replaceAll(/^-+|-+$/g, ''),
}

/** A stack's name, or a domain such as `world.dev`. */
export const NAMESPACE: TextRule = {
  pattern: `^${LABEL}(\\.${LABEL})*$`,
  maxLength: 63,
  expected: 'DNS labels with dots between: at most 63 lower-case letters, digits, inner hyphens and dots',
  guess: (found) =>
    found
      .toLowerCase()
      .replaceAll(/[^a-z0-9.]+/g, '-')
      .replaceAll(/-*\.+-*/g, '.')
      .replaceAll(/^[-.]+|[-.]+$/g, ''),
}

export const HOST_NAME: TextRule = {
  pattern: `^${HOST_LABEL}(\\.${HOST_LABEL})*$`,
  maxLength: 253,
  expected: 'a DNS name such as www.example.com, without scheme, port, path or wildcard',
  guess: (found) =>
    found
      .trim()
      .replace(/^[a-z]+:\/\//i, '')
      .replace(/[/?#].*$/, '')
      .replace(/:\d+$/, '')
      .replace(/\.$/, ''),
}

export const DURATION: TextRule = {
  pattern: '^(0|[1-9][0-9]{0,8})(ms|s|m|h)$',
  maxLength: 11,
  expected: 'a duration: an integer with ms, s, m or h, such as 500ms, 10s or 2m',
  guess: (found) => {
    const ms = guessDuration(found)
    return ms === null ? null : formatDuration(ms)
  },
}

export const URL_PATH: TextRule = {
  pattern: "^/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*$",
  maxLength: 1024,
  expected: 'a path that starts with / and holds only characters that URLs allow',
  guess: (found) =>
    `/${found
      .trim()
      .replace(/^[a-z]+:\/\/[^/]*/i, '')
      .replace(/^\/+/, '')}`,
}

export const SWARM_SERVICE: TextRule = {
  pattern: '^[A-Za-z0-9][A-Za-z0-9_-]*$',
  maxLength: 63,
  expected: 'the name of a Swarm service as `docker service ls` shows it',
  guess: (found) => found.trim(),
}

export const TAG: TextRule = {
  pattern: '^[^\\u0000-\\u001f]+$',
  maxLength: 255,
  expected: 'a tag: 1 to 255 characters on one line',
  guess: (found) => found.trim(),
}

const RULES = [DNS_LABEL, NAMESPACE, HOST_NAME, DURATION, URL_PATH, SWARM_SERVICE, TAG]

export function ruleOf(pattern: string | undefined): TextRule | null {
  return RULES.find((rule) => rule.pattern === pattern) ?? null
}

/** What was probably meant by a string that breaks the rule; null if there is no good guess. */
export function meant(rule: TextRule, found: string): string | null {
  const guess = rule.guess(found.slice(0, 1024))
  return guess !== null && guess !== found && fits(rule, guess) ? guess : null
}

/** Whether a text has the form. */
export function fits({ pattern, maxLength }: TextRule, found: string): boolean {
  return found.length <= maxLength && new RegExp(pattern, 'u').test(found)
}
