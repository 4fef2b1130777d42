/** The Order object: what it makes of a checkout, a cart or a payment that was left in the middle. */
import { describe, expect, test } from 'vitest';
import type { CartApi } from '../../shared/contracts/cart/api.ts';
import { pack } from '../../shared/values/packed.ts';
import { refuse } from '../../shared/values/result.ts';
import { cartSnapshot, manual, sandbox } from '../../workers/orders/testing/checkouts.ts';
import { Neighbours } from '../../workers/orders/testing/neighbours.ts';
import { orderObject, startWith } from '../../workers/orders/testing/order-object.ts';

describe('a cart that a crash left frozen, with holds and no record of them', () => {
  test('is given back with its goods, its promotions and its cards, and bought anew', async () => {
    class AbandonedCart extends Neighbours {
      override get cart() {
        const honest = super.cart;
        const giftCards = [{ cardId: 'gft_1', last4: '1234', balanceMinor: 0 }];
        const snapshot = () => cartSnapshot({ status: this.cartStatus, checkoutId: 'chk_left', giftCards });
        const read = async () => pack(snapshot());
        const freeze: CartApi['freeze'] = (request) =>
          this.cartStatus === 'frozen'
            ? Promise.resolve(pack(refuse({ code: 'cart-frozen', checkoutId: 'chk_left' })))
            : honest.freeze(request);
        return { ...honest, read, freeze };
      }
    }
    const shop = new AbandonedCart();
    shop.cartStatus = 'frozen';
    const { act, later } = orderObject(shop, { allowances: [{ allowance: 'promo:pro_1', quantity: 1, limit: 5 }] });
    expect((await act(async (object) => object.start(await startWith(manual)))).status).toBe(201);
    expect(shop.asked.slice(0, 2)).toEqual(['undo', 'thaw']);
    expect([...later.givenBack]).toEqual(['chk_left gift:gft_1', 'chk_left promo:pro_1']);
  });
});

describe('a payment whose outcome is unknown', () => {
  test('is asked for, never made again, and the checkout is paid', async () => {
    const shop = new Neighbours();
    shop.authorization = null;
    const { act } = orderObject(shop);
    const answer = await act(async (object) => object.start(await startWith(sandbox)));
    expect(answer.status).toBe(201);
    expect(shop.asked).toEqual(['freeze', 'hold', 'authorize', 'lookup', 'commit', 'capture']);
  });
});

describe('an object that dies in the middle of a payment', () => {
  test('asks what became of it when it starts again, and goes on to the end', async () => {
    const shop = new Neighbours();
    const { act } = orderObject(shop);
    const request = await startWith(sandbox);
    // The provider takes the payment, and then nothing answers any more.
    shop.authorization = null;
    shop.isLostAfterAuthorization = true;
    const first = await act((object) => object.start(request));
    expect(first.status).toBe(202);
    expect(JSON.parse(first.body)).toMatchObject({ status: 'processing' });
    shop.isAlive = true;
    await act((object) => object.resume(request.checkoutId));
    expect(await act((object) => object.checkout(request.checkoutId))).toMatchObject({
      status: 'completed',
      order: { status: 'paid' },
    });
    expect(shop.asked).toEqual(['freeze', 'hold', 'authorize', 'lookup', 'commit', 'capture']);
  });
});

test('a cart that a late freeze keeps for a checkout which has ended is free for another', async () => {
  const shop = new Neighbours();
  const { act } = orderObject(shop);
  const first = await startWith(null);
  await act((object) => object.start(first));
  const { checkoutId } = first;
  await act((object) => object.cancel({ checkoutId, requestId: 'req_2', idempotency: { key: 'c', fingerprint: 'c' } }));
  shop.frozenFor = checkoutId;
  shop.asked.length = 0;
  const answer = await act(async (object) => object.start(await startWith(null)));
  expect([answer.status, JSON.parse(answer.body).status]).toEqual([201, 'open']);
  expect(shop.asked).toEqual(['freeze', 'thaw', 'freeze', 'hold']);
});
