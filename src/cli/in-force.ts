import { createConsul } from '../consul/client.ts'
import { readKvPrefix } from '../consul/kv.ts'
import { KV_SERVICES } from '../model/names.ts'
import type { Policy } from '../model/policy.ts'
import type { ServiceKey } from '../model/service.ts'
import { readPolicies } from '../controller/state.ts'

/** The policies that the controller has in force. Rejects with ConsulError. */
export async function policiesInForce(consulUrl: string): Promise<ReadonlyMap<ServiceKey, Policy>> {
  return readPolicies(await readKvPrefix(createConsul(consulUrl), KV_SERVICES))
}
