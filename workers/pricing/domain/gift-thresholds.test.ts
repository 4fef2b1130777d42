/** A gift never helps to reach its own threshold, of money or of quantity. */
import { describe, expect, test } from 'vitest';
import type { QuoteLine } from '../../../shared/contracts/pricing/api.ts';
import { notesOf } from '../../../shared/quoting/views.ts';
import { variantId } from '../testing/quoted-carts.ts';
import { eur, line, promotion, quoted, request, shop } from '../testing/settings.ts';
import type { QuoteRequest } from './request.ts';
import type { Market } from './settings.ts';

const mug = variantId(1);
const goods = (amountMinor: number, quantity = 1) => line('goods', amountMinor, quantity, { variantId: variantId(2) });
const mugs = (quantity: number, lineId = 'mugs') => line(lineId, 700, quantity, { variantId: mug });
const chf = (amount: number) => ({ amount, currency: 'CHF' });
const from50 = { minSubtotals: [eur(5_000), chf(6_000)] };

interface Situation {
  readonly conditions?: object;
  readonly quantity?: number;
  readonly earlier?: object;
  readonly market?: Partial<Market>;
  readonly asked?: Partial<QuoteRequest>;
}

/** What the gift takes off. */
function giftOff(lines: readonly QuoteLine[], situation: Situation = {}): number {
  const { conditions = from50, quantity = 1, earlier, market = {}, asked = {} } = situation;
  const gift = promotion('gift', { kind: 'gift-item', variantId: mug, quantity }, { conditions });
  const promotions = earlier === undefined ? [gift] : [promotion('earlier', earlier, { priority: 1 }), gift];
  const { discounts } = quoted(shop({ promotions }, market), request(lines, asked));
  return discounts.find(({ promotionId }) => promotionId === 'gift')?.amountMinor ?? 0;
}

describe('a gift from 50.00', () => {
  test.each([
    { lines: [goods(4_500), mugs(1)], off: 0 },
    { lines: [goods(4_999), mugs(1)], off: 0 },
    { lines: [goods(5_000), mugs(1)], off: 700 },
    // The second mug is paid for, so it counts.
    { lines: [goods(4_300), mugs(2)], off: 700 },
    { lines: [goods(4_299), mugs(2)], off: 0 },
    { lines: [goods(4_300), mugs(1), mugs(1, 'others')], off: 700 },
    { lines: [goods(4_299), mugs(1), mugs(1, 'others')], off: 0 },
  ])('of $lines.length lines takes $off off', ({ lines, off }) => {
    expect(giftOff(lines)).toBe(off);
    expect(giftOff(lines, { market: { pricesIncludeTax: false } })).toBe(off);
    expect(giftOff(lines, { market: { rounding: { mode: 'down', level: 'order' } } })).toBe(off);
  });

  test('of several units counts none of them', () => {
    expect(giftOff([goods(4_500), mugs(2)], { quantity: 2 })).toBe(0);
    expect(giftOff([goods(5_000), mugs(2)], { quantity: 2 })).toBe(1_400);
    expect(giftOff([goods(4_300), mugs(3)], { quantity: 2 })).toBe(1_400);
  });

  test('reaches the threshold of its currency', () => {
    const asked = { currency: 'CHF' } as const;
    expect(giftOff([goods(5_500), mugs(1)], { asked })).toBe(0);
    expect(giftOff([goods(6_000), mugs(1)], { asked })).toBe(700);
  });

  test('counts after what earlier promotions took off', () => {
    const tenth = { kind: 'percent-off-order', rate: '0.1' };
    expect(giftOff([goods(5_000), mugs(1)], { earlier: tenth })).toBe(0);
    expect(giftOff([goods(5_555), mugs(1)], { earlier: tenth })).toBe(0);
    expect(giftOff([goods(5_556), mugs(1)], { earlier: tenth })).toBe(630);
    const halfMugs = { kind: 'percent-off-items', rate: '0.5', items: { variantIds: [mug] } };
    expect(giftOff([goods(4_900), mugs(1)], { earlier: halfMugs })).toBe(0);
  });

  test('is not offered while the units that are there would be needed to reach it', () => {
    const gift = promotion('gift', { kind: 'gift-item', variantId: mug, quantity: 2 }, { conditions: from50 });
    const offered = (lines: readonly QuoteLine[]) =>
      quoted(shop({ promotions: [gift] }), request(lines, { needsGiftOffers: true })).offeredGifts ?? [];
    expect(offered([goods(4_500), mugs(1)])).toEqual([]);
    expect(offered([goods(5_000), mugs(1)])).toMatchObject([{ quantity: 1 }]);
  });

  test('with a code says what the rest must come to', () => {
    const conditions = { minSubtotals: [eur(5_000)] };
    const gift = promotion('gift', { kind: 'gift-item', variantId: mug }, { conditions, codes: ['MUG'] });
    const { rejectedCodes } = quoted(
      shop({ promotions: [gift] }),
      request([goods(4_500), mugs(1)], { codes: ['MUG'] }),
    );
    expect(rejectedCodes).toEqual([{ code: 'MUG', reason: 'below-minimum', minimumMinor: 5_000 }]);
  });
});

