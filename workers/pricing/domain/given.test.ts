/** What is left of an order after units went back: each fixed amount is given to it less what those units and the shipping had. */
import { describe, expect, test } from 'vitest';
import type { GivenDiscount } from '../../../shared/contracts/pricing/api.ts';
import { eur, line, promotion, quoted, request, shippingRate, shop } from '../testing/settings.ts';

type Offer = Parameters<typeof promotion>[1];

const had = (amountMinor: number, leftMinor = 0): GivenDiscount[] => [{ promotionId: 'p', amountMinor, leftMinor }];
const items = { variantIds: ['a', 'b'] };
const amounts = [eur(900)];
const maxAmounts = [eur(900)];

/** What an offer takes off two lines of 20.00 and 10.00, and off the shipping that stays as it was charged. */
function off(offer: Offer, given?: readonly GivenDiscount[]): readonly number[] {
  const settings = shop({
    promotions: [promotion('p', offer)],
    shippingRates: [shippingRate('parcel', { prices: [eur(600)] })],
  });
  const lines = [line('a', 2_000, 1, { variantId: 'a' }), line('b', 1_000, 1, { variantId: 'b' })];
  const quote = quoted(settings, request(lines, given === undefined ? {} : { given }));
  return [...quote.lines.map(({ discountMinor }) => discountMinor), quote.shippingDiscountMinor];
}

describe('what is left of an order', () => {
  test.each<[string, Offer, number[], GivenDiscount[], number[]]>([
    ['an amount', { kind: 'fixed-off-order', amounts }, [600, 300, 0], had(300), [400, 200, 0]],
    ['an amount that is all given', { kind: 'fixed-off-order', amounts }, [600, 300, 0], had(901), [0, 0, 0]],
    [
      'an amount that shipping shared',
      { kind: 'fixed-off-order', amounts, includesShipping: true },
      [500, 250, 150],
      had(300),
      [400, 200, 0],
    ],
    [
      'an amount across items',
      { kind: 'fixed-off-across-items', amounts, items },
      [600, 300, 0],
      had(300),
      [400, 200, 0],
    ],
    [
      'a step that is an amount',
      { kind: 'tiered-by-subtotal', steps: [{ from: [eur(3_000)], amounts }] },
      [600, 300, 0],
      had(300),
      [400, 200, 0],
    ],
    [
      'the most of a rate',
      { kind: 'percent-off-order', rate: '0.5', maxAmounts },
      [600, 300, 0],
      had(300),
      [400, 200, 0],
    ],
    [
      'the most of a rate that shipping shared',
      { kind: 'percent-off-order', rate: '0.5', includesShipping: true, maxAmounts },
      [500, 250, 150],
      had(300),
      [400, 200, 0],
    ],
    [
      'the most of a rate off items',
      { kind: 'percent-off-items', rate: '0.5', items, maxAmounts },
      [600, 300, 0],
      had(900),
      [0, 0, 0],
    ],
    [
      'a price for all of it',
      { kind: 'order-fixed-price', amounts: [eur(2_400)] },
      [400, 200, 0],
      had(300, 600),
      [800, 400, 0],
    ],
    ['a rate', { kind: 'percent-off-order', rate: '0.1' }, [200, 100, 0], had(300), [200, 100, 0]],
  ])('is given the rest of %s', (_name, offer, whole, given, rest) => {
    expect(off(offer)).toEqual(whole);
    expect(off(offer, given)).toEqual(rest);
    const others = given.map((one) => ({ ...one, promotionId: 'other' }));
    expect(off(offer, others).slice(0, 2)).toEqual(off(offer, []).slice(0, 2));
  });
});
