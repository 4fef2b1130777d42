/**
 * The shop's promises under thousands of misfortunes: the project's own checkouts, saga, operations, rules, relay and inboxes
 * on a seeded scheduler. A failing seed is named; `npm run simulate -- --seed X --trace` shows it step by step.
 */
import { describe, expect, test } from 'vitest';
import { noFaults } from './faults.ts';
import { run } from './run.ts';

const seedCount = 5_000;
const timeoutMs = 1_200_000;

/**
 * Refunds of canceled orders, whose units were not recorded as canceled; a request that was told how another's payment failed; a
 * refund of money that was never taken, of an order whose goods had all come back; a cart that a late freeze kept for a checkout
 * which had ended; goods that were gone, of which four answers in a row were lost. A change of the simulation gives a seed another
 * story.
 */
const formerlyBroken = [
  77_019_610, 500_011_441, 500_050_562, 900_016_255, 900_021_021, 900_051_645, 900_054_302, 378, 529, 910_004_905,
  940_005_500, 1_000_000_420, 1_000_571_331,
];

const names = <Name extends string>(counts: Readonly<Record<Name, number>>) => Object.keys(counts) as Name[];

describe('checkouts and orders under faults', () => {
  test(`keep every promise in ${seedCount} seeded runs`, { timeout: timeoutMs }, async () => {
    const broken: string[] = [];
    let paid = 0;
    const done = { deedCount: 0, edits: 0, cancellations: 0, refunds: 0, lateRefunds: 0 };
    for (let seed = 1; seed <= seedCount && broken.length < 3; seed += 1) {
      const { violations, paidCount, ...report } = await run(seed);
      paid += paidCount;
      for (const deed of names(done)) done[deed] += report[deed];
      if (violations.length > 0) broken.push(`npm run simulate -- --seed ${seed} --trace: ${violations.join('; ')}`);
    }
    expect(broken).toEqual([]);
    // Runs that sell nothing would keep every promise too.
    expect(paid).toBeGreaterThan(seedCount / 2);
    expect(done.deedCount).toBeGreaterThan(seedCount);
    expect(Math.min(done.edits, done.cancellations, done.refunds)).toBeGreaterThan(seedCount / 10);
    // What takes several deeds and a misfortune in their right order is the first that too few seeds miss.
    expect(done.lateRefunds).toBeGreaterThan(20);
  });

  test('keep every promise in runs that once broke one', async () => {
    for (const seed of formerlyBroken)
      for (const countsOfStock of [0, 3])
        expect((await run(seed, { countsOfStock })).violations, `seed ${seed}`).toEqual([]);
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
