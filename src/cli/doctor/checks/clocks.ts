import { fault, onConsul, warning } from '../check.ts'
import type { Check } from '../check.ts'
import { isUnknown } from '../facts.ts'

/** ms: what is sure to be more than this is told. The measurement itself is a second wide. */
const NOTICEABLE = 2000
/** ms: from here on certificates, and what is compared between nodes, are in doubt. */
const SERIOUS = 60_000

export const clocks: Check = {
  name: 'clocks',
  healthy: `no node’s clock differs by more than ${NOTICEABLE / 1000} s`,
  find: onConsul(({ agents }, { snapshot }) =>
    snapshot.nodes.flatMap(({ id, hostname }) => {
      const answer = agents.get(id)
      if (answer === undefined || isUnknown(answer)) return []
      const { least, most } = answer.clock
      const off = Math.max(least, -most)
      if (off <= NOTICEABLE) return []
      const level = off > SERIOUS ? fault : warning
      const direction = least > 0 ? 'ahead of' : 'behind'
      return [
        level(
          hostname,
          `its clock is at least ${Math.floor(off / 1000)} s ${direction} the controller’s: ages and log times mislead`,
          'synchronise the nodes’ clocks, for example with chrony: timedatectl',
        ),
      ]
    }),
  ),
}
