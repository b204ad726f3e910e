import { readFileSync } from 'node:fs'
import type { ConfigAnswer, NodeAnswer, ServiceAnswer, TaskAnswer } from '../../src/docker/answers.ts'

/** What a real engine 28.5 answered, in API 1.41: a service in an update that can't go on, its tasks, its node, a config. */
export const answers: {
  readonly service: ServiceAnswer
  readonly running: TaskAnswer
  readonly unschedulable: TaskAnswer
  readonly crashed: TaskAnswer
  readonly node: NodeAnswer
  readonly config: ConfigAnswer
} = {
  service: read('services', 0),
  running: read('tasks', 0),
  unschedulable: read('tasks', 1),
  crashed: read('tasks', 2),
  node: read('nodes', 0),
  config: read('configs', 0),
}

function read(file: string, index: number) {
  return JSON.parse(readFileSync(new URL(`./fixtures/${file}.json`, import.meta.url), 'utf8'))[index]
}
