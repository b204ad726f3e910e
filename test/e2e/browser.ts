/** A real browser without a window, as someone who looks at the dashboards has one. */
import { mkdir } from 'node:fs/promises'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import type { Login } from '../../swarm/dev/dashboards.ts'
import { findProgram } from '../../swarm/images/program.ts'
import { canInstallPackages, installPackages } from '../../swarm/dev/packages.ts'

const NAMES = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser']

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Kept for who looks into a run; not committed. */
const SCREENSHOTS = '.cache/test/screenshots'

/** For it every host name is this machine, where the nodes' ports are. Installs the package chromium where there is none. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = (await findBrowser()) ?? (await installBrowser())
  return await chromium.launch({ executablePath, args: [...QUIET, '--host-resolver-rules=MAP * 127.0.0.1'] })
}

async function findBrowser(): Promise<string | undefined> {
  for (const name of NAMES) {
    const path = await findProgram(name)
    if (path !== undefined) return path
  }
  return undefined
}

async function installBrowser(): Promise<string> {
  if (await canInstallPackages()) await installPackages(['chromium'], () => {})
  const path = await findBrowser()
  if (path === undefined) {
    throw new Error(
      `the dashboards are tested in a browser, and there is none of ${NAMES.join(', ')}.\n` +
        `Install Chromium or Chrome. As root on Debian or Ubuntu this is done for you.`,
    )
  }
  return path
}

/** A page of someone who types this login when asked for it. */
export async function openPage(browser: Browser, { user: username, password }: Login): Promise<Page> {
  const context = await browser.newContext({
    httpCredentials: { username, password },
    viewport: { width: 1280, height: 800 },
  })
  return await context.newPage()
}

export async function keepScreenshot(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true })
  await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true })
}
