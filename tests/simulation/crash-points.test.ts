/**
 * Not one place in a checkout, or in what a merchant does afterwards, may be a bad place to die: every single call is broken
 * in every way, and pairs of them. Some twenty-five thousand runs, the dearest of all tests: every pair of two calls has its own
 * story, so none is left out or drawn by lot. What a run costs is the place to save.
 */
import { describe, expect, test } from 'vitest';
import {
  type CrashPoint,
  isOfAnOperation,
  isOfTheCheckout,
  pairsOf,
  runInsisting,
  runWith,
  singlePoints,
} from './crash-points.ts';
import { callFaults } from './faults.ts';
import type { Token } from './means.ts';

const timeoutMs = 1_200_000;
/** Whatever breaks: who has a good card has one order in the end. */
const paidTimes: Readonly<Record<string, number>> = { ok: 1, manual: 1, decline: 0 };

async function brokenBy(
  token: Token,
  points: readonly CrashPoint[],
  course: 'bought' | 'bought-plainly',
): Promise<string[]> {
  const { violations, paidCount } = await runWith(token, points, course);
  // A shopper who is gone does not ask again, and the first call is the shopper's.
  const isGone = points.some(({ callIndex, fault }) => callIndex === 0 && fault.startsWith('caller-dies'));
  const isRight = isGone ? paidCount <= (paidTimes[token] ?? 0) : paidCount === paidTimes[token];
  const wrongly = isRight ? [] : [`${paidCount} orders were paid`];
  return [...violations, ...wrongly].map((one) => `${JSON.stringify(points)}: ${one}`);
}

describe.each(['ok', 'decline', 'manual'] as const)('a checkout paid with "%s"', (token) => {
  test('goes as planned when nothing breaks', async () => {
    const { violations, paidCount, calls } = await runWith(token, []);
    expect(violations).toEqual([]);
    expect(paidCount).toBe(paidTimes[token]);
    expect(calls.filter(isOfTheCheckout).length).toBeGreaterThan(12);
  });

  test('ends rightly whichever call breaks, and however', { timeout: timeoutMs }, async () => {
    const { calls } = await runWith(token, []);
    const broken: string[] = [];
    for (const point of singlePoints(calls, callFaults)) broken.push(...(await brokenBy(token, [point], 'bought')));
    expect(broken).toEqual([]);
  });

  test('ends rightly whichever two calls of it are cut off by a death or a lost answer', {
    timeout: timeoutMs,
  }, async () => {
    const { calls } = await runWith(token, [], 'bought-plainly');
    const broken: string[] = [];
    const points = singlePoints(calls, ['answer-lost', 'caller-dies-late'], isOfTheCheckout);
    for (const pair of pairsOf(points)) broken.push(...(await brokenBy(token, pair, 'bought-plainly')));
    expect(broken).toEqual([]);
  });
});

describe.each([[['decline', 'ok']], [['decline', 'decline', 'manual']], [['requires_action', 'ok']]] as const)(
  'a checkout that is paid with %j, one after the other',
  (tokens) => {
    const brokenBy = async (points: readonly CrashPoint[]): Promise<string[]> => {
      const { violations, paidCount, history } = await runInsisting(tokens, points);
      // Who died on the way never came to the good card.
      const isRight = history.insisted.length === 0 ? paidCount <= 1 : paidCount === 1;
      const wrongly = isRight ? [] : [`${paidCount} orders were paid`];
      return [...violations, ...wrongly].map((one) => `${JSON.stringify(points)}: ${one}`);
    };

    test('goes as planned when nothing breaks', async () => {
      const { violations, paidCount, history } = await runInsisting(tokens, []);
      expect(violations).toEqual([]);
      expect(paidCount).toBe(1);
      expect(new Set(history.heard.map(({ body }) => JSON.parse(body).checkoutId ?? JSON.parse(body).id)).size).toBe(1);
    });

    test('ends rightly whichever call breaks, and however', { timeout: timeoutMs }, async () => {
      const { calls } = await runInsisting(tokens, []);
      const broken: string[] = [];
      for (const point of singlePoints(calls, callFaults)) broken.push(...(await brokenBy([point])));
      expect(broken).toEqual([]);
    });

    test('ends rightly whichever two calls of it are cut off by a death or a lost answer', {
      timeout: timeoutMs,
    }, async () => {
      const { calls } = await runInsisting(tokens, []);
      const broken: string[] = [];
      const points = singlePoints(calls, ['answer-lost', 'caller-dies-late'], isOfTheCheckout);
      for (const pair of pairsOf(points)) broken.push(...(await brokenBy(pair)));
      expect(broken).toEqual([]);
    });
  },
);

describe.each([
  ['ok', 'shipped', 7],
  ['ok', 'canceled', 2],
  ['ok', 'lessened', 2],
  ['manual', 'shipped', 8],
  ['manual', 'canceled', 2],
  ['manual', 'lessened', 2],
  ['ok', 'taken-back', 4],
  ['manual', 'taken-back', 4],
] as const)('an order paid with "%s" and %s', (token, course, deedsMin) => {
  test('goes as planned when nothing breaks', async () => {
    const { violations, deedCount } = await runWith(token, [], course);
    expect(violations).toEqual([]);
    expect(deedCount).toBeGreaterThanOrEqual(deedsMin);
  });

  test('ends rightly whichever call breaks, and however', { timeout: timeoutMs }, async () => {
    const { calls } = await runWith(token, [], course);
    const broken: string[] = [];
    for (const point of singlePoints(calls, callFaults, isOfAnOperation)) {
      const { violations } = await runWith(token, [point], course);
      broken.push(...violations.map((one) => `${JSON.stringify(point)}: ${one}`));
    }
    expect(broken).toEqual([]);
  });
});
