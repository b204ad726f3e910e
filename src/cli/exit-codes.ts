/** What `shoal` exits with; the README documents it. */
export const OK = 0
export const FAILED = 1
/** The command line itself is wrong. */
export const USAGE = 2
/** Docker or Consul can't be reached. */
export const UNREACHABLE = 3
/** `shoal diff` found differences. */
export const DIFFERENT = 4
