/** A line chart as SVG: cost over size, both on logarithmic axes, so that linear growth is a straight line of slope one. */

export interface Line {
  readonly name: string
  /** [size, cost], both greater than 0. */
  readonly points: readonly (readonly [number, number])[]
}

const WIDTH = 720
const HEIGHT = 420
const LEFT = 60
const RIGHT = 210
const TOP = 40
const BOTTOM = 50
const COLOURS = ['#1f77b4', '#d62728', '#2ca02c', '#9467bd', '#ff7f0e', '#17becf', '#8c564b']

export function plot(title: string, xName: string, yName: string, lines: readonly Line[]): string {
  const all = lines.flatMap(({ points }) => points)
  const x = axis(
    all.map(([size]) => size),
    LEFT,
    WIDTH - RIGHT,
  )
  const y = axis(
    all.map(([, cost]) => cost),
    HEIGHT - BOTTOM,
    TOP,
  )
  const grid = [
    ...x.ticks.map((tick) => `<path d="M${x.at(tick)} ${TOP}V${HEIGHT - BOTTOM}"/>`),
    ...y.ticks.map((tick) => `<path d="M${LEFT} ${y.at(tick)}H${WIDTH - RIGHT}"/>`),
  ]
  const labels = [
    text(LEFT, TOP - 16, title, 'start'),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, xName, 'middle'),
    text(LEFT, TOP - 2, yName, 'start'),
    ...x.ticks.map((tick) => text(x.at(tick), HEIGHT - BOTTOM + 16, String(tick), 'middle')),
    ...y.ticks.map((tick) => text(LEFT - 6, y.at(tick) + 4, String(tick), 'end')),
  ]
  const drawn = lines.map(({ name, points }, index) => {
    const colour = COLOURS[index % COLOURS.length] ?? ''
    const path = points.map(([size, cost]) => `${x.at(size)},${y.at(cost)}`).join(' ')
    const legend = text(WIDTH - RIGHT + 26, TOP + 14 + 20 * index, name, 'start')
    const mark = `<path d="M${WIDTH - RIGHT + 8} ${TOP + 10 + 20 * index}h14" stroke="${colour}" stroke-width="3"/>`
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${mark}${legend}`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
<g stroke="#ddd">${grid.join('')}</g>
${[...labels, ...drawn].join('\n')}
</svg>
`
}

/** Whole powers of ten as ticks, from the one below the least value to the one above the greatest. */
function axis(values: readonly number[], from: number, to: number) {
  const least = Math.floor(Math.log10(Math.min(...values)))
  const most = Math.max(least + 1, Math.ceil(Math.log10(Math.max(...values))))
  const at = (value: number): number =>
    Math.round(from + ((Math.log10(value) - least) / (most - least)) * (to - from))
  const ticks = Array.from({ length: most - least + 1 }, (_, index) => Number(`1e${least + index}`))
  return { at, ticks }
}

function text(x: number, y: number, content: string, anchor: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${content}</text>`
}
