/** Campaigns: caps, goods on sale, the subtotal of chosen items, the cheapest one only, and codes with uses of their own. */
import { describe, expect, test } from 'vitest';
import { bookOf, eur, line, priceList, promotion, quoted, request, shop } from '../testing/settings.ts';
import type { UniqueCode } from './codes.ts';
import { explain } from './explain.ts';
import type { QuoteRequest } from './request.ts';

const items = (...variantIds: string[]) => ({ variantIds });
const of = (variantId: string) => ({ variantId });

function offOf(lines: Parameters<typeof request>[0], offer: object, changes: object = {}) {
  const quote = quoted(shop({ promotions: [promotion('pro_1', offer, changes)] }), request(lines));
  return quote.lines.map(({ discountMinor }) => discountMinor);
}

describe('a cap on a percentage', () => {
  const capped = { kind: 'percent-off-order', rate: '0.20', maxAmounts: [eur(1000)] };

  test('is the most that is taken off, in the proportions of the lines', () => {
    expect(offOf([line('a', 6000), line('b', 3000)], capped)).toEqual([667, 333]);
    expect(offOf([line('a', 3000), line('b', 1500)], capped)).toEqual([600, 300]);
  });

  test('holds for chosen items, sets and shipping alike', () => {
    const goods = [line('a', 6000, 1, of('A')), line('b', 3000, 1, of('B'))];
    const chosen = { kind: 'percent-off-items', rate: '0.50', items: items('A'), maxAmounts: [eur(999)] };
    expect(offOf(goods, chosen)).toEqual([999, 0]);
    const half = { buy: { quantity: 1 }, get: { quantity: 1, rate: '0.5' } };
    expect(offOf(goods, { kind: 'buy-x-get-y', ...half, maxAmounts: [eur(1000)] })).toEqual([0, 1000]);
    expect(offOf(goods, { kind: 'buy-x-get-y', ...half, maxAmounts: [eur(1500)] })).toEqual([0, 1500]);
  });

  test('is told where every cent is explained', () => {
    const settings = shop({ promotions: [promotion('pro_1', capped)] });
    const step = (unit: number) => {
      const explained = explain(settings, request([line('a', unit)]));
      if (!explained.ok) throw new Error(explained.refusal.code);
      return explained.value.entries[0]?.steps.find(({ kind }) => kind === 'discount');
    };
    expect(step(6000)).toMatchObject({ rate: '0.20', mostMinor: 1000, amountMinor: -1000 });
    expect(step(4000)).toMatchObject({ rate: '0.20', amountMinor: -800 });
    expect(step(4000)).not.toHaveProperty('mostMinor');
  });

  test('holds for the highest step of a tiered one', () => {
    const tiers = { kind: 'tiered-by-subtotal', steps: [{ from: [eur(5000)], rate: '0.5' }], maxAmounts: [eur(700)] };
    expect(offOf([line('a', 6000)], tiers)).toEqual([700]);
  });

  test('leaves the units of a set as much more as it takes less, also for the promotions after it', () => {
    // 2 × 60.00: one is half price, capped at 10.00, so it is worth 50.00. A gift then frees the cheapest unit of the set.
    const set = {
      kind: 'buy-x-get-y',
      buy: { quantity: 1 },
      get: { quantity: 1, rate: '0.5' },
      maxAmounts: [eur(1000)],
    };
    const gift = { kind: 'gift-item', variantId: `var_${'0'.repeat(26)}` };
    const promotions = [promotion('pro_1', set), promotion('pro_2', gift)];
    const { lines } = quoted(shop({ promotions }), request([line('a', 6000, 2, of(gift.variantId))]));
    expect(lines[0]?.discounts.map(({ amountMinor }) => amountMinor)).toEqual([1000, 5000]);
  });

  test('in another currency than the cart keeps the promotion from acting', () => {
    const [code] = quoted(
      shop({ promotions: [promotion('pro_1', capped, { codes: ['CAPPED'] })] }),
      request([line('a', 6000)], { currency: 'CHF', codes: ['CAPPED'] }),
    ).rejectedCodes;
    expect(code).toEqual({ code: 'CAPPED', reason: 'wrong-currency' });
  });
});

