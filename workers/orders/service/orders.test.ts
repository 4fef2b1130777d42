/** The ids of checkouts: made from cart and key, and each leads to the next. */
import { describe, expect, test } from 'vitest';
import type { Secrets } from '../../../shared/digest/shop-secrets.ts';
import { freeIdFrom } from '../checkout/barred-ids.ts';
import type { OrdersEnv } from '../context.ts';
import { orderIdOf } from '../domain/checkout/checkout.ts';
import { checkoutIdAfter, checkoutOf, checkoutOfOrder, newCheckout, unsealedIdOf } from './orders.ts';

const secret = 'a secret';
const secrets: Secrets = [secret];
const env = { VITRINE_SECRET: secret, ORDERS: { getByName: () => ({}) } } as unknown as OrdersEnv;
const cartId = 'cart_01jh0000007000000000000000w00deeur0000000000';

async function firstId(key: string): Promise<string> {
  return (await newCheckout(env, cartId, key))?.checkoutId ?? '';
}

describe('while the secret is replaced', () => {
  test('what its holder shows is known under both secrets, and what is new is sealed with the new one', async () => {
    const old = await firstId('key-0');
    const rotating = { ...env, VITRINE_SECRET: 'a new one', VITRINE_SECRET_PREVIOUS: secret };
    const after = { ...env, VITRINE_SECRET: 'a new one' };
    const added = (await newCheckout(rotating, cartId, 'key-0'))?.checkoutId ?? '';
    expect(added).not.toBe(old);
    expect([orderIdOf(added), unsealedIdOf(added)]).toEqual([orderIdOf(old), unsealedIdOf(old)]);
    for (const id of [old, added]) expect(checkoutOf(rotating, id)).not.toBeNull();
    expect([checkoutOf(after, old), checkoutOf(env, added)]).toEqual([null, null]);
    expect(checkoutOf(after, added)?.checkoutId).toBe(added);
    expect(checkoutOfOrder(after, orderIdOf(old))).not.toBeNull();
  });
});

describe('the id after another', () => {
  test('is one of ours, at the same place, and always the same', async () => {
    const first = await firstId('key-1');
    const second = checkoutIdAfter(first, secrets);
    expect(second).not.toBe(first);
    expect(checkoutIdAfter(first, secrets)).toBe(second);
    expect(checkoutOf(env, second)?.checkoutId).toBe(second);
    expect(orderIdOf(second).slice(-3)).toBe(orderIdOf(first).slice(-3));
    expect(checkoutIdAfter(second, secrets)).not.toBe(first);
  });

  test('is taken when the ids before it are barred', async () => {
    const first = await firstId('key-2');
    const second = checkoutIdAfter(first, secrets);
    const third = checkoutIdAfter(second, secrets);
    const barred = new Set([orderIdOf(first), orderIdOf(second)]);
    const storage = { ownerOf: (_kind: string, name: string) => (barred.has(name) ? name : null) };
    expect(freeIdFrom(first, (id) => checkoutIdAfter(id, secrets), storage)).toBe(third);
  });
});
