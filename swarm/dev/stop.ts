/** `npm stop`: removes the cluster that `npm start` made, and stops the engine if that was started for it. */
import { DEMO } from './bring-up.ts'
import { stopCluster } from './cluster.ts'
import { forgetPassword } from './dashboards.ts'
import { releaseEngine } from './engine.ts'
import { removeEnvFile } from './env-file.ts'

await stopCluster(DEMO)
await forgetPassword(DEMO)
await removeEnvFile(DEMO)
console.log('the cluster is gone; images stay for the next start')
await releaseEngine({ log: console.log })
