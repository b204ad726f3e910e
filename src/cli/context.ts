import { DEFAULT_DOMAIN } from '../model/names.ts'
import type { ControllerSettings } from '../controller/state.ts'
import { deploymentOf } from '../controller/plan/registrations.ts'

/** Where the command runs, and so what it can reach. */
export interface CliContext {
  /** Set in Shoal's own containers, which alone can reach Consul; else null. */
  readonly consulUrl: string | null
  /** Name of Shoal's own stack. */
  readonly stack: string
  /** What the controller is told likewise. */
  readonly settings: ControllerSettings
}

type Environment = Readonly<Record<string, string | undefined>>

/** The context from the environment, which in Shoal's containers is set by swarm/stack.yml. */
export function cliContext(env: Environment): CliContext {
  const stack = env['SHOAL_STACK'] ?? 'shoal'
  const domain = env['SHOAL_DOMAIN'] ?? DEFAULT_DOMAIN
  return {
    consulUrl: env['CONSUL_HTTP_ADDR'] ?? null,
    stack,
    settings: { deployment: deploymentOf(stack), domain },
  }
}
