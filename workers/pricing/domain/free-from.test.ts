/** From which subtotal shipping is free: what is paid for the goods that ship, or what they are listed at. */
import { describe, expect, test } from 'vitest';
import type { QuoteLine } from '../../../shared/contracts/pricing/api.ts';
import type { ShippingRateDraft } from '../../../shared/contracts/pricing/markets.ts';
import { eur, guest, line, promotion, quoted, request, shippingRate, shop } from '../testing/settings.ts';
import type { QuoteRequest } from './request.ts';
import type { Market } from './settings.ts';

const hats = line('hats', 3_000, 2);
const half = { kind: 'percent-off-items', rate: '0.5' };
const twoForOne = { kind: 'buy-x-get-y', buy: { quantity: 1 }, get: { quantity: 1 } };
const mug = `var_${'0'.repeat(26)}`;
const gift = { kind: 'gift-item', variantId: mug };
const chf = (amount: number) => ({ amount, currency: 'CHF' as const });
const prices = [eur(490), chf(590)];
const freeFrom = [eur(5_000), chf(6_000)];

interface Situation {
  readonly lines?: readonly QuoteLine[];
  readonly offers?: readonly object[];
  readonly rate?: Partial<ShippingRateDraft>;
  readonly market?: Partial<Market>;
  readonly asked?: Partial<QuoteRequest>;
}

/** What the one rate is offered for. */
function shippingMinor({ lines = [hats], offers = [], rate = {}, market = {}, asked = {} }: Situation): number {
  const promotions = offers.map((offer, index) => promotion(`p${index}`, offer, { priority: index }));
  const shippingRates = [shippingRate('parcel', { prices, freeFrom, ...rate })];
  const answer = quoted(shop({ promotions, shippingRates }, market), request(lines, asked));
  return answer.shippingOptions[0]?.priceMinor ?? -1;
}

const before: Partial<ShippingRateDraft> = { subtotalCounts: 'before-discounts' };

describe('free shipping from 50.00', () => {
  test.each<{ when: string; given: Situation; after: number; listed: number }>([
    { when: '60.00 are paid', given: {}, after: 0, listed: 0 },
    { when: 'half price leaves 30.00', given: { offers: [half] }, after: 490, listed: 0 },
    {
      when: 'half price and two for one leave 15.00',
      given: { offers: [half, twoForOne] },
      after: 490,
      listed: 0,
    },
    {
      when: 'exactly 50.00 are paid',
      given: { offers: [{ kind: 'fixed-off-order', amounts: [eur(1_000)] }] },
      after: 0,
      listed: 0,
    },
    {
      when: '49.99 are paid',
      given: { offers: [{ kind: 'fixed-off-order', amounts: [eur(1_001)] }] },
      after: 490,
      listed: 0,
    },
    {
      when: 'most of it is a download',
      given: { lines: [line('hat', 3_000), line('song', 9_000, 1, { requiresShipping: false })] },
      after: 490,
      listed: 490,
    },
    {
      when: '47.00 are paid, and a gift of 7.00 lies beside them',
      given: { lines: [line('hat', 4_000), line('mugs', 700, 2, { variantId: mug })], offers: [gift] },
      after: 490,
      listed: 490,
    },
    {
      when: '54.00 are paid, and a gift of 7.00 lies beside them in a line of its own',
      given: {
        lines: [line('hat', 4_000), line('mugs', 700, 2, { variantId: mug }), line('mug', 700, 1, { variantId: mug })],
        offers: [gift],
      },
      after: 0,
      listed: 0,
    },
    {
      when: 'two gifts make the same mug free, and 50.00 are paid',
      given: { lines: [line('hat', 4_300), line('mugs', 700, 2, { variantId: mug })], offers: [gift, gift] },
      after: 0,
      listed: 0,
    },
    {
      when: 'only the download is discounted',
      given: {
        lines: [hats, line('song', 9_000, 1, { requiresShipping: false, tags: ['song'] })],
        offers: [{ kind: 'percent-off-items', rate: '1', items: { tags: ['song'] } }],
      },
      after: 0,
      listed: 0,
    },
  ])('when $when', ({ given, after, listed }) => {
    expect(shippingMinor(given)).toBe(after);
    expect(shippingMinor({ ...given, rate: before })).toBe(listed);
    const onTop = { pricesIncludeTax: false, rounding: { mode: 'down', level: 'order' } } as const;
    expect(shippingMinor({ ...given, market: onTop })).toBe(after);
  });

  test('has a threshold of its own in another currency', () => {
    const asked = { currency: 'CHF' } as const;
    expect(shippingMinor({ asked })).toBe(0);
    expect(shippingMinor({ asked, lines: [line('hat', 5_999)] })).toBe(590);
    expect(shippingMinor({ asked, offers: [half] })).toBe(590);
  });

  test('measures whoever is charged no tax like everybody else', () => {
    const exempt = { customer: { ...guest, isTaxExempt: true } };
    expect(shippingMinor({ lines: [line('hat', 5_000)], asked: exempt })).toBe(0);
    expect(shippingMinor({ lines: [line('hat', 4_999)], asked: exempt })).toBeGreaterThan(0);
  });

  test('is not decided by an amount that shipping shares in: what would be paid with free shipping counts', () => {
    const offers = [{ kind: 'fixed-off-order', amounts: [eur(1_000)], includesShipping: true }];
    expect(shippingMinor({ offers })).toBe(0);
    expect(shippingMinor({ offers, lines: [line('hat', 5_999)] })).toBeGreaterThan(0);
  });
});

test('the steps of a rate count the same subtotal as its threshold', () => {
  const rate = { freeFrom: [], steps: [{ fromGrams: 0, fromSubtotals: [eur(5_000)], prices: [eur(100)] }] };
  expect(shippingMinor({ rate })).toBe(100);
  expect(shippingMinor({ rate, offers: [half] })).toBe(490);
  expect(shippingMinor({ rate: { ...rate, ...before }, offers: [half] })).toBe(100);
});
