/** The ids of checkouts: made from cart and key, and each leads to the next. */
import { describe, expect, test } from 'vitest';
import { freeIdFrom } from '../checkout/barred-ids.ts';
import type { OrdersEnv } from '../context.ts';
import { orderIdOf } from '../domain/checkout/checkout.ts';
import { checkoutIdAfter, checkoutOf, newCheckout } from './orders.ts';

const secret = 'a secret';
const env = { VITRINE_SECRET: secret, ORDERS: { getByName: () => ({}) } } as unknown as OrdersEnv;
const cartId = 'cart_01jh0000007000000000000000w00deeur0000000000';

async function firstId(key: string): Promise<string> {
  return (await newCheckout(env, cartId, key))?.checkoutId ?? '';
}

describe('the id after another', () => {
  test('is one of ours, at the same place, and always the same', async () => {
    const first = await firstId('key-1');
    const second = checkoutIdAfter(first, secret);
    expect(second).not.toBe(first);
    expect(checkoutIdAfter(first, secret)).toBe(second);
    expect(checkoutOf(env, second)?.checkoutId).toBe(second);
    expect(orderIdOf(second).slice(-3)).toBe(orderIdOf(first).slice(-3));
    expect(checkoutIdAfter(second, secret)).not.toBe(first);
  });

  test('is taken when the ids before it are barred', async () => {
    const first = await firstId('key-2');
    const second = checkoutIdAfter(first, secret);
    const third = checkoutIdAfter(second, secret);
    const barred = new Set([first, second]);
    const storage = { ownerOf: (_kind: string, name: string) => (barred.has(name) ? name : null) };
    expect(freeIdFrom(first, (id) => checkoutIdAfter(id, secret), storage)).toBe(third);
  });
});
