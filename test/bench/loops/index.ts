/** All loops, in the order of the table. */
import { UPDATE_TO_DRAIN } from './drain.ts'
import { ANSWER_TO_USE } from './health.ts'
import type { Loop } from './loop.ts'
import { SPEC_TO_ROUTE } from './spec.ts'

export const LOOPS: readonly Loop[] = [UPDATE_TO_DRAIN, ANSWER_TO_USE, SPEC_TO_ROUTE]
