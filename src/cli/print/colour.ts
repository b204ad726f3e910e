import { styleText } from 'node:util'

type Style = 'bold' | 'red' | 'yellow' | 'green'

/** A text that may be coloured. Its width is its text's. */
interface Styled {
  readonly text: string
  readonly style: Style
}

export type Cell = string | Styled

/** Gives a text its style where that can be seen. */
export type Paint = (style: Style, text: string) => string

/** For pipes and files. */
export const plain: Paint = (_, text) => text

/** For a stream: colours on a terminal, unless NO_COLOR is set; FORCE_COLOR has them anywhere. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  return (style, text) => styleText(style, text, { stream })
}

export function isColoured(stream: NodeJS.WriteStream): boolean {
  return paintFor(stream)('bold', ' ') !== ' '
}

export function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text
}
