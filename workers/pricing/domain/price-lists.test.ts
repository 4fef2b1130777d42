/** Which price list decides the price of a variant, and what it says. */
import { describe, expect, test } from 'vitest';
import type { ListPrice } from '../../../shared/contracts/pricing/price-lists.ts';
import { bookOf, eur, guest, line, now, priceList, quoted, request, shippingRate, shop } from '../testing/settings.ts';
import { changeListPrices } from './edit-price-lists.ts';

const iso = (offsetMs: number) => new Date(now + offsetMs).toISOString();
const vip = { ...guest, groups: ['vip'] };
const cup = line('cup', 1999, 1, { variantId: 'var_cup' });
const entry = (changes: Partial<ListPrice> = {}): ListPrice => ({
  variantId: 'var_cup',
  currency: 'EUR',
  amount: 1500,
  compareAtAmount: null,
  tiers: [],
  ...changes,
});

function priced(
  lists: ReturnType<typeof priceList>[],
  entries: Record<string, ListPrice[]>,
  asked: object = {},
  lines = [cup],
) {
  const answer = quoted(shop({ priceLists: lists }), request(lines, asked), { book: bookOf(entries) });
  return answer.lines.map(({ unitPriceMinor, compareAtMinor, priceListId }) => [
    unitPriceMinor,
    compareAtMinor,
    priceListId,
  ]);
}

describe('a price', () => {
  test("is the catalogue's where no list has another", () => {
    expect(priced([priceList('plt_1')], {})).toEqual([[1999, null, null]]);
    expect(priced([priceList('plt_1')], { plt_1: [entry({ currency: 'CHF' })] })).toEqual([[1999, null, null]]);
  });

  test('is that of the entry, with what it is compared with', () => {
    expect(priced([priceList('plt_1')], { plt_1: [entry({ compareAtAmount: 1999 })] })).toEqual([
      [1500, 1999, 'plt_1'],
    ]);
  });

  test.each([
    { direction: 'down', rate: '0.1', expected: [1799, 1999, 'plt_1'] },
    { direction: 'up', rate: '0.1', expected: [2199, null, 'plt_1'] },
    { direction: 'down', rate: '1', expected: [0, 1999, 'plt_1'] },
  ])('moves $direction by $rate to $expected', ({ direction, rate, expected }) => {
    expect(priced([priceList('plt_1', { adjustment: { direction, rate } })], {})).toEqual([expected]);
  });

  test('is decided by the first list by priority that prices the variant', () => {
    const lists = [
      priceList('plt_all', { priority: 2, adjustment: { direction: 'down', rate: '0.5' } }),
      priceList('plt_some', { priority: 1 }),
    ];
    const entries = { plt_some: [entry()] };
    const pot = line('pot', 1000, 1, { variantId: 'var_pot' });
    expect(priced(lists, entries, {}, [cup, pot])).toEqual([
      [1500, null, 'plt_some'],
      [500, 1000, 'plt_all'],
    ]);
  });

  test.each([
    { quantity: 9, unit: 1500 },
    { quantity: 10, unit: 1400 },
    { quantity: 99, unit: 1400 },
    { quantity: 100, unit: 1200 },
  ])('is $unit each for $quantity of the variant, on two lines together', ({ quantity, unit }) => {
    const tiers = [
      { minQuantity: 100, amount: 1200 },
      { minQuantity: 10, amount: 1400 },
    ];
    const lines = [
      { ...cup, quantity: quantity - 1 },
      { ...cup, lineId: 'cup2', quantity: 1 },
    ];
    expect(priced([priceList('plt_1')], { plt_1: [entry({ tiers })] }, {}, lines).map(([one]) => one)).toEqual([
      unit,
      unit,
    ]);
  });
});

describe('a list', () => {
  test.each([
    { why: 'for a group', list: { customerGroups: ['vip'] }, asked: { customer: vip }, isUsed: true },
    { why: 'for another group', list: { customerGroups: ['staff'] }, asked: { customer: vip }, isUsed: false },
    { why: 'of the market', list: {}, asked: {}, isUsed: true },
    { why: 'of another market', list: { marketIds: [`mkt_${'0'.repeat(26)}`] }, asked: {}, isUsed: false },
    { why: 'switched off', list: { isActive: false }, asked: {}, isUsed: false },
    { why: 'that begins now', list: { startsAt: iso(0) }, asked: {}, isUsed: true },
    { why: 'that begins later', list: { startsAt: iso(1) }, asked: {}, isUsed: false },
    { why: 'that ends now', list: { endsAt: iso(0) }, asked: {}, isUsed: false },
    { why: 'that had not ended then', list: { endsAt: iso(0) }, asked: { now: now - 1 }, isUsed: true },
  ])('$why is used: $isUsed', ({ list, asked, isUsed }) => {
    expect(priced([priceList('plt_1', list)], { plt_1: [entry()] }, asked)[0]?.[0]).toBe(isUsed ? 1500 : 1999);
  });
});

test('a threshold for free shipping looks at the list price', () => {
  const settings = shop({
    priceLists: [priceList('plt_1')],
    shippingRates: [shippingRate('parcel', { freeFrom: [eur(1600)] })],
  });
  expect(quoted(settings, request([cup])).shippingMinor).toBe(0);
  expect(quoted(settings, request([cup]), { book: bookOf({ plt_1: [entry()] }) }).shippingMinor).toBe(490);
});

describe('a change of entries', () => {
  const settings = shop({ priceLists: [priceList('plt_1')] });
  const always = () => true;

  test('raises the version of the prices to that of the settings', () => {
    const edit = changeListPrices(settings, 'plt_1', { set: [entry()], remove: [] }, always);
    expect(edit).toMatchObject({ value: { value: { pricesVersion: 8, version: 2 }, listPrices: { listId: 'plt_1' } } });
  });

  test('that names a variant twice in one currency is refused', () => {
    const twice = { set: [entry()], remove: [{ variantId: 'var_cup', currency: 'EUR' as const }] };
    expect(changeListPrices(settings, 'plt_1', twice, always)).toMatchObject({
      refusal: { errors: [{ pointer: '/remove/0' }] },
    });
    const currencies = { set: [entry(), entry({ currency: 'CHF' })], remove: [] };
    expect(changeListPrices(settings, 'plt_1', currencies, always).ok).toBe(true);
  });
});
