/**
 * Where a program says what happens: fields, and the name of the event. pino's loggers are such.
 */
export interface Log {
  info(fields: object, event: string): void
  warn(fields: object, event: string): void
  error(fields: object, event: string): void
}
