import { defineConfig } from 'vitest/config'

/** Tests that start containers: one file at a time, with time enough for a shared machine of two cores. */
const SERVERS = ['test/**/real.test.ts', 'test/e2e/**/*.test.ts']

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: SERVERS,
          testTimeout: 30_000,
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
