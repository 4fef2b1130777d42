/** What a reduced unit is worth once other promotions have acted: sales, sets, amounts off each unit and gifts on one line. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sumOf } from '../../../shared/values/money.ts';
import { cartWith, line, priced, promotion } from '../testing/priced-carts.ts';
import type { Cart } from './cart.ts';
import type { BuyXGetY, Offer } from './promotion.ts';

const all = { keys: null, tag: null };
const half: Offer = { kind: 'percentOffItems', rate: '0.5', ...all, maxQuantity: null };
const sixtyOff: Offer = { kind: 'percentOffOrder', rate: '0.6', scope: 'lines' };
const set = (buy: number, get: number, rate = '1', maxSets: number | null = null): BuyXGetY => ({
  kind: 'buyXGetY',
  buy: { keys: null, quantity: buy },
  get: { keys: null, quantity: get, rate },
  maxSets,
});
const each = (amountMinor: number, maxQuantity: number | null = null): Offer => ({
  kind: 'fixedOffItemsEach',
  amountMinor,
  ...all,
  maxQuantity,
});
const gift = (quantity: number): Offer => ({ kind: 'freeUnits', units: [{ key: 'a', quantity }], lacking: 0 });

function leftOf(unitPriceMinor: number, quantity: number, offers: readonly Offer[], changes: Partial<Cart> = {}) {
  const promotions = offers.map((offer, index) => promotion(`p${index}`, offer));
  const [one] = priced(cartWith([line('a', unitPriceMinor, quantity)], { promotions, ...changes })).lines;
  return (one?.listedMinor ?? 0) - (one?.discountMinor ?? 0);
}

describe('a line', () => {
  test.each<{ of: string; price: number; quantity: number; offers: readonly Offer[]; left: number }>([
    { of: 'half price, then two for one', price: 3000, quantity: 2, offers: [half, set(1, 1)], left: 1500 },
    { of: 'two for one, then half price', price: 3000, quantity: 2, offers: [set(1, 1), half], left: 1500 },
    { of: 'sixty off the order, then two for one', price: 1000, quantity: 2, offers: [sixtyOff, set(1, 1)], left: 400 },
    { of: 'half price, then three for two', price: 1000, quantity: 3, offers: [half, set(2, 1)], left: 1000 },
    {
      of: 'half price, then the second at half',
      price: 1000,
      quantity: 2,
      offers: [half, set(1, 1, '0.5')],
      left: 750,
    },
    { of: 'half price, then 8.00 off one', price: 1000, quantity: 2, offers: [half, each(800, 1)], left: 500 },
    { of: 'half price, then 8.00 off each', price: 1000, quantity: 2, offers: [half, each(800)], left: 0 },
    { of: 'two for one, then 8.00 off each', price: 3000, quantity: 2, offers: [set(1, 1), each(800)], left: 2200 },
    { of: 'two for one, then 8.00 off one', price: 3000, quantity: 2, offers: [set(1, 1), each(800, 1)], left: 2200 },
    {
      of: 'a second at half, then 8.00 off each twice',
      price: 3000,
      quantity: 2,
      offers: [set(1, 1, '0.5'), each(800), each(800)],
      left: 1400,
    },
    {
      of: 'a set, half price, and a set of the units that are left',
      price: 1000,
      quantity: 5,
      offers: [set(1, 1, '1', 1), half, set(2, 1)],
      left: 1500,
    },
    {
      of: 'two for one, then a gift of one of three',
      price: 700,
      quantity: 3,
      offers: [set(1, 1), gift(1)],
      left: 700,
    },
    { of: 'a gift, then two for one for the others', price: 700, quantity: 3, offers: [gift(1), set(1, 1)], left: 700 },
    {
      of: 'a gift of one of two, which is in no set',
      price: 700,
      quantity: 2,
      offers: [gift(1), set(1, 1)],
      left: 700,
    },
    { of: 'two gifts that make the same unit free', price: 700, quantity: 3, offers: [gift(1), gift(1)], left: 1400 },
    { of: 'a unit that is free in a set and a gift', price: 700, quantity: 2, offers: [set(1, 1), gift(1)], left: 700 },
  ])('of $quantity × $price leaves $left under $of', ({ price, quantity, offers, left }) => {
    expect(leftOf(price, quantity, offers)).toBe(left);
    expect(leftOf(price, quantity, offers, { pricesIncludeTax: false })).toBe(left);
  });

  test.each([
    // 3 × 3.33 at half: 5.00 off leaves 4.99, of which a third is 1.66. Rounded down, 4.99 off leaves 5.00 and a third is 1.66.
    { mode: 'half-up', left: 333 },
    { mode: 'down', left: 334 },
  ] as const)('that divides unevenly is rounded $mode once: $left', ({ mode, left }) => {
    expect(leftOf(333, 3, [half, set(2, 1)], { rounding: { mode, level: 'line' } })).toBe(left);
  });

  test('in a currency without a smaller unit than the whole loses no unit of it', () => {
    expect(leftOf(5, 2, [half, set(1, 1)])).toBe(2);
    expect(leftOf(1, 2, [set(1, 1, '0.5'), each(1), each(1)])).toBe(0);
  });
});

test('what two lines share in one set is each worth what is left of it', () => {
  const promotions = [
    promotion('sale', { ...half, keys: ['b'] }),
    promotion('set', set(1, 1)),
    promotion('each', each(300)),
  ];
  const { lines } = priced(cartWith([line('a', 2000), line('b', 1000)], { promotions }));
  expect(lines.map(({ discountMinor }) => discountMinor)).toEqual([300, 1000]);
});

/** A second way to the same numbers: unit by unit, with prices that every division leaves whole. */
interface Unit {
  readonly group: number;
  readonly isServed: boolean;
  readonly worth: number;
}

