/** Shipping that is taxed like the goods: in the proportions of what is paid for them after their discounts. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QuoteLine } from '../../../shared/contracts/pricing/api.ts';
import { sumOf } from '../../../shared/values/money.ts';
import { anyCart, priced } from '../testing/priced-carts.ts';
import { eur, guest, line, promotion, quoted, request, shippingRate, shop, taxRate } from '../testing/settings.ts';
import type { Cart } from './cart.ts';
import type { QuoteCustomer } from './request.ts';
import type { Market } from './settings.ts';

const taxRates = [taxRate('full', '0.19'), taxRate('less', '0.07', { taxClass: 'reduced' })];
const bread = line('bread', 1_000, 1, { taxClass: 'reduced', tags: ['food'] });
const hat = line('hat', 1_000, 1, { tags: ['hat'] });
const off = (rate: string, tag: string) => ({ kind: 'percent-off-items', rate, items: { tags: [tag] } });

/** The tax of shipping alone, and what it is charged. */
function shippingOf(
  lines: readonly QuoteLine[],
  offers: readonly object[],
  market: Partial<Market> = {},
  customer: QuoteCustomer = guest,
) {
  const promotions = offers.map((offer, index) => promotion(`p${index}`, offer, { priority: index }));
  const shippingRates = [shippingRate('parcel', { prices: [eur(1_000)] })];
  const settings = shop({ promotions, taxRates, shippingRates }, { shippingTax: 'weighted', ...market });
  const answer = quoted(settings, request(lines, { customer }));
  const taxMinor = answer.taxMinor - sumOf(answer.lines.map((one) => one.taxMinor));
  return { taxMinor, shippingMinor: answer.shippingMinor, shippingOptions: answer.shippingOptions };
}

const onTop = { pricesIncludeTax: false };

describe('shipping of goods at 7 % and at 19 %', () => {
  test.each<{ when: string; offers: object[]; inside: number; above: number }>([
    { when: 'nothing is discounted', offers: [], inside: 113, above: 130 },
    { when: 'the second is discounted to nothing', offers: [off('1', 'hat')], inside: 65, above: 70 },
    { when: 'the first is discounted to nothing', offers: [off('1', 'food')], inside: 160, above: 190 },
    { when: 'the second is half price', offers: [off('0.5', 'hat')], inside: 97, above: 110 },
    { when: 'both are half price', offers: [{ kind: 'percent-off-order', rate: '0.5' }], inside: 113, above: 130 },
    { when: 'nothing is paid for either', offers: [{ kind: 'percent-off-order', rate: '1' }], inside: 113, above: 130 },
  ])('when $when', ({ offers, inside, above }) => {
    expect(shippingOf([bread, hat], offers).taxMinor).toBe(inside);
    expect(shippingOf([hat, bread], offers).taxMinor).toBe(inside);
    expect(shippingOf([bread, hat], offers, onTop).taxMinor).toBe(above);
  });

  test('is rounded as the market rounds', () => {
    const down = { rounding: { mode: 'down', level: 'line' } } as const;
    const order = { rounding: { mode: 'half-up', level: 'order' } } as const;
    // 6.67 at 7 % and 3.33 at 19 %: 0.436 + 0.531 inside.
    expect(shippingOf([bread, hat], [off('0.5', 'hat')], down).taxMinor).toBe(43 + 53);
    expect(shippingOf([bread, hat], [off('0.5', 'hat')]).taxMinor).toBe(44 + 53);
    expect(shippingOf([bread, hat], [off('1', 'hat')], order).taxMinor).toBe(65);
  });

  test('leaves a gift and goods that are not sent out of the proportions', () => {
    const variantId = `var_${'0'.repeat(26)}`;
    const gift = { kind: 'gift-item', variantId };
    expect(shippingOf([bread, { ...hat, variantId }], [gift]).taxMinor).toBe(65);
    expect(shippingOf([bread, { ...hat, requiresShipping: false }], []).taxMinor).toBe(65);
  });

  test('is discounted before it is shared', () => {
    const both = [off('1', 'hat'), { kind: 'percent-off-shipping', rate: '0.5' }];
    expect(shippingOf([bread, hat], both)).toMatchObject({ taxMinor: 33, shippingMinor: 500 });
    expect(shippingOf([bread, hat], [{ kind: 'free-shipping' }])).toMatchObject({ taxMinor: 0, shippingMinor: 0 });
  });

  test('is sold without the tax of these proportions to who is charged none', () => {
    const exempt = { ...guest, isTaxExempt: true };
    // 10.00 with 7 % inside is 9.35; 5.00 at each rate is 4.67 and 4.20.
    expect(shippingOf([bread, hat], [off('1', 'hat')], {}, exempt)).toMatchObject({
      taxMinor: 0,
      shippingMinor: 935,
      shippingOptions: [{ priceMinor: 935 }],
    });
    expect(shippingOf([bread, hat], [], {}, exempt).shippingMinor).toBe(887);
    expect(shippingOf([bread, hat], [], onTop, exempt).shippingMinor).toBe(1_000);
  });
});

test('the parts of any shipment add up to it, and so do the parts of every discount', () => {
  const anyWeighted = anyCart.map((cart): Cart => {
    const taxedLike = cart.lines.map(({ key }) => key);
    return { ...cart, shipping: cart.shipping.map((one) => ({ ...one, taxRates: [], taxedLike })) };
  });
  let splits = 0;
  fc.assert(
    fc.property(anyWeighted, (cart) => {
      const answer = priced(cart);
      const whole = priced({ ...cart, shipping: cart.shipping.map(({ taxedLike: _, ...one }) => one) });
      for (const { key, amountMinor } of cart.shipping) {
        const parts = answer.shipping.filter((one) => one.key === key || one.key.startsWith(`${key}#`));
        if (parts.length > 1) splits += 1;
        expect(sumOf(parts.map((one) => one.listedMinor))).toBe(amountMinor);
        for (const part of parts) {
          const allocations = answer.discounts.flatMap((one) => one.allocations);
          const own = allocations.filter((one) => one.from === 'shipping' && one.key === part.key);
          expect(sumOf(own.map((one) => one.amountMinor))).toBe(part.discountMinor);
          expect(part.discountMinor).toBeLessThanOrEqual(part.listedMinor);
        }
      }
      expect(answer.discounts.map(({ amountMinor }) => amountMinor)).toEqual(
        whole.discounts.map(({ amountMinor }) => amountMinor),
      );
      expect(answer.shippingMinor).toBe(whole.shippingMinor);
      expect(answer.lines.map((one) => one.discountMinor)).toEqual(whole.lines.map((one) => one.discountMinor));
    }),
    { numRuns: 1_000 },
  );
  expect(splits).toBeGreaterThan(100);
});
