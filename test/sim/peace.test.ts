import { expect, it } from 'vitest'
import { playAll, seedGroups } from './seeds.ts'

it.each(seedGroups())(
  'people do what they like, seeds $from to $to: nothing goes wrong, and all comes right',
  async (group) => {
    expect(await playAll(group, false)).toBeGreaterThan(0)
  },
  120_000,
)
