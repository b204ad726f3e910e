import { consulClients } from '../consul/client.ts'

/** The command's way to Consul's agents: one for all verbs. */
export const CONSUL = consulClients()
