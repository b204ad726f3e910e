import { DOCKER_API, isOlder } from '../../../model/setup.ts'
import { fault, onSwarm, warning } from '../check.ts'
import type { Check } from '../check.ts'
import { isUnknown } from '../facts.ts'

export const engine: Check = {
  name: 'docker',
  healthy: `the engine answers and speaks a Docker API from ${DOCKER_API.oldest} to ${DOCKER_API.newest}`,
  find: ({ engine: found }) => {
    if (isUnknown(found)) {
      return [fault('docker', found.unknown, 'start Docker there, or set DOCKER_HOST to a Swarm manager’s')]
    }
    const { version, api, minApi } = found
    if (minApi !== '' && isOlder(DOCKER_API.newest, minApi)) {
      return [
        fault(
          'docker',
          `engine ${version} refuses API versions below ${minApi}; this Shoal speaks ${DOCKER_API.newest}`,
          'upgrade Shoal',
        ),
      ]
    }
    if (isOlder(api, DOCKER_API.oldest)) {
      return [
        warning(
          'docker',
          `engine ${version} speaks API ${api}; Shoal is not tested below ${DOCKER_API.oldest}`,
          'upgrade Docker to 20.10 or later',
        ),
      ]
    }
    return []
  },
}

export const swarm: Check = {
  name: 'swarm',
  healthy: 'the engine is a Swarm manager’s, and the Swarm has a leader',
  find: (facts) => {
    if (isUnknown(facts.engine)) return facts.engine
    if (isUnknown(facts.swarm)) {
      return [
        fault(
          'swarm',
          facts.swarm.unknown,
          'point DOCKER_HOST at a Swarm manager (docker node ls works there); a first one is made by docker swarm init',
        ),
      ]
    }
    const managers = facts.swarm.snapshot.nodes.filter(({ role }) => role === 'manager')
    if (managers.length !== 2) return []
    return [
      warning(
        'swarm',
        '2 managers: the loss of either stops the Swarm from changing anything',
        'have 1, 3 or 5: docker node promote or demote one',
      ),
    ]
  },
}

export const nodes: Check = {
  name: 'nodes',
  healthy: 'every node is ready and takes tasks',
  find: onSwarm(({ snapshot }) =>
    snapshot.nodes.flatMap(({ hostname, status, availability }) => {
      if (status !== 'ready') {
        return [
          fault(
            hostname,
            `the node is ${status}`,
            'start it or its Docker engine; if it is gone for good: docker node rm --force <node>',
          ),
        ]
      }
      if (availability === 'active') return []
      const what = availability === 'drain' ? 'drained: it runs no task' : 'paused: it gets no new task'
      return [warning(hostname, `the node is ${what}`, 'docker node update --availability active <node>')]
    }),
  ),
}
