/**
 * Three kinds of tests. `unit`: plain Node, no platform. `workerd:NAME`: inside the runtime, with the real wrangler file of
 * that Worker, its databases migrated, its neighbours replaced. `journeys`: over HTTP against a shop that `npm start` runs;
 * `journeys:alone` are those that measure it.
 */
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { workerNames } from './scripts/configs.ts';
import { workerProject } from './tests/workerd/project.ts';

/** Every core: left to itself, Vitest keeps one for itself, which on a machine with two is half of them. */
const testFilesAtOnce = availableParallelism();
/**
 * These end what hangs, and measure nothing: thousands of generated cases, or an alarm and a queue, take seconds, and a minute on
 * a busy machine; many files open a database first, which starts a runtime; a journey starts, kills and restarts whole shops.
 */
const testTimeoutMs = 300_000;
const hookTimeoutMs = 120_000;
const journeyTimeoutMs = 600_000;
/** Each has a shop of its own, with a port and a folder of its own; a shop and who asks it keep about one core busy. */
const journeysAtOnceMax = 4;
/** A rush of hundreds and the time that an answer takes mean nothing on shared cores. */
const journeysAlone = ['tests/journeys/rush.test.ts', 'tests/journeys/fuzz.test.ts'];

const journeys = {
  environment: 'node',
  testTimeout: journeyTimeoutMs,
  hookTimeout: journeyTimeoutMs,
} as const;

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
          testTimeout: testTimeoutMs,
          hookTimeout: hookTimeoutMs,
          maxWorkers: testFilesAtOnce,
        },
      },
      ...workerNames.map((name) =>
        workerProject(name, { maxWorkers: testFilesAtOnce, testTimeout: testTimeoutMs, hookTimeout: hookTimeoutMs }),
      ),
      {
        test: {
          ...journeys,
          name: 'journeys',
          include: ['tests/journeys/**/*.test.ts'],
          exclude: [...journeysAlone, '**/node_modules/**'],
          globalSetup: ['tests/journeys/prepare.ts'],
          maxWorkers: Math.min(testFilesAtOnce, journeysAtOnceMax),
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...journeys,
          name: 'journeys:alone',
          include: journeysAlone,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
