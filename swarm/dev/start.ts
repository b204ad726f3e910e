/** `npm start`: a Swarm of three nodes in containers with Shoal and the demo app hello, and how to go on from there. */
import { get } from 'node:http'
import { dashboardHosts, DEFAULT_DOMAIN } from '../../src/model/names.ts'
import { DEMO_IMAGES } from '../images/recipes.ts'
import { bringUp, DEMO, deployStack } from './bring-up.ts'
import { waitFor } from './cluster/wait.ts'
import { envFile } from './env-file.ts'

const HOST = `www.hello.${DEFAULT_DOMAIN}`
const DASHBOARDS = dashboardHosts(DEFAULT_DOMAIN)

const started = Date.now()
const log = (line: string): void =>
  console.log(`${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${line}`)

const { cluster, settings, login } = await bringUp({
  name: DEMO,
  httpPort: 80,
  images: DEMO_IMAGES,
  dashboards: true,
  log,
})
log('deploying the demo app hello')
await deployStack(cluster, { file: 'manifests/hello.stack.yml', stack: 'hello', settings })
for (const { name, httpUrl } of cluster.nodes) {
  await waitFor(
    `hello to answer through ${name}`,
    async () => ((await statusOf(httpUrl, HOST)) === 200 ? true : undefined),
    { timeoutMs: 180_000 },
  )
}
log('hello answers through every node')
for (const { name, httpUrl } of cluster.nodes) {
  await waitFor(
    `the dashboards of ${name} to ask for their password`,
    async () => ((await statusOf(httpUrl, DASHBOARDS.proxy)) === 401 ? true : undefined),
    { timeoutMs: 60_000 },
  )
}

const [first, ...others] = cluster.nodes
if (first === undefined) throw new Error('the cluster has no nodes')
const port = new URL(first.httpUrl).port
const suffix = port === '' || port === '80' ? '' : `:${port}`
const wantedPort = suffix === '' ? [] : [`Port 80 was taken, so it is ${port}.`]
console.log(`
Shoal runs on a Swarm of ${cluster.nodes.length} nodes.

  open         http://${HOST}${suffix}
  without DNS  curl -H 'Host: ${HOST}' ${first.httpUrl}
${others.map(({ name, httpUrl }) => `  by ${name}     curl -H 'Host: ${HOST}' ${httpUrl}`).join('\n')}
  scale        docker -H ${first.host} service scale hello_www=6
  look inside  DOCKER_HOST=${first.host} npx shoal get services
               DOCKER_HOST=${first.host} npx shoal get endpoints www
               docker -H ${first.host} service ls
  dashboards   http://${DASHBOARDS.consul}${suffix} (Consul)
               http://${DASHBOARDS.proxy}${suffix} (HAProxy of ${first.name})
               user ${login?.user}, password ${login?.password}
  in a shell   . ./${envFile(DEMO)}   (DOCKER_HOST, NODE1 to NODE3 and shoal, as in docs/tour.md)
  stop         npm stop
${wantedPort.map((line) => `\n${line}`).join('')}`)

function statusOf(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { host }, timeout: 5000 }, (response) => {
      response.resume()
      resolve(response.statusCode)
    }).once('error', reject)
  })
}
