/** Which units a set takes: bought, reduced, or neither. */
import { describe, expect, test } from 'vitest';
import { cartWith, line, priced, promotion } from '../testing/priced-carts.ts';
import type { CartLine } from './cart.ts';
import type { BuyXGetY, Promotion } from './promotion.ts';

const any = { keys: null };

function buy(quantity: number, get: number, changes: Partial<BuyXGetY> = {}): BuyXGetY {
  return {
    kind: 'buyXGetY',
    buy: { ...any, quantity },
    get: { ...any, quantity: get, rate: '1' },
    maxSets: null,
    ...changes,
  };
}

function discounts(lines: readonly CartLine[], ...offers: readonly BuyXGetY[]): readonly number[] {
  const promotions = offers.map((offer, index): Promotion => promotion(`p${index}`, offer));
  return priced(cartWith(lines, { promotions })).lines.map((one) => one.discountMinor);
}

describe('three for two', () => {
  test('makes the cheapest of three free', () => {
    expect(discounts([line('a', 300), line('b', 100), line('c', 200)], buy(2, 1))).toEqual([0, 100, 0]);
  });

  test('takes as many whole sets as there are, and leaves the rest alone', () => {
    expect(discounts([line('a', 300, 2), line('b', 100, 5)], buy(2, 1))).toEqual([0, 200]);
  });

  test('gives to the first line where prices are equal', () => {
    expect(discounts([line('a', 100, 3), line('b', 100, 3)], buy(2, 1))).toEqual([0, 200]);
    expect(discounts([line('a', 100, 5), line('b', 100, 1)], buy(2, 1))).toEqual([100, 100]);
  });

  test('stops at the most sets that it grants', () => {
    expect(discounts([line('a', 100, 9)], buy(2, 1, { maxSets: 2 }))).toEqual([200]);
    expect(discounts([line('a', 100, 9)], buy(2, 1, { maxSets: 0 }))).toEqual([0]);
  });

  test('does nothing for two', () => {
    expect(discounts([line('a', 100, 2)], buy(2, 1))).toEqual([0]);
  });
});

describe('one thing bought, another reduced', () => {
  const offer = buy(1, 1, {
    buy: { keys: ['lens', 'camera'], quantity: 1 },
    get: { keys: ['lens'], quantity: 1, rate: '1' },
  });

  test('reduces only what is offered', () => {
    expect(discounts([line('camera', 900), line('lens', 200, 2), line('bag', 50)], offer)).toEqual([0, 200, 0]);
  });

  test('buys the cheaper unit where the dearer one is needed to complete the set', () => {
    expect(discounts([line('lens', 900), line('camera', 200)], offer)).toEqual([900, 0]);
  });

  test('does nothing without the thing that must be bought', () => {
    const other = buy(1, 1, { buy: { keys: ['camera'], quantity: 1 }, get: { ...any, quantity: 1, rate: '1' } });
    expect(discounts([line('lens', 900, 4)], other)).toEqual([0]);
  });
});

describe('a unit that is in a set', () => {
  test('serves in no set of a later promotion', () => {
    expect(discounts([line('a', 100, 5)], buy(2, 1), buy(1, 1))).toEqual([200]);
    expect(discounts([line('a', 100, 4)], buy(2, 1), buy(1, 1))).toEqual([100]);
  });

  test('is free again where the set took nothing off', () => {
    const nothing = buy(2, 1, { get: { ...any, quantity: 1, rate: '0' } });
    expect(discounts([line('a', 100, 3)], nothing, buy(2, 1))).toEqual([100]);
  });
});

test('a share of a reduced unit is rounded once for the line, and is of what earlier promotions left of it', () => {
  const half = buy(1, 1, { get: { ...any, quantity: 1, rate: '0.5' } });
  expect(discounts([line('a', 333, 6)], half)).toEqual([500]);
  const most = { kind: 'percentOffItems', rate: '0.9', keys: null, tag: null, maxQuantity: null } as const;
  const promotions = [promotion('most', most), promotion('set', buy(1, 1))];
  expect(priced(cartWith([line('a', 100, 2)], { promotions })).lines[0]?.discountMinor).toBe(190);
});
