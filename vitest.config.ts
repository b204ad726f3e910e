import { defineConfig } from 'vitest/config'

/** Tests that start containers: one file at a time, with time enough for a shared machine of two cores. */
const SERVERS = ['test/**/real.test.ts', 'test/e2e/**/*.test.ts']
/** Tests that ask when garbage is collected. */
const MEMORY = ['test/**/*.memory.test.ts']

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: [...SERVERS, ...MEMORY],
          testTimeout: 30_000,
          // What a file imports is loaded once for all files of a process: that is half of the time.
          isolate: false,
        },
      },
      {
        test: {
          name: 'memory',
          include: MEMORY,
          testTimeout: 30_000,
          execArgv: ['--expose-gc'],
          // The engine need not collect all at once.
          retry: 1,
        },
      },
      {
        test: {
          name: 'servers',
          include: ['test/**/real.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'swarm',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 900_000,
          globalSetup: ['test/e2e/setup.ts'],
          fileParallelism: false,
        },
      },
    ],
  },
})