describe('a promotion that excludes goods on sale', () => {
  const half = { kind: 'percent-off-order', rate: '0.5' };
  const sale = line('sale', 2000, 1, { compareAtMinor: 2500 });

  test('neither reduces nor counts what is compared with a higher price', () => {
    const excluding = { excludesSaleItems: true };
    expect(offOf([line('a', 3000), sale], half, excluding)).toEqual([1500, 0]);
    const from = { ...excluding, conditions: { minSubtotals: [eur(4000)] } };
    expect(offOf([line('a', 3000), sale], half, from)).toEqual([0, 0]);
    expect(offOf([line('a', 4000), sale], half, from)).toEqual([2000, 0]);
    const two = { ...excluding, conditions: { minQuantity: 2 } };
    expect(offOf([line('a', 3000), sale], half, two)).toEqual([0, 0]);
  });

  test('asks what the shopper is shown: the price of a list, and not a comparison that is no reduction', () => {
    const goods = [line('a', 3000, 1, of('A')), line('b', 3000, 1, { compareAtMinor: 3000 })];
    const prices = [{ variantId: 'A', currency: 'EUR' as const, amount: 2000, compareAtAmount: 3000, tiers: [] }];
    const settings = shop({
      promotions: [promotion('pro_1', half, { excludesSaleItems: true })],
      priceLists: [priceList('plt_1')],
    });
    const { lines } = quoted(settings, request(goods), { book: bookOf({ plt_1: prices }) });
    expect(lines.map(({ discountMinor }) => discountMinor)).toEqual([0, 1500]);
  });

  test.each([
    [{ kind: 'fixed-off-order', amounts: [eur(1000)] }, [1000, 0]],
    [{ kind: 'order-fixed-price', amounts: [eur(1000)] }, [2000, 0]],
    [{ kind: 'fixed-off-each-item', amounts: [eur(100)] }, [100, 0]],
    [{ kind: 'fixed-off-across-items', amounts: [eur(100)] }, [100, 0]],
    [{ kind: 'tiered-by-subtotal', steps: [{ from: [eur(3000)], rate: '0.1' }] }, [300, 0]],
    [{ kind: 'tiered-by-quantity', steps: [{ fromQuantity: 2, rate: '0.1' }] }, [0, 0]],
    [{ kind: 'buy-x-get-y', buy: { quantity: 1 }, get: { quantity: 1 } }, [0, 0]],
  ])('does so in every kind: %j', (offer, off) => {
    expect(offOf([line('a', 3000), sale], offer, { excludesSaleItems: true })).toEqual(off);
  });
});

describe('the subtotal of the chosen items', () => {
  const offer = { kind: 'percent-off-order', rate: '0.1' };
  const conditions = { items: items('A'), minItemsSubtotals: [eur(5000)] };

  test('is what must be reached, whatever else is in the cart', () => {
    const cart = (unit: number) => [line('a', unit, 2, of('A')), line('b', 9000, 1, of('B'))];
    expect(offOf(cart(2500), offer, { conditions })).toEqual([500, 900]);
    expect(offOf(cart(2499), offer, { conditions })).toEqual([0, 0]);
  });

  test('counts after earlier discounts, and a code says what it must come to', () => {
    const first = promotion('pro_1', { kind: 'percent-off-items', rate: '0.1', items: items('A') });
    const second = promotion('pro_2', offer, { conditions, codes: ['ITEMS'] });
    const asked = request([line('a', 5000, 1, of('A')), line('b', 9000)], { codes: ['ITEMS'] });
    const answer = quoted(shop({ promotions: [first, second] }), asked);
    expect(answer.rejectedCodes).toEqual([
      { code: 'ITEMS', reason: 'below-minimum', minimumMinor: 5000, isOfItems: true },
    ]);
  });
});

