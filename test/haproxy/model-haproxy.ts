/** HAProxy's servers of one backend, as its runtime commands change them: a model as strict as the real one. */
import type { Server } from '../../src/model/backend.ts'
import type { ActualServer } from '../../src/haproxy/state.ts'

export class ModelHaproxy {
  readonly servers = new Map<string, ActualServer>()

  /** As if started from a config file: checks run where the server is ready. */
  static startedWith(servers: readonly Server[]): ModelHaproxy {
    const model = new ModelHaproxy()
    for (const server of servers) {
      const state = server.state === 'ready' ? 'ready' : 'maint'
      model.servers.set(server.name, { ...server, state, checking: true, up: state === 'ready', sessions: 0 })
    }
    return model
  }

  /** Servers that requests may go to. */
  usable(): number {
    return this.servers.values().reduce((sum, { state, up }) => sum + (state === 'ready' && up ? 1 : 0), 0)
  }

  /** HAProxy's answer. */
  execute(command: string): string {
    const [verb, , path = '', ...rest] = command.replace('set weight', 'set weight ').split(/ +/)
    if (command.startsWith('add server ')) return this.#add(path, rest)
    if (command.startsWith('set weight ')) return this.#change(path, { weight: Number(rest[0]) })
    if (command.startsWith('enable health ')) return this.#change(path, { checking: true })
    if (command.startsWith('set maxconn server ')) {
      return this.#change(rest[0] ?? '', { maxConnections: Number(rest[1]) })
    }
    if (verb === 'set' && rest[0] === 'state') return this.#set(path, rest[1] ?? '')
    if (verb === 'set' && rest.join(' ') === 'health up') return this.#change(path, { up: true })
    return `Unknown command: ${command}`
  }

  delete(server: string): string {
    if (this.servers.get(server)?.state !== 'maint') return 'Only servers in maintenance mode can be deleted.'
    this.servers.delete(server)
    return 'Server deleted.'
  }

  #add(path: string, [address = '', ...keywords]: readonly string[]): string {
    const name = path.replace('www/', '')
    if (this.servers.has(name)) return 'Already exists a server with the same name in backend.'
    const [host = '', port] = address.split(':')
    const after = (keyword: string): number => Number(keywords[keywords.indexOf(keyword) + 1])
    this.servers.set(name, {
      name,
      address: host,
      port: Number(port),
      weight: after('weight'),
      state: 'maint',
      backup: keywords.includes('backup'),
      maxConnections: keywords.includes('maxconn') ? after('maxconn') : 0,
      checking: false,
      up: false,
      sessions: 0,
    })
    return 'New server registered.'
  }

  #set(path: string, state: string): string {
    if (state !== 'ready' && state !== 'drain' && state !== 'maint') return 'bad state'
    return this.#change(path, { state })
  }

  #change(path: string, change: Partial<ActualServer>): string {
    const name = path.replace('www/', '')
    const server = this.servers.get(name)
    if (server === undefined) return 'No such server.'
    this.servers.set(name, { ...server, ...change })
    return ''
  }
}
