import { describe, expect, it } from 'vitest'
import { isShown, stepsOf } from './steps.ts'

const TEXT = `# Title

## Before

\`\`\`sh
not this
\`\`\`

## Tour

Words.

\`\`\`sh
# a comment, no heading
echo one
\`\`\`

\`\`\`text
one
\`\`\`

### Part

\`\`\`sh
echo two
\`\`\`

\`\`\`yaml
left: out
\`\`\`

## After

\`\`\`sh
nor this
\`\`\`
`

describe('stepsOf', () => {
  it('gives the shell blocks of a section, with the output shown after each', () => {
    expect(stepsOf(TEXT, '## Tour')).toEqual([
      { line: 13, script: '# a comment, no heading\necho one', output: 'one' },
      { line: 24, script: 'echo two', output: null },
    ])
  })

  it('throws on a section that is not there, and on a block without an end', () => {
    expect(() => stepsOf(TEXT, '## Trip')).toThrow('no section ## Trip')
    expect(() => stepsOf('## Tour\n```sh\necho', '## Tour')).toThrow('line 2')
  })
})

describe('isShown', () => {
  it.each([
    ['one', 'one\n'],
    ['one', 'one'],
    ['Hello from …', 'Hello from container 1'],
    ['NAME   …\n…\nlast', 'NAME   READY\na\nb\nlast'],
    ['first\n…', 'first'],
    ['a.b (c)', 'a.b (c)  '],
  ])('takes %j for %j', (shown, output) => {
    expect(isShown(shown, output)).toBe(true)
  })

  it.each([
    ['one', 'two'],
    ['one', 'one\ntwo'],
    ['one\n…', 'zero\none'],
    ['a.b', 'axb'],
    ['Hello from …', 'Hello from\ncontainer 1'],
  ])('does not take %j for %j', (shown, output) => {
    expect(isShown(shown, output)).toBe(false)
  })
})
