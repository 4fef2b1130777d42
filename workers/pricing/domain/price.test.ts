/** What a cart costs under promotions, surcharges and gift cards: numbers that can be checked by hand. */
import { describe, expect, test } from 'vitest';
import { cartWith, line, priced, promotion, vat } from '../testing/priced-carts.ts';
import type { Cart } from './cart.ts';
import { price } from './price.ts';
import type { Conditions, Offer, Promotion } from './promotion.ts';

const all = { keys: null, tag: null };
const halfOff: Offer = { kind: 'percentOffOrder', rate: '0.5', scope: 'lines' };
const shipping = (amountMinor: number, key = 'post') => ({ key, amountMinor, taxRates: [] });

function under(promotions: readonly Promotion[], changes: Partial<Cart> = {}) {
  return priced(cartWith([line('a', 1000, 2), line('b', 500, 1, { tags: ['sale'] })], { promotions, ...changes }));
}

describe('a promotion', () => {
  test.each<{ offer: Offer; discounts: readonly number[]; post: number }>([
    { offer: { kind: 'percentOffOrder', rate: '0.1', scope: 'lines' }, discounts: [200, 50], post: 0 },
    { offer: { kind: 'percentOffOrder', rate: '0.1', scope: 'lines+shipping' }, discounts: [200, 50], post: 30 },
    { offer: { kind: 'fixedOffOrder', amountMinor: 7, scope: 'lines' }, discounts: [6, 1], post: 0 },
    { offer: { kind: 'fixedOffOrder', amountMinor: 9999, scope: 'lines+shipping' }, discounts: [2000, 500], post: 300 },
    { offer: { kind: 'orderFixedPrice', amountMinor: 2000 }, discounts: [400, 100], post: 0 },
    { offer: { kind: 'orderFixedPrice', amountMinor: 2600 }, discounts: [0, 0], post: 0 },
    { offer: { kind: 'percentOffItems', rate: '0.333', ...all, maxQuantity: null }, discounts: [666, 167], post: 0 },
    { offer: { kind: 'percentOffItems', rate: '0.333', ...all, maxQuantity: 1 }, discounts: [333, 167], post: 0 },
    {
      offer: { kind: 'percentOffItems', rate: '1', keys: ['b', 'x'], tag: null, maxQuantity: null },
      discounts: [0, 500],
      post: 0,
    },
    {
      offer: { kind: 'percentOffItems', rate: '1', keys: null, tag: 'sale', maxQuantity: 0 },
      discounts: [0, 0],
      post: 0,
    },
    {
      offer: { kind: 'fixedOffItemsEach', amountMinor: 600, ...all, maxQuantity: null },
      discounts: [1200, 500],
      post: 0,
    },
    {
      offer: { kind: 'fixedOffItemsEach', amountMinor: 600, keys: ['a'], tag: 'sale', maxQuantity: null },
      discounts: [0, 0],
      post: 0,
    },
    { offer: { kind: 'fixedOffItemsAcross', amountMinor: 700, keys: null, tag: 'sale' }, discounts: [0, 500], post: 0 },
    { offer: { kind: 'freeShipping' }, discounts: [0, 0], post: 300 },
    { offer: { kind: 'fixedOffShipping', amountMinor: 400 }, discounts: [0, 0], post: 300 },
    { offer: { kind: 'percentOffShipping', rate: '0.125' }, discounts: [0, 0], post: 38 },
  ])('of $offer takes $discounts off the lines and $post off shipping', ({ offer, discounts, post }) => {
    const answer = under([promotion('p', offer)], { shipping: [shipping(300)] });
    expect(answer.lines.map((one) => one.discountMinor)).toEqual(discounts);
    expect(answer.shippingDiscountMinor).toBe(post);
    expect(answer.appliedPromotions).toEqual(post + answer.discountMinor > 0 ? ['p'] : []);
  });

  test('acts on what earlier ones left', () => {
    const answer = under([promotion('p', halfOff), promotion('q', { kind: 'orderFixedPrice', amountMinor: 1000 })]);
    expect(answer.discounts.map((one) => one.amountMinor)).toEqual([1250, 250]);
    expect(answer.totalMinor).toBe(1000);
  });

  test('takes off the listed price: the net where tax comes on top', () => {
    const lines = [line('a', 999, 1, { taxRates: vat })];
    const answer = priced(cartWith(lines, { pricesIncludeTax: false, promotions: [promotion('p', halfOff)] }));
    expect(answer.lines[0]).toMatchObject({ discountMinor: 500, netMinor: 499, taxMinor: 100, grossMinor: 599 });
  });

  test('is rounded down where the market rounds down', () => {
    const rounding = { mode: 'down', level: 'line' } as const;
    const answer = priced(cartWith([line('a', 999)], { rounding, promotions: [promotion('p', halfOff)] }));
    expect(answer.discountMinor).toBe(499);
  });

  test('spreads a share of shipping over two parcels by what is left of them', () => {
    const promotions = [promotion('p', { kind: 'percentOffShipping', rate: '0.5' })];
    const answer = under(promotions, { shipping: [shipping(301, 'one'), shipping(100, 'two')] });
    expect(answer.shipping.map((one) => one.discountMinor)).toEqual([151, 50]);
  });

  test('that would add money is a defect', () => {
    const raise: Offer = { kind: 'fixedOffOrder', amountMinor: -1, scope: 'lines' };
    expect(() => under([promotion('p', raise)])).toThrow(/takes off/);
  });
});

