import { expect, it } from 'vitest'
import { playAll, seedGroups } from './seeds.ts'

it.each(seedGroups())(
  'everything else fails meanwhile, seeds $from to $to: nothing goes wrong, and all comes right',
  async (group) => {
    expect(await playAll(group, true)).toBeGreaterThan(0)
  },
  120_000,
)
