/** Not one place in a checkout may be a bad place to die: every single call is broken in every way, and pairs of them. */
import { describe, expect, test } from 'vitest';
import { type CrashPoint, isOfTheCheckout, pairsOf, runWith, singlePoints, type Token } from './crash-points.ts';
import { callFaults } from './faults.ts';

const timeoutMs = 300_000;
const paidAtMost: Readonly<Record<string, number>> = { ok: 1, manual: 1, decline: 0 };

async function brokenBy(token: Token, points: readonly CrashPoint[]): Promise<string[]> {
  const { violations, paidCount } = await runWith(token, points);
  const tooMany = paidCount > (paidAtMost[token] ?? 0) ? [`${paidCount} orders were paid`] : [];
  return [...violations, ...tooMany].map((one) => `${JSON.stringify(points)}: ${one}`);
}

describe.each(['ok', 'decline', 'manual'] as const)('a checkout paid with "%s"', (token) => {
  test('goes as planned when nothing breaks', async () => {
    const { violations, paidCount, calls } = await runWith(token, []);
    expect(violations).toEqual([]);
    expect(paidCount).toBe(paidAtMost[token]);
    expect(calls.filter(isOfTheCheckout).length).toBeGreaterThan(12);
  });

  test('ends rightly whichever call breaks, and however', { timeout: timeoutMs }, async () => {
    const { calls } = await runWith(token, []);
    const broken: string[] = [];
    for (const point of singlePoints(calls, callFaults)) broken.push(...(await brokenBy(token, [point])));
    expect(broken).toEqual([]);
  });

  test('ends rightly whichever two calls of it are cut off by a death or a lost answer', {
    timeout: timeoutMs,
  }, async () => {
    const { calls } = await runWith(token, []);
    const broken: string[] = [];
    const points = singlePoints(calls, ['answer-lost', 'caller-dies-late'], isOfTheCheckout);
    for (const pair of pairsOf(points)) broken.push(...(await brokenBy(token, pair)));
    expect(broken).toEqual([]);
  });
});
