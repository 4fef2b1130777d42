/** Discounts that a merchant gives on all goods of a cart: after every promotion, off goods alone, and whole to the cent. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HandDiscount } from '../../../shared/contracts/pricing/api.ts';
import { sumOf } from '../../../shared/values/money.ts';
import { anyAmount, anyRequest, anyShop, variantId } from '../testing/quoted-carts.ts';
import { eur, line, promotion, quoted, request, shippingRate, shop } from '../testing/settings.ts';
import { explain } from './explain.ts';

const off = (amountMinor: number): HandDiscount => ({ kind: 'off', amountMinor });
const rateOff = (rate: string): HandDiscount => ({ kind: 'rate-off', rate });
const three = [line('a', 1_000), line('b', 1_000), line('c', 1_000)];
const shares = (handDiscount: HandDiscount, settings = shop(), lines = three) => {
  const quote = quoted(settings, request(lines, { handDiscount }));
  return { quote, off: quote.lines.map(({ discountMinor }) => discountMinor) };
};

describe('a discount by hand', () => {
  test('of an amount is shared by the lines, and no cent is lost', () => {
    const { quote, off: parts } = shares(off(1_000));
    expect(parts).toEqual([334, 333, 333]);
    expect(quote.discounts).toEqual([{ promotionId: 'by-hand', title: 'Discount', code: null, amountMinor: 1_000 }]);
    expect(quote.lines[0]?.discounts).toEqual([{ promotionId: 'by-hand', amountMinor: 334 }]);
  });

  test('of a rate is rounded once for all goods together', () => {
    // A third of 30.00 at 0.333 is 9.99, and not three times 3.33 by chance: 0.125 of 3 × 0.99 is 0.37, not 0.36.
    const cheap = [line('a', 99), line('b', 99), line('c', 99)];
    expect(sumOf(shares(rateOff('0.125'), shop(), cheap).off)).toBe(37);
  });

  test('never takes off more than the goods cost, and nothing of shipping', () => {
    const settings = shop({ shippingRates: [shippingRate('parcel', { prices: [eur(490)] })] });
    const { quote } = shares(off(99_999), settings);
    expect([quote.discountMinor, quote.shippingMinor, quote.totalMinor]).toEqual([3_000, 490, 490]);
  });

  test('acts on what promotions leave, also after one that applies alone', () => {
    const alone = promotion('half', { kind: 'percent-off-order', rate: '0.5' }, { isCombinable: false });
    const { quote, off: parts } = shares(rateOff('0.1'), shop({ promotions: [alone] }));
    expect(parts).toEqual([550, 550, 550]);
    expect(quote.discounts.map(({ amountMinor }) => amountMinor)).toEqual([1_500, 150]);
  });

  test('bars no code that applies alone', () => {
    const settings = shop({
      promotions: [
        promotion(
          'p',
          { kind: 'percent-off-items', rate: '0.5', items: { tags: ['none'] } },
          {
            codes: ['ALONE'],
            isCombinable: false,
          },
        ),
      ],
    });
    const { rejectedCodes } = quoted(settings, request(three, { handDiscount: off(1), codes: ['ALONE'] }));
    expect(rejectedCodes).toMatchObject([{ code: 'ALONE', reason: 'not-applicable' }]);
  });

  test('counts where shipping is free from what is paid for the goods', () => {
    const parcel = shippingRate('parcel', {
      prices: [eur(490)],
      freeFrom: [eur(3_000)],
    });
    const settings = shop({ shippingRates: [parcel] });
    expect(quoted(settings, request(three)).shippingMinor).toBe(0);
    expect(shares(off(1), settings).quote.shippingMinor).toBe(490);
  });

  test('takes nothing off gift cards', () => {
    const voucher = line('voucher', 5_000, 1, {
      ...{ variantId: variantId(1), isTaxable: false, requiresShipping: false },
      isGiftCard: true,
    });
    expect(shares(off(4_000), shop(), [voucher, line('lamp', 3_000)]).off).toEqual([0, 3_000]);
    expect(shares(rateOff('0.5'), shop(), [voucher, line('lamp', 3_000)]).off).toEqual([0, 1_500]);
  });

  test('is explained with its rate', () => {
    const explained = explain(shop(), request(three, { handDiscount: rateOff('0.1') }));
    expect(explained.ok && explained.value.entries[0]?.steps[1]).toMatchObject({
      ...{ kind: 'discount', rule: 'by-hand', title: 'Discount', rate: '0.1', amountMinor: -100 },
    });
  });

  test('is whole in any cart: what the lines bear of it adds up to it, or to all that is left of the goods', () => {
    fc.assert(
      fc.property(anyShop, anyRequest, anyAmount, (settings, asked, amountMinor) => {
        const { lines, discounts, subtotalMinor, discountMinor } = quoted(settings, {
          ...asked,
          handDiscount: off(amountMinor),
        });
        const borne = lines.flatMap((one) => one.discounts.filter(({ promotionId }) => promotionId === 'by-hand'));
        const borneMinor = sumOf(borne.map((one) => one.amountMinor));
        expect(borneMinor).toBe(Math.min(amountMinor, subtotalMinor - discountMinor + borneMinor));
        expect(discounts.find(({ promotionId }) => promotionId === 'by-hand')?.amountMinor ?? 0).toBe(borneMinor);
        expect(lines.every(({ totalMinor }) => totalMinor >= 0)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
