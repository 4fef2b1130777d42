/**
 * What a quote of the largest cart in a busy shop costs: in proportion to its lines, and to the promotions. Counted in steps, as
 * milliseconds say as much of the machine as of the code.
 */
import { Session } from 'node:inspector';
import { expect, test } from 'vitest';
import type { QuoteLine } from '../../../shared/contracts/pricing/api.ts';
import { eur, line, promotion, request, shippingRate, shop, taxRate } from '../testing/settings.ts';
import { quote } from './quote.ts';

const tags = Array.from({ length: 20 }, (_, index) => `tag ${index}`);
const linesOf = (count: number): QuoteLine[] =>
  Array.from({ length: count }, (_, index) =>
    line(`lin_${index}`, 1000 + index, 3, {
      variantId: `var_${index}`,
      productId: `prd_${index}`,
      tags: [...tags, `own ${index}`],
      collectionIds: ['col_a'],
      taxClass: index % 2 === 0 ? 'standard' : 'reduced',
    }),
  );
const offers = [
  { kind: 'percent-off-order', rate: '0.01' },
  { kind: 'fixed-off-order', amounts: [eur(7)] },
  { kind: 'percent-off-items', rate: '0.01', items: { tags: ['tag 3'] } },
  {
    kind: 'fixed-off-each-item',
    amounts: [eur(1)],
    items: { variantIds: Array.from({ length: 250 }, (_, i) => `var_${i}`) },
  },
  { kind: 'buy-x-get-y', buy: { quantity: 2 }, get: { quantity: 1, rate: '0.01' } },
];
const shopWith = (promotionCount: number) =>
  shop({
    promotions: Array.from({ length: promotionCount }, (_, index) =>
      promotion(`pro_${index}`, offers[index % 5] ?? {}),
    ),
    taxRates: [taxRate('standard', '0.19'), taxRate('reduced', '0.07', { taxClass: 'reduced' })],
    shippingRates: [shippingRate('parcel', {})],
  });

/** How often the blocks of the shop's code are run for a quote: the same on every machine, however busy. */
function stepsOf(lineCount: number, promotionCount: number): number {
  const settings = shopWith(promotionCount);
  const asked = request(linesOf(lineCount));
  // What is worked out once and remembered is no part of it.
  quote(settings, asked);
  return stepsWhile(() => quote(settings, asked));
}

test('200 lines under 50 promotions cost in proportion to both', () => {
  const whole = stepsOf(200, 50);
  // Four times the lines; with their square it would be sixteen.
  expect(whole).toBeLessThan(5 * stepsOf(50, 50));
  // Ten times the promotions, and part of a quote is none of theirs.
  expect(whole).toBeLessThan(6 * stepsOf(200, 5));
  // 50 looks at every line take some five times what the rest of the quote does.
  expect(whole).toBeLessThan(8 * stepsOf(200, 0));
});

/** @see https://chromedevtools.github.io/devtools-protocol/v8/Profiler/#method-takePreciseCoverage */
function stepsWhile(work: () => unknown): number {
  const session = new Session();
  session.connect();
  try {
    session.post('Profiler.enable');
    session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    work();
    let steps = 0;
    session.post('Profiler.takePreciseCoverage', (error, taken) => {
      if (error !== null) throw error;
      const own = taken.result.filter(({ url }) => url.includes('/workers/') || url.includes('/shared/'));
      const ranges = own.flatMap(({ functions }) => functions.flatMap((one) => one.ranges));
      steps = ranges.reduce((sum, { count }) => sum + count, 0);
    });
    return steps;
  } finally {
    session.disconnect();
  }
}
