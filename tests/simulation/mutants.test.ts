/**
 * A simulation that cannot fail proves nothing: every planted mistake has to break a promise within a bounded number of runs,
 * and the same run without it has to keep them all, so that it is the mistake which is caught and not the setting.
 */
import { describe, expect, test } from 'vitest';
import { mutants } from './mutants.ts';
import { run } from './run.ts';

const seedsMax = 3_000;
/** Some mistakes show in one of hundreds of runs, which takes a busy machine longer than a test has as a rule. */
const timeoutMs = 1_200_000;

describe('a shop with a planted mistake', () => {
  test.each(mutants)('is caught: $name', { timeout: timeoutMs }, async ({ plants, breaks, ...options }) => {
    for (let seed = 1; seed <= seedsMax; seed += 1) {
      const { violations } = await run(seed, { ...options, plants: plants() });
      if (!violations.some((one) => breaks?.test(one) ?? true)) continue;
      expect((await run(seed, options)).violations).toEqual([]);
      return;
    }
    expect.unreachable(`the mutant survived ${seedsMax} runs`);
  });
});
