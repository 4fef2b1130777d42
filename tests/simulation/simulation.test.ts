/**
 * The shop's promises under thousands of misfortunes: the project's own checkouts, saga, operations, rules, relay and inboxes
 * on a seeded scheduler. A failing seed is named; `npm run simulate -- --seed X --trace` shows it step by step.
 */
import { describe, expect, test } from 'vitest';
import { noFaults } from './faults.ts';
import { run } from './run.ts';

const seedCount = 5_000;
const timeoutMs = 300_000;

describe('checkouts and orders under faults', () => {
  test(`keep every promise in ${seedCount} seeded runs`, { timeout: timeoutMs }, async () => {
    const broken: string[] = [];
    let paid = 0;
    let deeds = 0;
    for (let seed = 1; seed <= seedCount && broken.length < 3; seed += 1) {
      const { violations, paidCount, deedCount } = await run(seed);
      paid += paidCount;
      deeds += deedCount;
      if (violations.length > 0) broken.push(`npm run simulate -- --seed ${seed} --trace: ${violations.join('; ')}`);
    }
    expect(broken).toEqual([]);
    // Runs that sell nothing would keep every promise too.
    expect(paid).toBeGreaterThan(seedCount / 2);
    expect(deeds).toBeGreaterThan(seedCount / 2);
  });

  test('come out the same when a seed is run again', async () => {
    for (const [seed, merchantCount] of [
      [7, 0],
      [586, 0],
      [70_538, 0],
      [748, 2],
      [1_003, 2],
    ] as const) {
      const traces = [[], []] as [string[], string[]];
      for (const lines of traces) await run(seed, { merchantCount, trace: (line) => lines.push(line) });
      expect(traces[0].length).toBeGreaterThan(50);
      expect(traces[1]).toEqual(traces[0]);
    }
  });

  test('end within seconds when nothing goes wrong', async () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const { violations, standstillMs } = await run(seed, { profile: { rates: noFaults, clockSkewMs: 0 } });
      expect(violations).toEqual([]);
      expect(standstillMs).toBeLessThan(20_000);
    }
  });
});
