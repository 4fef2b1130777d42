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
const left = (available: number, changes: object = {}) =>
  new Map([[variantId, { variantId, isSold: true, currencies: ['EUR'], available, sellable: available, ...changes }]]);
const statesOf = (
  lines: ReturnType<typeof line>[],
  standings: Parameters<typeof lineStates>[1]['standings'],
  max?: number,
) => lineStates(lines, { currency: 'EUR', standings, quantityMaxOf: () => max });

describe('a line', () => {
  test('says how many are left, and may have no more', () => {
    expect(statesOf([line(1, 2)], left(5))).toEqual([{ available: 5, maxQuantity: 5, obstacle: null }]);
    expect(statesOf([line(1, 6)], left(5))).toEqual([{ available: 5, maxQuantity: 5, obstacle: 'not-enough-left' }]);
    expect(statesOf([line(1, 1)], left(0))).toEqual([{ available: 0, maxQuantity: 0, obstacle: 'sold-out' }]);
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

  test('of goods that are sold beyond the stock names no number', () => {
    const beyond = left(0, { sellable: 1_000_000 });
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
