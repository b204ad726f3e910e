/** All cases, in the order of the table. */
import type { Case } from '../case.ts'
import { KILL_NODE, KILL_TASK } from './crash.ts'
import { DRAIN } from './drain.ts'
import { HUNG } from './hung.ts'
import { RELOADS } from './reload.ts'
import { SLOW, START_FIRST, STOP_FIRST } from './rollout.ts'
import { SCALE, SCALE_TO_ZERO } from './scale.ts'
import { FLAPPING, HANGING, SICK } from './sick.ts'
import { UPGRADE } from './upgrade.ts'

export const CASES: readonly Case[] = [
  STOP_FIRST,
  START_FIRST,
  SLOW,
  SCALE,
  SCALE_TO_ZERO,
  DRAIN,
  KILL_TASK,
  KILL_NODE,
  HUNG,
  RELOADS,
  UPGRADE,
  SICK,
  HANGING,
  FLAPPING,
]
