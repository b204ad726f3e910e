import type { ServiceKey } from '../../model/service.ts'
import type { Policy } from '../../model/policy.ts'
import type { Condition, ServiceStatus } from '../../model/status.ts'
import type { ClusterSnapshot } from '../../model/cluster.ts'
import type { ControllerSettings } from '../../controller/state.ts'
import { afterChange, applyChange } from './config-versions.ts'
import type { ApplyChange } from './config-versions.ts'
import type { SpecDocument } from './read.ts'
import { foreseeStatuses } from '../../views/foresee.ts'
import type { Foresight, Unreliable } from '../../views/foresee.ts'
import { UserError } from '../exit.ts'
import { conditionText } from '../print/progress-text.ts'
import { sameContent } from '../../lib/same.ts'
import { sourceText } from '../../model/source.ts'
import type { Source } from '../../model/source.ts'

/** What is there before. */
export interface Observed {
  readonly snapshot: ClusterSnapshot
  /** The policies in force. */
  readonly known: ReadonlyMap<ServiceKey, Policy>
}

/** What applying would do to one service. */
export interface Foreseen {
  readonly key: ServiceKey
  /** `affected`: not among the files, but judged otherwise because of them. */
  readonly action: ApplyChange['action'] | 'affected'
  /** The conditions that depend on no more than specs and tasks: Accepted and Resolved. */
  readonly conditions: readonly Condition[]
  /**
   * Where the spec was read that the file takes the place of, if not from an applied one; else
   * null.
   */
  readonly replaces: Source | null
}

/**
 * Applies documents to an observation only, and lets the controller's rules judge what that makes:
 * the services of the documents in their order, then others that would be judged otherwise than
 * now. Throws UserError if Docker's lists contradict each other.
 */
export function foreseeChanges(
  { snapshot, known }: Observed,
  documents: readonly SpecDocument[],
  settings: ControllerSettings,
  now: Date,
): Foreseen[] {
  let specs = snapshot.specs
  const changes = documents.map((document) => {
    const change = applyChange(specs, document, now)
    specs = afterChange(specs, change, now)
    return change
  })
  const statusesWith = (texts: ClusterSnapshot['specs']) =>
    reliable(foreseeStatuses({ ...snapshot, specs: texts }, known, settings, now.getTime())).statuses
  const before = statusesWith(snapshot.specs)
  const after = statusesWith(specs)
  const own = new Set(changes.map(({ key }) => key))
  const affected = [...after.keys()].filter(
    (key) => !own.has(key) && !sameContent(visible(before.get(key)), visible(after.get(key))),
  )
  return [
    ...changes.map(({ key, action }) => {
      const source = before.get(key)?.source ?? null
      const replaces = source?.kind === 'config' ? null : source
      return { key, action, conditions: after.get(key)?.conditions ?? [], replaces }
    }),
    ...affected.map((key) => ({
      key,
      action: 'affected' as const,
      conditions: after.get(key)?.conditions ?? [],
      replaces: null,
    })),
  ]
}

function reliable(foresight: Foresight | Unreliable): Foresight {
  if ('unreliable' in foresight) throw new UserError(foresight.unreliable)
  return foresight
}

/** What people would see, without times. */
function visible(status: ServiceStatus | undefined): unknown {
  return status?.conditions.map(({ reason, message }) => [reason, message])
}

/** Whether a service would not get all that it asks for. */
export function isRefused({ conditions }: Pick<Foreseen, 'conditions'>): boolean {
  return conditions.some(({ type, status }) => type === 'Accepted' && status === 'False')
}

/** What `shoal apply --dry-run=server` prints of a service. */
export function foreseenLines({ key, action, conditions, replaces }: Foreseen): string[] {
  const head =
    action === 'affected'
      ? `service ${key} would be judged otherwise`
      : `service ${key} ${action} (server dry run)`
  const lines = conditions.map((condition) => `  ${conditionText(condition)}`)
  return [head, ...(replaces === null ? [] : [`  takes the place of ${sourceText(replaces)}`]), ...lines]
}