describe('units of an order', () => {
  const cart = [line('a', 1000, 2), line('b', 700, 1), line('c', 3000, 1)];
  const half = { kind: 'percent-off-items', rate: '0.5' };

  test('are limited over all lines, the cheapest first: the cheapest one only', () => {
    expect(offOf(cart, { ...half, unitsPerOrderMax: 1 })).toEqual([0, 350, 0]);
    expect(offOf(cart, { ...half, unitsPerOrderMax: 2 })).toEqual([500, 350, 0]);
    expect(offOf(cart, { ...half, unitsPerOrderMax: 9 })).toEqual([1000, 350, 1500]);
  });

  test('or the dearest first', () => {
    expect(offOf(cart, { ...half, unitsPerOrderMax: 2, unitsFirst: 'dearest' })).toEqual([500, 0, 1500]);
  });

  test('and of each line too', () => {
    expect(offOf(cart, { ...half, unitsMax: 1, unitsPerOrderMax: 3 })).toEqual([500, 350, 1500]);
  });

  test('are limited where an amount is taken off each of them', () => {
    const each = { kind: 'fixed-off-each-item', amounts: [eur(800)], unitsPerOrderMax: 2 };
    expect(offOf(cart, each)).toEqual([800, 700, 0]);
  });

  test('that are free already are passed over', () => {
    const variantId = `var_${'0'.repeat(26)}`;
    const promotions = [
      promotion('pro_1', { kind: 'gift-item', variantId }),
      promotion('pro_2', { ...half, unitsPerOrderMax: 1 }),
    ];
    const lines = [line('gift', 500, 2, of(variantId)), line('b', 700)];
    const gifted = quoted(shop({ promotions }), request(lines));
    expect(gifted.lines.map(({ discountMinor }) => discountMinor)).toEqual([750, 0]);
    const single = quoted(shop({ promotions }), request([line('gift', 500, 1, of(variantId)), line('b', 700)]));
    expect(single.lines.map(({ discountMinor }) => discountMinor)).toEqual([500, 350]);
  });
});

describe('a unique code', () => {
  const campaign = promotion('pro_1', { kind: 'percent-off-order', rate: '0.1' }, { hasUniqueCodes: true });
  const code = (name: string, changes: Partial<UniqueCode> = {}): UniqueCode => ({
    ...{ id: `cod_${name}`, promotionId: 'pro_1', code: name, usesMax: 1, isActive: true },
    ...changes,
  });
  const ask = (codes: string[], uniqueCodes: UniqueCode[], changes: Partial<QuoteRequest> = {}) =>
    quoted(shop({ promotions: [campaign] }), request([line('a', 1000)], { codes, uniqueCodes, ...changes }));

  test('is needed: without one the promotion does not act by itself', () => {
    expect(ask([], []).discounts).toEqual([]);
    expect(ask(['OTHER'], []).rejectedCodes).toEqual([{ code: 'OTHER', reason: 'unknown' }]);
  });

  test('lets its promotion act, in whatever case it is typed, and asks for a use of its own', () => {
    const answer = ask([' one '], [code('ONE')]);
    expect(answer.discounts).toMatchObject([{ promotionId: 'pro_1', code: ' one ', amountMinor: 100 }]);
    expect(answer.allowances).toEqual([{ allowance: 'code:cod_ONE:pro_1', quantity: 1, limit: 1 }]);
    expect(ask(['ONE'], [code('ONE', { usesMax: null })]).allowances).toEqual([]);
  });

  test('that is used up or withdrawn says so and gives way to another one', () => {
    const uniqueCodes = [code('ONE'), code('TWO', { isActive: false }), code('THREE')];
    const answer = ask(['ONE', 'TWO', 'THREE'], uniqueCodes, { usedUp: ['code:cod_ONE:pro_1'] });
    expect(answer.discounts).toMatchObject([{ code: 'THREE' }]);
    expect(answer.rejectedCodes).toEqual([
      { code: 'ONE', reason: 'used-up', available: 0 },
      { code: 'TWO', reason: 'disabled' },
    ]);
  });

  test('does not add up with another one of its promotion', () => {
    const answer = ask(['ONE', 'TWO'], [code('ONE'), code('TWO')]);
    expect(answer.totalMinor).toBe(900);
    expect(answer.rejectedCodes).toEqual([{ code: 'TWO', reason: 'not-combinable' }]);
  });
});

test.each([
  [{ conditions: { marketIds: [`mkt_${'0'.repeat(26)}`] } }, { reason: 'wrong-market' }],
  [{ conditions: { minSubtotals: [{ amount: 1, currency: 'USD' }] } }, { reason: 'wrong-currency' }],
  [{ conditions: { items: items('B') } }, { reason: 'items-missing' }],
  [{ conditions: { minQuantity: 2 } }, { reason: 'items-missing' }],
  [{ conditions: { customerGroups: ['trade'] } }, { reason: 'not-for-customer' }],
])('a code says what it lacks: %j', (changes, why) => {
  const offer = { kind: 'percent-off-order', rate: '0.1' };
  const settings = shop({ promotions: [promotion('pro_1', offer, { codes: ['A'], ...changes })] });
  expect(quoted(settings, request([line('a', 1000)], { codes: ['A'] })).rejectedCodes).toEqual([{ code: 'A', ...why }]);
});
