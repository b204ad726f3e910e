import type { Path } from '../path.ts'

/** Every error a spec can have, with what it means. Tests and docs name these codes, never the messages. */
export const SPEC_ERRORS = {
  InvalidYaml: 'The text is not well-formed YAML, or too large or too deep to read.',
  EmptySpec: 'There is nothing in the text, or only comments.',
  SeveralDocuments: 'The text holds several documents where one is expected.',
  UnsupportedVersion: '`apiVersion` is one that this Shoal does not know.',
  UnsupportedKind: '`kind` is one that this Shoal does not know.',
  UnknownField: 'A field that the schema does not have.',
  DuplicateField: 'A field is given twice.',
  MissingField: 'A required field is missing.',
  WrongType: 'A value of another type is expected.',
  InvalidValue: 'The type is right, the value is not allowed.',
  DuplicatePort: 'Two ports of the service have one number or one name.',
  DuplicateValue: 'A list of hosts, aliases or tags has an entry twice.',
  DuplicateService: 'Two documents declare the same service.',
  ReservedPort: 'The port is used by Shoal itself.',
  HostsWithoutHttp: 'Hosts are given, but no port speaks HTTP.',
  SelectorConflict: 'A spec in a service label selects another service.',
  NameTooLong: 'Name, namespace and port name together exceed a DNS label.',
} as const

export type SpecErrorCode = keyof typeof SPEC_ERRORS

/** One thing wrong with a spec, for the person who wrote it. */
export interface SpecError {
  readonly code: SpecErrorCode
  /** File name, or a phrase such as `label shoal.spec of service hello_www`. */
  readonly source: string
  /** 1-based, within the source's text. */
  readonly line: number
  /** 1-based, in UTF-16 code units. */
  readonly column: number
  /** For example `spec.ports[0].targetPort`; empty for the document as a whole. */
  readonly field: string
  /** What was found, and what would be right. */
  readonly message: string
}

/** An error before it is known where its path lies in the text. */
export interface Violation {
  readonly code: SpecErrorCode
  /** For a missing field: where it would be. */
  readonly path: Path
  /** What is wrong: the value (the default), or the field's name itself. */
  readonly part?: 'key' | 'value'
  readonly message: string
}

/** `<source>:<line>:<column>: <field>: <message>`, as compilers write it, so that editors find the place. */
export function formatSpecError({ source, line, column, field, message }: SpecError): string {
  return [`${source}:${line}:${column}`, field, message].filter((part) => part !== '').join(': ')
}
