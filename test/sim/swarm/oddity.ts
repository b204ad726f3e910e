import type { Random } from '../random.ts'
import type { Lists } from './lists.ts'

/** Answers that are well-formed and wrong: a list that lacks what is there. */
export type Oddity = (lists: Lists, random: Random) => Lists

/** A part of the tasks is missing. */
const lacksTasks: Oddity = (lists, random) => {
  const share = random.next()
  return { ...lists, tasks: lists.tasks.filter(() => !random.chance(share)) }
}

/** Nearly all tasks are missing. */
const lacksMostTasks: Oddity = (lists, random) => ({
  ...lists,
  tasks: lists.tasks.filter(() => random.chance(0.1)),
})

/** Services are missing, with all their tasks. */
const lacksServices: Oddity = (lists, random) => {
  const gone = new Set(lists.services.filter(() => random.chance(0.5)).map(({ ID }) => ID))
  return {
    ...lists,
    services: lists.services.filter(({ ID }) => !gone.has(ID)),
    tasks: lists.tasks.filter(({ ServiceID }) => !gone.has(ServiceID ?? '')),
  }
}

/** Nothing is left of the tasks but the Consul agents: all that is registered is missing, and can be removed. */
export const lacksServed: Oddity = (lists) => {
  const agents = lists.services.find(({ Spec }) => Spec?.Name === 'shoal_consul-agent')
  return { ...lists, tasks: lists.tasks.filter(({ ServiceID }) => ServiceID === agents?.ID) }
}

function applications(lists: Lists): Set<string> {
  return new Set(lists.services.filter(({ Spec }) => Spec?.Name?.startsWith('demo_')).map(({ ID }) => ID))
}

export const lacksApplications: Oddity = (lists) => {
  const gone = applications(lists)
  return {
    ...lists,
    services: lists.services.filter(({ ID }) => !gone.has(ID)),
    tasks: lists.tasks.filter(({ ServiceID }) => !gone.has(ServiceID ?? '')),
  }
}

export const lacksApplicationAddresses: Oddity = (lists) => {
  const odd = applications(lists)
  const strip = (task: Lists['tasks'][number]) => Object.assign({}, task, { NetworksAttachments: null })
  return { ...lists, tasks: lists.tasks.map((task) => (odd.has(task.ServiceID ?? '') ? strip(task) : task)) }
}

export const lacksThirdNode: Oddity = (lists) => ({
  ...lists,
  nodes: lists.nodes.filter(({ ID }) => ID !== 'n3'),
})

export const lacksConfigs: Oddity = (lists) => ({ ...lists, configs: [] })

const lacksNodes: Oddity = (lists, random) => ({
  ...lists,
  nodes: lists.nodes.filter(() => random.chance(0.5)),
})

const lacksAddresses: Oddity = (lists, random) => ({
  ...lists,
  tasks: lists.tasks.map((task) =>
    random.chance(0.5) ? Object.assign({}, task, { NetworksAttachments: null }) : task,
  ),
})

export const ODDITIES: readonly Oddity[] = [
  lacksTasks,
  lacksMostTasks,
  lacksServices,
  lacksConfigs,
  lacksNodes,
  lacksAddresses,
]
