/** The text of Shoal's pages, as far as tests look at it. */
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The README, the pages of `docs/`, and the README of every folder, as paths from the root. */
export function allPages(): string[] {
  const patterns = ['README.md', 'docs/**/*.md', '{src,test,swarm,manifests}/**/*.md']
  return globSync(patterns, { cwd: ROOT }).toSorted()
}

export function textOf(page: string): string {
  return readFileSync(`${ROOT}/${page}`, 'utf8')
}

/** Lines of more than 100 characters, as `page:line`, but for rows of tables and for shown output (`text`). */
export function longLines(page: string, text: string): string[] {
  let language: string | null = null
  return text.split('\n').flatMap((line, index) => {
    const fence = /^```(\w*)$/.exec(line)
    if (fence !== null) language = language === null ? (fence[1] ?? '') : null
    const mayBeLong = line.startsWith('|') || language === 'text'
    return line.length > 100 && !mayBeLong ? [`${page}:${index + 1}`] : []
  })
}

/** Targets of links and pictures that are not to other sites, outside of code. */
export function linksOf(text: string): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
}

/** What a page's headings are called in links, as GitHub has it. */
export function anchorsOf(text: string): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '')
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
