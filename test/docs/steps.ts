/** A Markdown section as something to be run: shell blocks, each with the output that the text shows after it. */

export interface Step {
  /** Line of the page where the block begins, from 1. */
  readonly line: number
  readonly script: string
  /** Null where the text shows none. `…` stands for anything on its line, alone on a line for any lines. */
  readonly output: string | null
}

/** The `sh` blocks of the section under a heading, in their order. Throws if there is no such section. */
export function stepsOf(markdown: string, heading: string): Step[] {
  const lines = markdown.split('\n')
  const begin = lines.indexOf(heading)
  if (begin === -1) throw new Error(`no section ${heading}`)
  const depth = heading.replace(/[^#].*$/, '').length
  const end = endOf(lines, begin + 1, depth)
  const blocks = blocksOf(lines.slice(0, end), begin)
  return blocks.flatMap(({ language, text, line }, index) => {
    const next = blocks[index + 1]
    return language === 'sh'
      ? [{ line, script: text, output: next?.language === 'text' ? next.text : null }]
      : []
  })
}

/** Whether an output is what the text shows. */
export function isShown(shown: string, output: string): boolean {
  const pattern = shown
    .trimEnd()
    .split('\n')
    .map((line) => (line.trim() === '…' ? '(?:.*\n)*?' : `${line.split('…').map(literal).join('.*')}[ ]*\n`))
    .join('')
  return new RegExp(`^${pattern}$`).test(`${output.trimEnd()}\n`)
}

interface Block {
  readonly language: string
  readonly text: string
  readonly line: number
}

function blocksOf(lines: readonly string[], begin: number): Block[] {
  const blocks: Block[] = []
  for (let index = begin; index < lines.length; index++) {
    const language = /^```(\w*)$/.exec(lines[index] ?? '')?.[1]
    if (language === undefined) continue
    const close = lines.indexOf('```', index + 1)
    if (close === -1) throw new Error(`line ${index + 1}: a block that does not end`)
    blocks.push({ language, text: lines.slice(index + 1, close).join('\n'), line: index + 1 })
    index = close
  }
  return blocks
}

/** A `#` in a shell block is a comment, not a heading. */
function endOf(lines: readonly string[], from: number, depth: number): number {
  let inBlock = false
  for (let index = from; index < lines.length; index++) {
    const line = lines[index] ?? ''
    if (line.startsWith('```')) inBlock = !inBlock
    const marks = /^(#+) /.exec(line)?.[1]
    if (!inBlock && marks !== undefined && marks.length <= depth) return index
  }
  return lines.length
}

function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
