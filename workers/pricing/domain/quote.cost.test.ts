/**
 * What a quote of the largest cart in a busy shop costs: in proportion to its lines, and to the promotions. Ratios within one
 * run, as milliseconds say as much of the machine as of the code.
 */
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

/** The fastest of many runs: the only number that other work on the machine does not touch. */
function fastestMs(lineCount: number, promotionCount: number): number {
  const settings = shopWith(promotionCount);
  const asked = request(linesOf(lineCount));
  let fastest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 60; run += 1) {
    const start = performance.now();
    quote(settings, asked);
    fastest = Math.min(fastest, performance.now() - start);
  }
  return fastest;
}

test('200 lines under 50 promotions cost in proportion to both', { retry: 3 }, () => {
  fastestMs(50, 50);
  const whole = fastestMs(200, 50);
  // Four times the lines; with their square it would be sixteen.
  expect(whole).toBeLessThan(8 * fastestMs(50, 50));
  // Ten times the promotions, and part of a quote is none of theirs.
  expect(whole).toBeLessThan(8 * fastestMs(200, 5));
  // 50 looks at every line take about ten times what the rest of the quote does.
  expect(whole).toBeLessThan(15 * fastestMs(200, 0));
});
