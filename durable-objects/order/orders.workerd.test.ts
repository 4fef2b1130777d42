/** The Order object: an order after its checkout, and what its storage holds of it and of its payment. */
import { describe, expect, test } from 'vitest';
import { sandbox } from '../../workers/orders/testing/checkouts.ts';
import { Neighbours } from '../../workers/orders/testing/neighbours.ts';
import { orderObject, sealedFor, startWith } from '../../workers/orders/testing/order-object.ts';

describe('an order after its checkout', () => {
  const by = { actor: 'key:merchant', currencies: [], requestId: 'req_3' };

  test('keeps notes in its timeline, and takes a note once per key', async () => {
    const { act } = orderObject(new Neighbours());
    const request = await startWith(sandbox);
    await act((object) => object.start(request));
    const { checkoutId } = request;
    const idempotency = { key: crypto.randomUUID(), fingerprint: 'n' };
    const note = { ...by, checkoutId, idempotency, command: { type: 'note', text: 'Gift.' } as const };
    expect(await act((object) => object.operate(note))).toMatchObject({ status: 201, isReplayed: false });
    expect(await act((object) => object.operate(note))).toMatchObject({ status: 201, isReplayed: true });
    expect(await act((object) => object.timeline(checkoutId))).toMatchObject([
      { action: 'place', text: expect.stringMatching(/^[0-9A-Z]{4}-/) },
      { action: 'pay', amount: { amount: 2990 } },
      { action: 'note', actor: 'key:merchant', text: 'Gift.' },
    ]);
  });

  test('ships, and the outside hears of it with the whole summary', async () => {
    const { act, later, outbox } = orderObject(new Neighbours());
    const request = await startWith(sandbox);
    await act((object) => object.start(request));
    const { checkoutId } = request;
    later.committed.set(checkoutId, new Map([['stk_1', 2]]));
    const everything = { lines: null, locationId: null, tracking: null, isCaptured: null };
    const command = { type: 'fulfill', ...everything } as const;
    const answer = await act((object) => object.operate({ ...by, checkoutId, idempotency: null, command }));
    expect([answer.status, JSON.parse(answer.body).fulfillmentStatus]).toEqual([201, 'fulfilled']);
    expect(later.asked).toEqual(['allocations', 'ship']);
    expect(await outbox()).toContain('orders.order-fulfilled.v1');
  });

  test('that never was is not found, and one whose checkout is open is none', async () => {
    const { act } = orderObject(new Neighbours());
    const request = await startWith(null);
    await act((object) => object.start(request));
    const cancel = { ...by, idempotency: null, command: { type: 'cancel', note: null } as const };
    const answer = await act((object) => object.operate({ ...cancel, checkoutId: request.checkoutId }));
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([404, 'not-found']);
    expect(await act((object) => object.timeline(request.checkoutId))).toBeNull();
  });
});

describe('what an object stores', () => {
  const card = { ...sandbox, token: 'pm_of_a_shopper' };

  test('has neither the access token of an order nor the token of a payment, and answers with both all the same', async () => {
    const shop = new Neighbours();
    const { act, stored } = orderObject(shop);
    const open = await startWith(null);
    await act((object) => object.start(open));
    const { checkoutId } = open;
    const payment = await sealedFor(checkoutId, card);
    if (payment === null) throw new Error('a card is a payment');
    const complete = { ...open, payment, idempotency: { key: 'complete', fingerprint: 'c' } };
    const paid = await act((object) => object.complete(complete));
    expect(JSON.parse(paid.body)).toMatchObject({
      status: 'completed',
      order: { accessToken: expect.stringMatching(/^oat_/) },
    });
    expect(shop.tokens).toEqual(['pm_of_a_shopper']);
    const text = await stored();
    expect(text).toContain('complete');
    expect(text).not.toMatch(/oat_|pm_of_a_shopper/);
    expect(await act((object) => object.complete(complete))).toEqual({ ...paid, isReplayed: true });
  });

  test('has no token of a payment that was declined', async () => {
    const shop = new Neighbours();
    shop.authorization = { status: 'declined', reason: 'expired_card' };
    const { act, stored } = orderObject(shop);
    await act(async (object) => object.start(await startWith(card)));
    expect(shop.tokens).toEqual(['pm_of_a_shopper']);
    expect(await stored()).not.toContain('pm_of_a_shopper');
  });
});
