import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { currentStep } from '../../../swarm/images/build.ts'
import { exactName } from '../../../swarm/images/provide.ts'
import { DEFAULT_NAMES, RECIPES } from '../../../swarm/images/recipes.ts'

describe('names of images', () => {
  it('are the defaults of the stack file', async () => {
    const stack = await readFile(new URL('../../../swarm/stack.yml', import.meta.url), 'utf8')
    const used = [...stack.matchAll(/\$\{(SHOAL_\w*IMAGE):-([^}]+)\}/g)].map(([, setting, name]) => [
      setting,
      name,
    ])
    expect(used.length).toBeGreaterThan(0)
    for (const [setting, name] of used) expect(Object.entries(DEFAULT_NAMES)).toContainEqual([setting, name])
  })

  it('have a recipe each', () => {
    expect(RECIPES.map(({ setting }) => setting).toSorted()).toEqual(Object.keys(DEFAULT_NAMES).toSorted())
  })

  it('change with what our images are built from, and never for official ones', () => {
    expect(exactName('shoal:dev', '0123456789abcdef')).toBe('shoal:dev-0123456789ab')
    expect(exactName('haproxy:3.2', '0123456789abcdef')).toBe('haproxy:3.2')
  })
})

describe('the step that a build is at', () => {
  it.each([
    ['Step 3/9 : RUN make', 'Step 3/9 : RUN make'],
    ['#7 [build 3/9] RUN make', '[build 3/9] RUN make'],
    ['#7 12.5 compiling step 3/9 of it', undefined],
    [' ---> Running in 0123', undefined],
  ])('of %s', (line, step) => {
    expect(currentStep(line)).toBe(step)
  })
})
