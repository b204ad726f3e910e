import type { HeldRegistration } from '../../../src/model/registration.ts'
import type { ConsulStep } from '../../../src/controller/plan/steps.ts'

/** What a Consul agent holds after these steps, one after the other. */
export function carryOut(
  registered: readonly HeldRegistration[],
  steps: readonly ConsulStep[],
): HeldRegistration[] {
  const held = new Map(registered.map((instance) => [instance.id, instance]))
  for (const step of steps) {
    if (step.kind === 'register') {
      const { id, service, meta } = step.registration
      const maintenance = held.get(id)?.maintenance ?? false
      held.set(id, { id, service, hash: meta['shoal-hash'], instanceId: meta['shoal-task'], maintenance })
    } else if (step.kind === 'deregister') held.delete(step.id)
    else {
      const instance = held.get(step.id)
      if (instance === undefined) throw new Error(`Unknown service ID ${step.id}`)
      held.set(step.id, { ...instance, maintenance: step.kind === 'drain' })
    }
  }
  return [...held.values()]
}
