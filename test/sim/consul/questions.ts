/**
 * The way of a question from a node's programs through its Consul agent to the servers, and back:
 * blocking queries, with everything on which one may wait for nothing.
 */
import {
  filter,
  firstValueFrom,
  fromEvent,
  map,
  merge,
  mergeMap,
  NEVER,
  of,
  Subject,
  takeUntil,
  timer,
} from 'rxjs'
import type { Answer, BlockingQuery } from '../../../src/lib/blocking-query.ts'
import type { VirtualClock } from '../../loop/virtual-clock.ts'
import type { Random } from '../random.ts'
import type { SimNode } from '../swarm/data.ts'
import type { ConsulAgent } from './agent.ts'

/** ms until the gossip has it that somebody is lost. */
export const SERF = 4000
/** ms, as the adapter has them: how long a query waits for news, and when it is given up. */
const WAIT = 55_000
const WAIT_TIMEOUT = 65_000
const FIRST_TIMEOUT = 5000
const GOSSIP_TIMEOUT = 10_000

/** What a blocking query can be about: a Consul service by name, all checks, or keys under a prefix. */
export type Topic = `service ${string}` | 'checks' | `key ${string}`

export interface Question<T> {
  readonly concerns: (topic: Topic) => boolean
  readonly read: () => T
}

/** One question on its way. */
interface Asked {
  readonly index: number | null
  readonly through: SimNode
  readonly agent: ConsulAgent | null
  /** The server to which the agent has passed it on; null if it knew none, undefined before. */
  server?: number | null
}

export class Questions {
  readonly #clock: VirtualClock
  readonly #random: Random
  readonly #agentOn: (nodeId: string) => ConsulAgent | null
  /** Null: of whatever kind. */
  readonly #news = new Subject<Topic | null>()
  /** How often all connections broke. */
  #connections = 0
  readonly #lost = new Subject<void>()
  readonly #indexes = new Map<Topic, number>()
  #index = 1
  /** The index of the last change that concerns everything. */
  #general = 1
  /** Which server there is: each is another one. */
  #server = 1
  #hasPower = true
  /** By gossip. */
  #known: number | null = 1
  #hasLeader = true

  constructor(clock: VirtualClock, random: Random, agentOn: (nodeId: string) => ConsulAgent | null) {
    this.#clock = clock
    this.#random = random
    this.#agentOn = agentOn
  }

  changed(topic: Topic): void {
    this.#index += 1
    this.#indexes.set(topic, this.#index)
    this.#news.next(topic)
  }

  allChanged(): void {
    this.#index += 1
    this.#general = this.#index
    this.#news.next(null)
  }

  /** The servers begin to count anew. */
  forget(): void {
    this.#indexes.clear()
    this.#index = 1
    this.#general = 1
  }

  elects(has: boolean): void {
    this.#hasLeader = has
    this.allChanged()
  }

  isServing(): boolean {
    return this.#hasLeader && this.#hasPower
  }

  /** Whether what is asked now is swallowed: nobody knows yet that the server has no power. */
  swallows(): boolean {
    return !this.#hasPower && this.#known !== null
  }

  /** The server's node loses its power: what it was asked is never answered. */
  losePower(): void {
    const lost = this.#server
    this.#hasPower = false
    this.#clock.schedule(() => {
      if (this.#known === lost && (this.#server !== lost || !this.#hasPower)) this.#known = null
      this.#news.next(null)
    }, SERF)
  }

  /** All connections break without a word: what is asked on them is never answered. */
  breakConnections(): void {
    this.#connections += 1
    this.#lost.next()
  }

  /** Another server, which has all that the lost one had. */
  replaceServer(): void {
    this.#server += 1
    this.#hasPower = true
    this.#known = this.#server
    this.allChanged()
  }

  /** Asks the agent of a node what it knows by gossip, on one connection until that is given up. */
  aliveServers(through: SimNode): () => Promise<string> {
    let connection = this.#connections
    return async () => {
      await this.#clock.sleep(this.#random.between(1, 2))
      const agent = this.#agentOn(through.id)
      if (agent === null) throw new Error('connection refused')
      if (!agent.paused && connection === this.#connections) return String(this.#known)
      await this.#clock.sleep(GOSSIP_TIMEOUT)
      connection = this.#connections
      throw new Error('no answer in 10 s')
    }
  }

  /** A blocking query through a node's agent. */
  query<T>(question: Question<T>, through: SimNode): BlockingQuery<T> {
    return async (index, signal) => {
      const asked: Asked = { index, through, agent: this.#agentOn(through.id) }
      const news = this.#news.pipe(filter((topic) => topic === null || question.concerns(topic)))
      const answers = merge(of(null), news).pipe(
        mergeMap(() => timer(this.#random.between(1, 4), this.#clock)),
        map(() => this.#answer(question, asked, false)),
        takeUntil(this.#lost),
      )
      const over = index === null ? NEVER : timer(WAIT, this.#clock)
      const late = timer(index === null ? FIRST_TIMEOUT : WAIT_TIMEOUT, this.#clock).pipe(
        map((): never => {
          throw new Error('no answer in time')
        }),
      )
      const replies = merge(
        answers,
        over.pipe(
          map(() => this.#answer(question, asked, true)),
          takeUntil(this.#lost),
        ),
        late,
      )
      return await firstValueFrom(
        replies.pipe(
          filter((reply) => reply !== null),
          takeUntil(fromEvent(signal, 'abort')),
        ),
      )
    }
  }

  /** Null: none yet. */
  #answer<T>({ concerns, read }: Question<T>, asked: Asked, isOver: boolean): Answer<T> | null {
    const { agent, through } = asked
    if (agent === null || this.#agentOn(through.id) !== agent) throw new Error('connection refused')
    if (agent.paused) return null
    if (asked.server === undefined) asked.server = this.#known
    if (asked.server === null) throw new Error('500 No known Consul servers')
    if (asked.server !== this.#server || !this.#hasPower) return null
    if (!this.#hasLeader) throw new Error('500 No cluster leader')
    const index = this.#indexOf(concerns)
    return isOver || asked.index === null || index > asked.index ? { index, value: read() } : null
  }

  #indexOf(concerns: (topic: Topic) => boolean): number {
    let last = this.#general
    for (const [topic, index] of this.#indexes) {
      if (concerns(topic)) last = Math.max(last, index)
    }
    return last
  }
}