describe('a condition', () => {
  test.each<{ condition: Partial<Conditions>; holds: boolean }>([
    { condition: { minSubtotalMinor: 2500 }, holds: true },
    { condition: { minSubtotalMinor: 2501 }, holds: false },
    { condition: { minLineQuantity: 2 }, holds: true },
    { condition: { minLineQuantity: 3 }, holds: false },
    { condition: { containsKey: 'b' }, holds: true },
    { condition: { containsKey: 'c' }, holds: false },
    { condition: { code: 'SPRING' }, holds: true },
    { condition: { code: 'VIP' }, holds: false },
    { condition: { code: 'SPRING', minLineQuantity: 3 }, holds: false },
  ])('of $condition holds: $holds', ({ condition, holds }) => {
    const answer = under([promotion('p', halfOff, condition)], { codes: ['SPRING'] });
    expect(answer.appliedPromotions).toEqual(holds ? ['p'] : []);
  });

  test('on the subtotal looks at what earlier promotions left, when its turn comes', () => {
    const late = promotion('late', halfOff, { minSubtotalMinor: 2500 });
    expect(under([promotion('first', halfOff), late]).appliedPromotions).toEqual(['first']);
    expect(under([late, promotion('first', halfOff)]).appliedPromotions).toEqual(['late', 'first']);
  });
});

test('a code that no promotion knows is rejected; one whose promotion does not act is not', () => {
  const idle = promotion('p', halfOff, { code: 'SPRING', minLineQuantity: 9 });
  expect(under([idle], { codes: ['SPRING', 'spring'] })).toMatchObject({ rejectedCodes: ['spring'], discountMinor: 0 });
});

describe('a surcharge', () => {
  test('is no part of a discount, and is listed like the prices unless it says otherwise', () => {
    const surcharges = [
      { key: 'wrap', amountMinor: 120, taxRates: vat, includesTax: null },
      { key: 'fee', amountMinor: 100, taxRates: vat, includesTax: false },
    ];
    const answer = under([promotion('p', { kind: 'percentOffOrder', rate: '1', scope: 'lines' })], { surcharges });
    expect(answer).toMatchObject({ surchargeMinor: 240, taxMinor: 40, totalMinor: 240 });
  });

  test('that gives back more than everything costs is refused with what it would come to', () => {
    const surcharges = [{ key: 'rebate', amountMinor: -2501, taxRates: [], includesTax: null }];
    const cart = cartWith([line('a', 2500)], { surcharges });
    expect(price(cart)).toEqual({ ok: false, refusal: { code: 'total-below-zero', totalMinor: -1 } });
  });
});

test('gift cards pay in their order, and change neither total nor tax', () => {
  const cards = [
    { key: 'small', balanceMinor: 300 },
    { key: 'empty', balanceMinor: 0 },
    { key: 'large', balanceMinor: 90_000 },
  ];
  const answer = under([], { giftCards: cards });
  expect(answer).toMatchObject({ totalMinor: 2500, dueMinor: 0 });
  expect(answer.giftCards.map((card) => card.usedMinor)).toEqual([300, 0, 2200]);
});

test('a line of no units costs nothing and fulfills no condition', () => {
  const cart = cartWith([line('a', 500, 0)], { promotions: [promotion('p', halfOff, { containsKey: 'a' })] });
  expect(priced(cart)).toMatchObject({ totalMinor: 0, appliedPromotions: [] });
});
