/**
 * What people see, as files: `vitest -u` writes them anew, and the difference is to be looked at.
 */
import { describe, expect, it } from 'vitest'
import { lastValueFrom } from 'rxjs'
import type { Paint } from '../../src/cli/print/colour.ts'
import { plain } from '../../src/cli/print/colour.ts'
import { nodeText, proxyText } from '../../src/cli/print/describe-node.ts'
import { serviceText } from '../../src/cli/print/describe-service.ts'
import { EVENT_LISTING } from '../../src/cli/verbs/events.ts'
import { eventViews } from '../../src/views/event.ts'
import {
  ENDPOINT_LISTING,
  NODE_LISTING,
  PROXY_LISTING,
  SERVICE_LISTING,
} from '../../src/cli/print/listings.ts'
import type { Listing } from '../../src/cli/print/listings.ts'
import { LIST_FORMATS } from '../../src/cli/print/formats.ts'
import { printList } from '../../src/cli/print/print.ts'
import { EVENTS_OF_WWW, NOW, POLICY, sources } from './fixtures.ts'

const ALL = { names: [], namespace: null }
/** Makes styles visible. */
const marked: Paint = (style, text) => `<${style}>${text}</${style}>`

async function viewsOf<V extends object>({ views }: Listing<V>): Promise<readonly V[]> {
  return await lastValueFrom(views(sources(), ALL))
}

async function first<V extends object>(listing: Listing<V>): Promise<V> {
  const [view] = await viewsOf(listing)
  if (view === undefined) throw new Error('nothing there')
  return view
}

async function printed<V extends object>(listing: Listing<V>, views: readonly V[]): Promise<void> {
  const { kind } = listing
  const formats = LIST_FORMATS.filter((format) => format !== 'name' || kind.isHistory !== true)
  for (const format of formats) {
    await expect(
      `${printList(views, kind, { format, paint: plain, clock: () => NOW })}\n`,
    ).toMatchFileSnapshot(`golden/${kind.name}.${format}.txt`)
  }
  const colours = printList(views, kind, { format: 'table', paint: marked, clock: () => NOW })
  await expect(`${colours}\n`).toMatchFileSnapshot(`golden/${kind.name}.colours.txt`)
}

describe('what shoal get prints in every format is as in test/cli/golden, of', () => {
  it('services', async () => {
    expect.hasAssertions()
    await printed(SERVICE_LISTING, await viewsOf(SERVICE_LISTING))
  })

  it('endpoints', async () => {
    expect.hasAssertions()
    await printed(ENDPOINT_LISTING, await viewsOf(ENDPOINT_LISTING))
  })

  it('nodes', async () => {
    expect.hasAssertions()
    await printed(NODE_LISTING, await viewsOf(NODE_LISTING))
  })

  it('proxies', async () => {
    expect.hasAssertions()
    await printed(PROXY_LISTING, await viewsOf(PROXY_LISTING))
  })

  it('events', async () => {
    expect.hasAssertions()
    await printed(EVENT_LISTING, eventViews(new Map([['hello/www', EVENTS_OF_WWW]]), NOW))
  })
})

describe('what shoal describe prints is as in test/cli/golden, of', () => {
  it('a service', async () => {
    const [service] = await viewsOf(SERVICE_LISTING)
    if (service === undefined) throw new Error('no service')
    const endpoints = await viewsOf(ENDPOINT_LISTING)
    const all = { service, policy: POLICY, endpoints, events: EVENTS_OF_WWW }
    await expect(`${serviceText(all, NOW, plain)}\n`).toMatchFileSnapshot('golden/describe-service.txt')
    await expect(`${serviceText(all, NOW, marked)}\n`).toMatchFileSnapshot(
      'golden/describe-service.colours.txt',
    )
  })

  it('a service that was never good', async () => {
    const service = (await viewsOf(SERVICE_LISTING)).at(-1)
    if (service === undefined) throw new Error('no service')
    const text = serviceText({ service, policy: null, endpoints: [], events: [] }, NOW, plain)
    await expect(`${text}\n`).toMatchFileSnapshot('golden/describe-bad-service.txt')
  })

  it('a node and its proxy', async () => {
    await expect(`${nodeText(await first(NODE_LISTING), plain)}\n`).toMatchFileSnapshot(
      'golden/describe-node.txt',
    )
    const refusing = (await viewsOf(PROXY_LISTING)).at(-1)
    if (refusing === undefined) throw new Error('no proxy')
    await expect(`${proxyText(refusing, plain)}\n`).toMatchFileSnapshot('golden/describe-proxy.txt')
  })
})
