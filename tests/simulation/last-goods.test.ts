/**
 * Of carts that want the same last goods, which lie in several objects, one wins, however their calls interleave; and the
 * design that the project does without, where all could lose, is seen to lose.
 */
import { describe, expect, test } from 'vitest';
import { noFaults } from './faults.ts';
import { cartIdOf, type Goods, usualAssortment } from './goods.ts';
import { run } from './run.ts';

const seeds = 400;
const profile = { rates: noFaults, quietAfterMs: 60_000, holdMs: 900_000, clockSkewMs: 0 };

/** One of each unit, and carts that want two or three of them each, named in opposite order. */
function goodsFor(carts: readonly (readonly string[])[]): Goods {
  return {
    assortment: usualAssortment,
    stock: new Map([
      ['stk_aa', 1],
      ['stk_bb', 1],
      ['stk_ca', 1],
    ]),
    carts: carts.map((variantIds, index) => ({
      cartId: cartIdOf(index),
      lines: variantIds.map((variantId) => ({ variantId, quantity: 1 })),
    })),
    captureMode: 'immediate',
  };
}

const twoCarts = goodsFor([
  ['var_a', 'var_b'],
  ['var_b', 'var_a'],
]);
const threeCarts = goodsFor([
  ['var_a', 'var_b'],
  ['var_b', 'var_c'],
  ['var_c', 'var_b', 'var_a'],
]);

/** The seeds in which nobody got anything. All shoppers come at the same moment, and none comes twice. */
async function lostBy(goods: Goods, leaving?: number): Promise<number[]> {
  const lost: number[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) {
    const plants = leaving === undefined ? {} : { leaving };
    const script = () => null;
    const { paidCount, violations } = await run(seed, {
      goods,
      profile,
      plants,
      script,
      tokens: ['manual'],
      plan: 'submit-twice',
    });
    expect(violations).toEqual([]);
    if (paidCount === 0) lost.push(seed);
  }
  return lost;
}

describe('carts that want the same last goods', () => {
  test.each([
    ['two in opposite order', twoCarts],
    ['three that share some', threeCarts],
  ])('never all lose: %s', async (_name, goods) => {
    expect(await lostBy(goods)).toEqual([]);
  });

  test('all lose in some run when holds out of order leave nothing behind', async () => {
    expect((await lostBy(twoCarts, 0)).length).toBeGreaterThan(0);
  });
});
