/** What lines say of what is left: with other lines of the variant, the market's limit, and goods that are sold beyond the stock. */
import { describe, expect, test } from 'vitest';
import { variantOf } from '../testing/script.ts';
import { lineStates } from './line-state.ts';

const line = (number: number, quantity: number, variant = 0) => ({
  lineId: `lin_${number}`,
  variant: variantOf(variant, 100),
  quantity,
  attributes: {},
});
const variantId = variantOf(0, 100).variantId;
const standing = (available: number, sellable = available) => ({
  ...{ variantId, isSold: true, currencies: ['EUR'], available, sellable },
  units: [{ stockUnitId: 'stk_1', quantity: 1, sellable }],
});
const left = (available: number, changes: object = {}) =>
  new Map([[variantId, { ...standing(available), ...changes }]]);
const statesOf = (
  lines: Parameters<typeof lineStates>[0][number][],
  standings: Parameters<typeof lineStates>[1]['standings'],
  max?: number,
) => lineStates(lines, { currency: 'EUR', standings, quantityMaxOf: () => max });

describe('a line', () => {
  test('says how many are left, and may have no more', () => {
    expect(statesOf([line(1, 2)], left(5))).toEqual([{ available: 5, maxQuantity: 5, obstacle: null }]);
    expect(statesOf([line(1, 6)], left(5))).toEqual([{ available: 5, maxQuantity: 5, obstacle: 'not-enough-left' }]);
    expect(statesOf([line(1, 1)], left(0))).toEqual([{ available: 0, maxQuantity: 0, obstacle: 'sold-out' }]);
  });

  test('whose price was made by hand may have no more than that was for', () => {
    const byHand = { price: { kind: 'price', amountMinor: 1 }, reason: 'Promised', actor: 'key:admin', at: 0 } as const;
    const states = statesOf([{ ...line(1, 2), byHand }, line(2, 1)], left(50));
    expect(states.map(({ maxQuantity }) => maxQuantity)).toEqual([2, 48]);
  });

  test('counts out no more than a hundred', () => {
    expect(statesOf([line(1, 2)], left(5_000))).toEqual([{ available: 100, maxQuantity: 999, obstacle: null }]);
  });

  test('shares what is left with the other lines of its variant', () => {
    const states = statesOf([line(1, 2), line(2, 4), line(3, 1, 1)], left(5));
    expect(states).toEqual([
      { available: 5, maxQuantity: 2, obstacle: null },
      { available: 5, maxQuantity: 3, obstacle: 'not-enough-left' },
      { available: null, maxQuantity: 999, obstacle: null },
    ]);
  });

  test('may have no more than the market lets an order have', () => {
    const states = statesOf([line(1, 2), line(2, 1)], left(50), 4);
    expect(states.map(({ maxQuantity }) => maxQuantity)).toEqual([3, 2]);
    expect(statesOf([line(1, 2)], new Map(), 4)[0]).toEqual({ available: null, maxQuantity: 4, obstacle: null });
  });

  test('keeps what there is before later lines that find nothing left', () => {
    expect(statesOf([line(1, 1), line(2, 2), line(3, 999)], left(3))).toEqual([
      { available: 3, maxQuantity: 1, obstacle: null },
      { available: 3, maxQuantity: 2, obstacle: null },
      { available: 3, maxQuantity: 0, obstacle: 'not-enough-left' },
    ]);
  });

  test('says what an order may hold where that is less than what is left', () => {
    const short = { maxQuantity: 5, obstacle: 'not-enough-left' };
    expect(statesOf([line(1, 10)], left(7), 5)).toEqual([{ ...short, available: 7, orderMax: 5 }]);
    expect(statesOf([line(1, 10)], left(5), 7)).toEqual([{ ...short, available: 5 }]);
  });

  describe('of a bundle', () => {
    /** So many of what the first variant is a unit of, and of another unit that two bundles share. */
    const withBundles = (cups: number, spoons: number) => {
      const parts = (each: number) => [
        { stockUnitId: 'stk_1', quantity: each, sellable: cups },
        { stockUnitId: 'stk_2', quantity: 1, sellable: spoons },
      ];
      const bundle = (number: number, each: number) => {
        const count = Math.min(Math.floor(cups / each), spoons);
        const { variantId: id } = variantOf(number, 100);
        return [id, { ...standing(count), variantId: id, units: parts(each) }] as const;
      };
      return new Map([[variantId, standing(cups)], bundle(1, 2), bundle(2, 1)]);
    };

    test('shares what is left with its components in the same cart, whichever comes first', () => {
      const short = (available: number, maxQuantity: number) => ({
        ...{ available, maxQuantity },
        obstacle: 'not-enough-left',
      });
      const fits = (available: number, maxQuantity: number) => ({ available, maxQuantity, obstacle: null });
      const five = withBundles(5, 9);
      expect(statesOf([line(1, 1), line(2, 2, 1)], five)).toEqual([fits(5, 1), fits(2, 2)]);
      expect(statesOf([line(1, 2), line(2, 2, 1)], five)).toEqual([fits(5, 2), short(2, 1)]);
      expect(statesOf([line(1, 2, 1), line(2, 2)], five)).toEqual([fits(2, 2), short(5, 1)]);
      expect(statesOf([line(1, 2, 1), line(2, 1), line(3, 1)], five)).toEqual([fits(2, 2), fits(5, 1), short(5, 0)]);
    });

    test('shares it with other bundles of the same components', () => {
      const states = statesOf([line(1, 2, 1), line(2, 2, 2)], withBundles(9, 3));
      expect(states.map(({ maxQuantity, obstacle }) => [maxQuantity, obstacle])).toEqual([
        [2, null],
        [1, 'not-enough-left'],
      ]);
    });

    test('of which nothing can be bought leaves its components to other lines', () => {
      expect(statesOf([line(1, 3, 1), line(2, 1)], withBundles(1, 9))).toMatchObject([
        { maxQuantity: 0, obstacle: 'sold-out' },
        { maxQuantity: 1, obstacle: null },
      ]);
    });

    test('that takes nothing that is counted is limited by nothing', () => {
      const endless = new Map([[variantId, { ...standing(0, 2_000_000_000), units: [] }]]);
      expect(statesOf([line(1, 200), line(2, 500)], endless)).toMatchObject([
        { available: null, obstacle: null },
        { available: null, obstacle: null },
      ]);
    });
  });

  test('of goods that are sold beyond the stock names no number', () => {
    const beyond = new Map([[variantId, standing(0, 1_000_000)]]);
    expect(statesOf([line(1, 200)], beyond)).toEqual([{ available: null, maxQuantity: 999, obstacle: null }]);
  });

  test('of what is gone, withdrawn, or not sold in the currency any more has to be removed', () => {
    const gone = { available: 0, maxQuantity: 0 };
    expect(statesOf([line(1, 1)], new Map([[variantId, null]]))).toEqual([{ ...gone, obstacle: 'not-sold' }]);
    expect(statesOf([line(1, 1)], left(5, { isSold: false }))).toEqual([{ ...gone, obstacle: 'not-sold' }]);
    expect(statesOf([line(1, 1)], left(5, { currencies: ['USD'] }))).toEqual([
      { ...gone, obstacle: 'not-sold-in-currency' },
    ]);
  });
});