type Deed =
  | { readonly kind: 'rate' }
  | { readonly kind: 'set'; readonly buy: number; readonly get: number; readonly rate: 0.5 | 1 }
  | { readonly kind: 'each'; readonly amount: number; readonly most: number };

const divisible = 2 ** 10 * 3 ** 5;

function after(units: readonly Unit[], deed: Deed): readonly Unit[] {
  if (deed.kind === 'rate') return units.map((unit) => ({ ...unit, worth: unit.worth / 2 }));
  if (deed.kind === 'set') {
    const open = units.filter(({ isServed }) => !isServed);
    const sets = Math.floor(open.length / (deed.buy + deed.get));
    const next = Math.max(0, ...units.map(({ group }) => group)) + 1;
    const reduced = open.slice(sets * deed.buy, sets * (deed.buy + deed.get));
    if (sumOf(reduced.map(({ worth }) => worth)) === 0) return units;
    return units.map((unit): Unit => {
      const at = open.indexOf(unit);
      if (at < 0 || at >= sets * (deed.buy + deed.get)) return unit;
      const isReduced = at >= sets * deed.buy;
      return {
        group: isReduced ? next + 1 : next,
        isServed: true,
        worth: isReduced ? unit.worth * (1 - deed.rate) : unit.worth,
      };
    });
  }
  const chosen = new Set(units.toSorted((a, b) => b.worth - a.worth).slice(0, deed.most));
  const off = units.map((unit) => (chosen.has(unit) ? Math.min(deed.amount, unit.worth) : 0));
  return units.map((unit) => {
    const mates = units.map((one, index) => (one.group === unit.group ? (off[index] ?? 0) : null));
    const count = mates.filter((one) => one !== null).length;
    return { ...unit, worth: unit.worth - sumOf(mates.map((one) => one ?? 0)) / count };
  });
}

test('any chain of rates, sets and amounts off each unit leaves what reckoning unit by unit leaves', () => {
  const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
    fc.constant({ kind: 'rate' as const }),
    fc.record({
      kind: fc.constant('set' as const),
      buy: fc.integer({ min: 1, max: 2 }),
      get: fc.integer({ min: 1, max: 2 }),
      rate: fc.constantFrom(0.5 as const, 1 as const),
    }),
    fc.record({
      kind: fc.constant('each' as const),
      amount: fc.integer({ min: 1, max: 6 }).map((parts) => parts * (divisible / 4)),
      most: fc.integer({ min: 0, max: 6 }),
    }),
  );
  const offerOf = (deed: Deed): Offer =>
    deed.kind === 'rate'
      ? half
      : deed.kind === 'set'
        ? set(deed.buy, deed.get, String(deed.rate))
        : each(deed.amount, deed.most);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }).filter((quantity) => quantity !== 5),
      fc.array(anyDeed, { maxLength: 4 }),
      (quantity, deeds) => {
        const units = Array.from({ length: quantity }, (): Unit => ({ group: 0, isServed: false, worth: divisible }));
        const expected = sumOf(deeds.reduce(after, units).map(({ worth }) => worth));
        expect(leftOf(divisible, quantity, deeds.map(offerOf))).toBe(expected);
      },
    ),
    { numRuns: 3_000 },
  );
});
