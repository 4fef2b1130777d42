/**
 * Three kinds of tests. `unit`: plain Node, no platform. `workerd:NAME`: inside the runtime, with the real wrangler file of
 * that Worker, its databases migrated, its neighbours replaced. `journeys`: over HTTP against a shop that `npm start` runs.
 */
import { defineConfig } from 'vitest/config';
import { workerNames } from './scripts/configs.ts';
import { workerProject } from './tests/workerd/project.ts';

/** A journey starts, kills and restarts whole shops. */
const journeyTimeoutMs = 180_000;

export default defineConfig({
  test: {
    globalSetup: ['tests/prepare.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['{shared,workers,durable-objects,scripts,bench,tests}/**/*.test.ts'],
          exclude: ['**/*.workerd.test.ts', 'tests/journeys/**', '**/node_modules/**'],
          testTimeout: 30_000,
        },
      },
      ...workerNames.map((name) => workerProject(name)),
      {
        test: {
          name: 'journeys',
          environment: 'node',
          include: ['tests/journeys/**/*.test.ts'],
          testTimeout: journeyTimeoutMs,
          hookTimeout: journeyTimeoutMs,
          // One shop at a time, after everything else: load and deadlines mean nothing on shared cores.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
