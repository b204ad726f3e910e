/** One node as an agent sees it: the real program, a real HAProxy and a real Consul, without a Swarm. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Docker from 'dockerode'
import { createConsul } from '../../../src/consul/client.ts'
import type { ConsulClient } from '../../../src/consul/client.ts'
import type { Policy } from '../../../src/model/policy.ts'
import type { Registration } from '../../../src/model/registration.ts'
import { RealHaproxy } from '../../haproxy/haproxy.ts'
import type { Place } from './origins.ts'
import { POLICIES } from '../../../src/store/policies.ts'
import { SERVICE_REPORTS } from '../../../src/store/reports.ts'

export class Cell {
  readonly haproxy: RealHaproxy
  readonly #consul: Docker.Container
  readonly #dns: string
  #address = ''
  #agent: ChildProcess | null = null
  /** Lines that agents logged. */
  readonly log: string[] = []

  private constructor(haproxy: RealHaproxy, consul: Docker.Container, dns: string) {
    this.haproxy = haproxy
    this.#consul = consul
    this.#dns = dns
  }

  /** With Consul and HAProxy started; HAProxy waits for its first config. */
  static async start(): Promise<Cell> {
    const consul = await new Docker().createContainer({
      Image: 'hashicorp/consul:1.22',
      Labels: { 'shoal.dev/test': 'agent' },
      Entrypoint: ['sh', '-c'],
      // All is kept in memory: one that is killed comes back knowing nothing.
      Cmd: ['while :; do consul agent -dev -client=0.0.0.0 -node=node1; done'],
    })
    const cell = new Cell(await RealHaproxy.create(), consul, await mkdtemp(join(tmpdir(), 'shoal-dns-')))
    await consul.start()
    const { Networks } = (await consul.inspect()).NetworkSettings
    cell.#address = `http://${Networks['bridge']?.IPAddress}:8500`
    await cell.haproxy.start()
    return cell
  }

  /** `settings` are more environment for it. */
  startAgent(settings: Readonly<Record<string, string>> = {}): void {
    this.#agent = spawn(process.execPath, ['src/bin/node.ts'], {
      env: {
        PATH: process.env['PATH'],
        CONSUL_HTTP_ADDR: this.#address,
        SHOAL_NODE_ID: 'n1',
        SHOAL_NODE_NAME: 'node1',
        SHOAL_HAPROXY_DIR: this.haproxy.directory,
        SHOAL_DNS_DIR: this.#dns,
        ...settings,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#agent.stdout?.on('data', (lines: Buffer) => this.log.push(...lines.toString().trim().split('\n')))
  }

  /** Gives the program's exit code, null for one that was killed. */
  async stopAgent(signal: NodeJS.Signals): Promise<number | null> {
    const agent = this.#agent
    if (agent === null) return null
    this.#agent = null
    const exited = once(agent, 'exit')
    agent.kill(signal)
    await exited
    return agent.exitCode
  }

  /** A secret as Docker would mount it; gives its path. */
  async secret(text: string): Promise<string> {
    const path = join(this.#dns, 'secret')
    await writeFile(path, text)
    return path
  }

  async isConsulUp(): Promise<boolean> {
    const answer = await fetch(`${this.#address}/v1/status/leader`).then(
      (response) => response.text(),
      () => '',
    )
    return answer.includes(':')
  }

  async wipeConsul(): Promise<void> {
    const kill = await this.#consul.exec({ Cmd: ['sh', '-c', 'kill -9 $(pidof consul)'] })
    const stream = await kill.start({})
    stream.resume()
    await once(stream, 'end')
  }

  #client(): ConsulClient {
    return createConsul({ address: this.#address })
  }

  /** As the controller would: the node's HAProxy and these tasks of hello/www. */
  async declare(policy: Policy, origins: readonly Place[]): Promise<void> {
    const { agent, kv } = this.#client()
    await kv.put(POLICIES.key(policy.key), POLICIES.encode(policy))
    await agent.register(
      registration('shoal-haproxy', 'shoal_haproxy.n1.x', {
        address: this.haproxy.address,
        port: 80,
        path: '/healthz',
      }),
    )
    for (const { name, address, port } of origins) {
      await agent.register(registration('www-hello', name, { address, port, path: '/' }))
    }
  }

  async drain(origin: Place): Promise<void> {
    await this.#client().agent.setMaintenance(`${origin.name}:http`, 'to stop')
  }

  async deregister(origin: Place): Promise<void> {
    await this.#client().agent.deregister(`${origin.name}:http`)
  }

  async report(): Promise<unknown> {
    const reports = await this.#client().kv.read(`${SERVICE_REPORTS.prefix}node1/`)
    return JSON.parse(reports.get(SERVICE_REPORTS.key('node1/hello/www')) ?? 'null')
  }

  async dnsFile(name: 'hosts' | 'Corefile'): Promise<string> {
    return await readFile(join(this.#dns, name), 'utf8')
  }

  async remove(): Promise<void> {
    await this.stopAgent('SIGKILL')
    await this.#consul.remove({ force: true, v: true })
    await this.haproxy.remove()
    await rm(this.#dns, { recursive: true, force: true })
  }
}

function registration(
  service: string,
  name: string,
  { address, port, path }: { readonly address: string; readonly port: number; readonly path: string },
): Registration {
  return {
    id: `${name}:http`,
    service,
    address,
    port,
    tags: [],
    meta: {
      'shoal-service': 'hello/www',
      'shoal-port': 'http',
      'shoal-task': name,
      'shoal-node': 'n1',
      'shoal-node-name': 'node1',
      'shoal-zone': 'a',
      'shoal-hash': 'h1',
    },
    // Patient: a busy machine is no fault.
    check: { http: `http://${address}:${port}${path}`, tcp: null, host: null, interval: 1000, timeout: 5000 },
    maintenance: null,
    asHeld: false,
  }
}
