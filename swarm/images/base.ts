/** The Debian image that all others are built on, where it can't be pulled: made of Debian's packages by mmdebstrap. */
import { mkdir, rm } from 'node:fs/promises'
import { docker } from '../dev/docker.ts'
import { canInstallPackages, installPackages } from '../dev/packages.ts'
import { findImage } from './engine-images.ts'
import { hashInputs, INPUTS_LABEL } from './inputs.ts'
import { CACHE, LOGS, recipeFolder } from './paths.ts'
import { hasProgram, run } from './program.ts'
import { step } from './progress.ts'
import type { Log } from './progress.ts'
import type { Puller } from './pull.ts'
import { BASE } from './recipes.ts'

const SUITE = 'forky'
const APT_CONFIGURATION = recipeFolder('swarm/images/base/apt.conf')

/** As Debian's own slim images leave out: manuals and translations, but never a copyright. */
const OPTIONS = [
  '--variant=minbase',
  // A mirror that keeps packages longer than the suite's own index is valid.
  '--aptopt=Acquire::Check-Valid-Until "false"',
  ...['man', 'info', 'locale', 'doc'].map((part) => `--dpkgopt=path-exclude=/usr/share/${part}/*`),
  '--dpkgopt=path-include=/usr/share/doc/*/copyright',
  '--customize-hook=rm -f "$1"/var/cache/apt/*.bin',
]

/** Makes sure that the engine has the base; resolves to the hash of what it is made from. A base that was pulled is left as it is. */
export async function provideBase(log: Log, puller: Puller): Promise<string> {
  const inputs = await hashInputs([APT_CONFIGURATION], [SUITE, ...OPTIONS])
  const found = await findImage(BASE)
  if (found !== undefined && (found.inputs === undefined || found.inputs === inputs)) return inputs
  if (found === undefined && (await puller.pull(BASE))) return inputs
  if (!(await hasProgram('mmdebstrap'))) {
    if (!(await canInstallPackages())) {
      throw new Error(
        `${BASE} can't be pulled, and mmdebstrap, which makes it from Debian's packages, isn't installed.\n` +
          `On Debian or Ubuntu: sudo apt-get install mmdebstrap. Elsewhere: give the engine an image ${BASE}.`,
      )
    }
    await installPackages(['mmdebstrap', 'debian-archive-keyring'], log)
  }
  await mkdir(CACHE, { recursive: true })
  const archive = `${CACHE}/base-${process.pid}.tar`
  try {
    await step(log, `building ${BASE} from packages`, async () => {
      const upload = `--customize-hook=upload "${APT_CONFIGURATION}" /etc/apt/apt.conf.d/90container`
      await run('mmdebstrap', ['--quiet', ...OPTIONS, upload, SUITE, archive], {
        logFile: `${LOGS}/base.log`,
      })
      const changes = [`LABEL ${INPUTS_LABEL}=${inputs}`, 'CMD ["bash"]'].flatMap((change) => [
        '--change',
        change,
      ])
      await docker(['import', ...changes, archive, BASE])
    })
  } finally {
    await rm(archive, { force: true })
  }
  return inputs
}
