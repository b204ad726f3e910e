import { BehaviorSubject, ReplaySubject, Subject } from 'rxjs'
import type { Backend } from '../../src/model/backend.ts'
import type { BackendOutcome, Refusal, StructureOutcome } from '../../src/model/haproxy.ts'
import { structureKey } from '../../src/haproxy/structure-key.ts'
import type { Listener } from '../../src/model/listener.ts'
import type { Endpoint } from '../../src/model/endpoint.ts'
import type { Policy, Tombstone } from '../../src/model/policy.ts'
import type { Log } from '../../src/lib/log.ts'
import type { DnsPort, HaproxyPort, MemoryPort, NodePorts, ReportsPort } from '../../src/node/ports.ts'
import type { VirtualClock } from '../loop/virtual-clock.ts'
import { POLICIES } from '../../src/store/policies.ts'

/** Answers when told to, as blocking queries do; a new watch gets the last answer. */
class FakeConsul {
  readonly silent = new BehaviorSubject(false)
  readonly policies = new ReplaySubject<ReadonlyMap<string, string>>(1)
  readonly watched: string[] = []
  readonly #services = new Map<string, ReplaySubject<readonly Endpoint[]>>()

  readonly endpoints = (service: string) => {
    this.watched.push(service)
    return this.#service(service)
  }

  answerPolicies(...entries: readonly (Policy | Tombstone)[]): void {
    this.policies.next(new Map(entries.map((entry) => [POLICIES.key(entry.key), POLICIES.encode(entry)])))
  }

  answer(service: string, ...endpoints: readonly Endpoint[]): void {
    this.#service(service).next(endpoints)
  }

  #service(service: string): ReplaySubject<readonly Endpoint[]> {
    const subject = this.#services.get(service) ?? new ReplaySubject<readonly Endpoint[]>(1)
    this.#services.set(service, subject)
    return subject
  }
}

/** Keeps what it is told; a backend is known after a reload only. Each call takes `latency` ms. */
export class FakeHaproxy implements HaproxyPort {
  configured = true
  down = false
  latency = 1
  /** Files that it refuses. */
  refused: readonly Refusal[] = []
  /** Servers that can't be removed yet. */
  busy: readonly string[] = []
  readonly backends = new Map<string, Backend>()
  /** Null where it has lost them. */
  listeners: readonly Listener[] | null = null
  #loadedKey: string | null = null
  /** What it was asked to do, with the ms at which it began. */
  readonly calls: (readonly [at: number, what: string])[] = []
  reloads = 0
  #running = 0
  readonly #clock: VirtualClock

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  async isConfigured(): Promise<boolean> {
    return this.configured
  }

  async programBackend(backend: Backend): Promise<BackendOutcome> {
    await this.#call(backend.name)
    if (!this.backends.has(backend.name)) return { kind: 'unknown' }
    this.backends.set(backend.name, backend)
    return this.busy.length > 0 ? { kind: 'removing', servers: this.busy } : { kind: 'programmed' }
  }

  async programStructure(
    listeners: readonly Listener[],
    backends: readonly Backend[],
  ): Promise<StructureOutcome> {
    await this.#call('structure')
    const refused = new Set(this.refused.map(({ backend }) => backend))
    const accepted = backends.filter(({ name }) => !refused.has(name))
    const key = structureKey(listeners, accepted)
    const isSame =
      this.listeners !== null && this.#loadedKey === key && this.backends.size === accepted.length
    this.listeners = listeners
    this.#loadedKey = key
    if (!isSame) {
      this.reloads += 1
      this.backends.clear()
      for (const backend of accepted) this.backends.set(backend.name, backend)
    }
    return { reloaded: !isSame, refused: this.refused }
  }

  /** Somebody removes a backend's servers. */
  loseServers(name: string): void {
    const backend = this.backends.get(name)
    if (backend !== undefined) this.backends.set(name, { ...backend, servers: [] })
  }

  /** Has what another one has. */
  continue({ listeners, backends }: FakeHaproxy): void {
    this.listeners = listeners
    this.#loadedKey = structureKey(listeners ?? [], [...backends.values()])
    for (const [name, backend] of backends) this.backends.set(name, backend)
  }

  /** Since the last call of this method. */
  news(): readonly string[] {
    return this.calls.splice(0).map(([, what]) => what)
  }

  async #call(what: string): Promise<void> {
    this.calls.push([this.#clock.now(), what])
    if (this.#running > 0) throw new Error('two calls at once')
    this.#running += 1
    await this.#clock.sleep(this.latency)
    this.#running -= 1
    if (this.down) throw new Error('admin.sock: connect ENOENT')
  }
}

/** The KV store as far as this node's reports go. */
export class FakeReports implements ReportsPort {
  readonly watch = new Subject<ReadonlyMap<string, string>>()
  readonly entries = new Map<string, string>()
  /** Writes, with the ms at which they happened. */
  readonly writes: (readonly [at: number, key: string])[] = []
  readonly #clock: VirtualClock

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  async put(key: string, value: string): Promise<void> {
    this.writes.push([this.#clock.now(), key])
    this.entries.set(key, value)
    this.answer()
  }

  async delete(key: string): Promise<void> {
    this.entries.delete(key)
    this.answer()
  }

  answer(): void {
    this.watch.next(new Map(this.entries))
  }
}

class FakeDns implements DnsPort {
  readonly programmed: (Readonly<Record<string, string>> | null)[] = []

  async program(hosts: Readonly<Record<string, string>> | null): Promise<readonly string[]> {
    this.programmed.push(hosts)
    return []
  }
}

class FakeMemory implements MemoryPort {
  text: string | null = null

  async load(): Promise<string | null> {
    return this.text
  }

  async save(text: string): Promise<void> {
    this.text = text
  }
}

/** What was logged: the events. */
export class FakeLog implements Log {
  readonly events: string[] = []
  readonly info = (_: object, event: string): void => void this.events.push(event)
  readonly warn = (_: object, event: string): void => void this.events.push(`warn: ${event}`)
  readonly error = (_: object, event: string): void => void this.events.push(`error: ${event}`)
}

export class FakeNode {
  readonly consul = new FakeConsul()
  readonly haproxy: FakeHaproxy
  readonly reports: FakeReports
  readonly dns = new FakeDns()
  readonly memory = new FakeMemory()
  readonly log = new FakeLog()

  constructor(clock: VirtualClock) {
    this.haproxy = new FakeHaproxy(clock)
    this.reports = new FakeReports(clock)
  }

  get ports(): NodePorts {
    const { consul, haproxy, reports, dns, memory } = this
    const { policies, endpoints, silent } = consul
    return { policies, endpoints, silent, reports: reports.watch, kv: reports, haproxy, dns, memory }
  }
}
