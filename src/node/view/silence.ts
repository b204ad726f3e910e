import type { HeldEndpoint } from './endpoints.ts'
import type { HeldPolicy } from './policies.ts'
import type { View } from './view.ts'
import type { ServiceKey } from '../../model/service.ts'

/** While Consul does not answer, nothing is known to be missing: no grace ends. */
export function fallSilent(view: View, now: number): View {
  return { ...view, silentSince: view.silentSince ?? now }
}

/** Consul answers again: the time in between counts for no grace. */
export function breakSilence(view: View, now: number): View {
  const { silentSince } = view
  if (silentSince === null) return view
  const shift = (since: number | null): number | null =>
    since === null ? null : since + Math.max(0, now - Math.max(silentSince, since))
  const policies = [...view.policies].map(([key, held]): [ServiceKey, HeldPolicy] => [
    key,
    { inForce: held.inForce, next: held.next, absentSince: shift(held.absentSince) },
  ])
  const endpoints = [...view.endpoints].map(
    ([service, held]): [string, ReadonlyMap<string, HeldEndpoint>] => [
      service,
      new Map(
        Array.from(held, ([server, each]) => [server, { ...each, unknownSince: shift(each.unknownSince) }]),
      ),
    ],
  )
  return { ...view, policies: new Map(policies), endpoints: new Map(endpoints), silentSince: null }
}

/** The last moment of which a view with running graces knows; null without any. */
export function lastLoss({ policies, endpoints }: Pick<View, 'policies' | 'endpoints'>): number | null {
  const losses = [
    ...[...policies.values()].map(({ absentSince }) => absentSince),
    ...[...endpoints.values()].flatMap((held) =>
      Array.from(held.values(), ({ unknownSince }) => unknownSince),
    ),
  ]
  return losses.reduce((last, loss) => (last === null || (loss !== null && loss > last) ? loss : last), null)
}
