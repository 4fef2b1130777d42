/** The Order object under another secret: the ids that it is asked by are sealed otherwise than those that it keeps. */
import { expect, test } from 'vitest';
import { orderIdOf } from '../../workers/orders/domain/checkout/checkout.ts';
import { sandbox } from '../../workers/orders/testing/checkouts.ts';
import { Neighbours } from '../../workers/orders/testing/neighbours.ts';
import { orderObject, startWith } from '../../workers/orders/testing/order-object.ts';

/** The same order, sealed otherwise. */
const resealedId = (checkoutId: string) => `${checkoutId.slice(0, 'chk_'.length + 29)}${'y'.repeat(12)}`;

test('a checkout is found by its order, and a repetition under its key begins no other', async () => {
  const shop = new Neighbours();
  const { act } = orderObject(shop);
  const first = await startWith(sandbox);
  const checkoutId = `${first.checkoutId}${'x'.repeat(12)}`;
  const bought = await act((object) => object.start({ ...first, checkoutId }));
  expect(bought.status).toBe(201);
  const again = resealedId(checkoutId);
  const repeated = await act((object) => object.start({ ...first, checkoutId: again }));
  expect(JSON.parse(repeated.body).id).toBe(checkoutId);
  expect(repeated.isReplayed).toBe(true);
  const order = await act((object) => object.order(again));
  expect(order).toMatchObject({ id: orderIdOf(checkoutId), status: 'paid' });
  expect(await act((object) => object.timeline(again))).not.toBeNull();
  expect(await act((object) => object.letGo(again))).toBe('kept');
  expect(shop.asked.filter((what) => what === 'authorize')).toHaveLength(1);
  expect(await act((object) => object.order(`chk_0${'z'.repeat(25)}w00${'y'.repeat(12)}`))).toBeNull();
});

test('a payment that a crash left is looked up and completed, and asked for by the new id', async () => {
  const shop = new Neighbours();
  const { act } = orderObject(shop);
  const request = await startWith(sandbox);
  const checkoutId = `${request.checkoutId}${'x'.repeat(12)}`;
  shop.authorization = null;
  shop.isLostAfterAuthorization = true;
  await act((object) => object.start({ ...request, checkoutId }));
  shop.isAlive = true;
  await act((object) => object.resume(resealedId(checkoutId)));
  expect(await act((object) => object.checkout(resealedId(checkoutId)))).toMatchObject({
    ...{ id: checkoutId, status: 'completed' },
    order: { status: 'paid' },
  });
  expect(shop.asked.filter((what) => what === 'authorize')).toHaveLength(1);
});
