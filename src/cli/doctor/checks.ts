import type { Check } from './check.ts'
import { clocks } from './checks/clocks.ts'
import { consul } from './checks/consul.ts'
import { controller } from './checks/controller.ts'
import { engine, nodes, swarm } from './checks/engine.ts'
import { ipvs } from './checks/ipvs.ts'
import { dns, names } from './checks/names.ts'
import { parts } from './checks/parts.ts'
import { ports } from './checks/ports.ts'
import { mesh, specs } from './checks/specs.ts'
import { health, proxies } from './checks/traffic.ts'
import { versions } from './checks/versions.ts'

/** Every check of `shoal doctor`, what others depend on first. */
export const CHECKS: readonly Check[] = [
  engine,
  swarm,
  nodes,
  parts,
  ports,
  versions,
  controller,
  consul,
  clocks,
  specs,
  mesh,
  dns,
  ipvs,
  names,
  proxies,
  health,
]
