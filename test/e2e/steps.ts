import { beforeEach } from 'vitest'
import type { RunnerTask, RunnerTestCase } from 'vitest'

/**
 * The tests of this file, or of this `describe`, are steps of one story: each goes on from where those before it ended. One is
 * tried only once all of these have passed; asked for alone, it is skipped and says so.
 */
export function inOrder(scope: 'file' | 'describe' = 'file'): void {
  beforeEach(({ task, skip }) => {
    const all = testsOf(scope === 'file' ? task.file : (task.suite ?? task.file))
    const missing = all.slice(0, all.indexOf(task)).find(({ result }) => result?.state !== 'pass')
    skip(missing !== undefined, `it goes on from '${missing?.name}', which has not passed`)
  })
}

function testsOf(task: RunnerTask): RunnerTestCase[] {
  return task.type === 'suite' ? task.tasks.flatMap(testsOf) : [task]
}