describe('a gift from a quantity of three', () => {
  test.each([
    { lines: [goods(100, 2), mugs(1)], off: 0 },
    { lines: [goods(100, 3), mugs(1)], off: 700 },
    { lines: [goods(100, 2), mugs(2)], off: 700 },
    { lines: [mugs(3)], off: 0 },
    { lines: [mugs(4)], off: 700 },
    { lines: [mugs(2), mugs(2, 'others')], off: 700 },
  ])('of anything in $lines takes $off off', ({ lines, off }) => {
    expect(giftOff(lines, { conditions: { minQuantity: 3 } })).toBe(off);
  });

  test('of its own variant counts the others of it', () => {
    const conditions = { minQuantity: 3, items: { variantIds: [mug] } };
    expect(giftOff([goods(100, 5), mugs(3)], { conditions })).toBe(0);
    expect(giftOff([goods(100, 5), mugs(4)], { conditions })).toBe(700);
    expect(giftOff([mugs(5)], { conditions, quantity: 3 })).toBe(0);
  });

  test('of other goods is not made smaller by the gift', () => {
    const conditions = { minQuantity: 3, items: { variantIds: [variantId(2)] } };
    expect(giftOff([goods(100, 3), mugs(1)], { conditions })).toBe(700);
  });
});

test('a gift is not the thing that must be in the cart for it', () => {
  const conditions = { items: { variantIds: [mug] } };
  expect(giftOff([goods(100), mugs(1)], { conditions })).toBe(0);
  expect(giftOff([goods(100), mugs(2)], { conditions })).toBe(700);
});

test('a code whose gift is not in the cart asks for it, once its threshold is reached', () => {
  const offer = { kind: 'gift-item', variantId: mug, quantity: 1 };
  const promotions = [promotion('gift', offer, { conditions: from50, codes: ['MUG'] })];
  const rejected = (lines: readonly QuoteLine[]) =>
    quoted(shop({ promotions }), request(lines, { codes: ['MUG'] })).rejectedCodes;
  expect(rejected([goods(4_999)])).toMatchObject([{ reason: 'below-minimum' }]);
  expect(rejected([goods(5_000)])).toEqual([{ code: 'MUG', reason: 'gift-not-chosen' }]);
  expect(rejected([goods(5_000), mugs(1)])).toEqual([]);
});

test('a code that asks for some of the chosen goods says so', () => {
  const items = { variantIds: [mug] };
  const offer = { kind: 'percent-off-order', rate: '0.1' };
  const conditions = { items, minItemsSubtotals: [eur(5_000)] };
  const rejected = (given: object) =>
    quoted(
      shop({ promotions: [promotion('some', offer, { conditions: given, codes: ['SOME'] })] }),
      request([goods(100), mugs(1)], { codes: ['SOME'] }),
    );
  const chosen = rejected(conditions);
  expect(chosen.rejectedCodes).toMatchObject([{ reason: 'below-minimum', minimumMinor: 5_000, isOfItems: true }]);
  expect(notesOf(chosen).rejectedCodes[0]?.detail).toBe('The code needs 50.00 EUR or more of the chosen goods.');
  expect(rejected({ minSubtotals: [eur(5_000)] }).rejectedCodes[0]).not.toHaveProperty('isOfItems');
});
