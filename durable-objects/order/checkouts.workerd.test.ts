/** The Order object: a checkout that is paid, one that is opened first, and one whose goods are gone. */
import { describe, expect, test } from 'vitest';
import { manual, sandbox } from '../../workers/orders/testing/checkouts.ts';
import { Neighbours } from '../../workers/orders/testing/neighbours.ts';
import { orderObject, startWith } from '../../workers/orders/testing/order-object.ts';

describe('a checkout with a payment that works', () => {
  test('asks each neighbour once, in the order of the plan, and is paid', async () => {
    const shop = new Neighbours();
    const { act, outbox } = orderObject(shop);
    const answer = await act(async (object) => object.start(await startWith(sandbox)));
    expect(answer.status).toBe(201);
    expect(JSON.parse(answer.body)).toMatchObject({
      status: 'completed',
      payment: { provider: 'sandbox', status: 'captured' },
      order: { status: 'paid' },
      totals: { total: { amount: 2990, currency: 'EUR' } },
    });
    expect(shop.asked).toEqual(['freeze', 'hold', 'authorize', 'commit', 'capture']);
    expect(await outbox()).toEqual(['orders.order-placed.v1', 'orders.order-paid.v1']);
  });

  test('gives its first answer again to a repetition, after a restart too', async () => {
    const shop = new Neighbours();
    const { act } = orderObject(shop);
    const request = await startWith(sandbox);
    const first = await act((object) => object.start(request));
    const again = await act((object) => object.start(request));
    expect(again).toEqual({ ...first, isReplayed: true });
    expect(shop.asked.filter((what) => what === 'capture')).toHaveLength(1);
  });

  test('refuses its key to another request', async () => {
    const { act } = orderObject(new Neighbours());
    const request = await startWith(manual);
    await act((object) => object.start(request));
    const other = { ...request, idempotency: { ...request.idempotency, fingerprint: 'g' } };
    expect((await act((object) => object.start(other))).status).toBe(422);
  });
});

describe('a checkout whose goods are gone', () => {
  test('is refused with what is left, and leaves no stream and no payment', async () => {
    const shop = new Neighbours();
    shop.available = 1;
    const { act } = orderObject(shop);
    const request = await startWith(sandbox);
    const answer = await act((object) => object.start(request));
    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'insufficient-stock', sku: 'CUP-1', available: 1 });
    expect(shop.asked).toEqual(['freeze', 'hold', 'thaw']);
    expect(await act((object) => object.checkout(request.checkoutId))).toBeNull();
  });
});

describe('a checkout without a payment', () => {
  test('holds the goods, and is completed later by another request', async () => {
    const shop = new Neighbours();
    const { act } = orderObject(shop);
    const request = await startWith(null);
    const opened = await act((object) => object.start(request));
    expect(opened.status).toBe(201);
    expect(JSON.parse(opened.body)).toMatchObject({ status: 'open', payment: null, order: null });
    const { checkoutId } = request;
    const idempotency = { key: crypto.randomUUID(), fingerprint: 'c' };
    const completed = await act((object) =>
      object.complete({ checkoutId, payment: manual, idempotency, requestId: 'req_2' }),
    );
    expect(completed.status).toBe(200);
    expect(JSON.parse(completed.body)).toMatchObject({ status: 'completed' });
    expect(shop.asked).toEqual(['freeze', 'hold', 'commit']);
  });

  test('is canceled: goods and cart are given back, and a payment comes too late', async () => {
    const shop = new Neighbours();
    const { act } = orderObject(shop);
    const request = await startWith(null);
    await act((object) => object.start(request));
    const { checkoutId } = request;
    const asked = { checkoutId, requestId: 'req_2' };
    const key = () => ({ key: crypto.randomUUID(), fingerprint: 'c' });
    const canceled = await act((object) => object.cancel({ ...asked, idempotency: key() }));
    expect([canceled.status, JSON.parse(canceled.body).status]).toEqual([200, 'canceled']);
    expect(shop.asked).toEqual(['freeze', 'hold', 'undo', 'thaw']);
    const late = await act((object) => object.complete({ ...asked, payment: manual, idempotency: key() }));
    expect([late.status, JSON.parse(late.body).code]).toEqual([409, 'checkout-state']);
  });
});

describe('a checkout that is paid by hand', () => {
  test.each(['immediate', 'manual'])(
    'asks no provider, and leaves all of its money to be collected (%s)',
    async (mode) => {
      const shop = new Neighbours();
      const { act, outbox } = orderObject(shop, {}, mode);
      const request = await startWith(manual);
      const answer = await act((object) => object.start(request));
      expect(JSON.parse(answer.body)).toMatchObject({
        status: 'completed',
        payment: { provider: 'manual', status: 'pending' },
        order: { status: 'confirmed' },
      });
      expect(shop.asked).toEqual(['freeze', 'hold', 'commit']);
      expect(await outbox()).toEqual(['orders.order-placed.v1']);
      expect(await act((object) => object.order(request.checkoutId))).toMatchObject({
        status: 'confirmed',
        paymentStatus: 'pending',
        balances: { authorized: { amount: 0 }, capturable: { amount: 0 }, outstanding: { amount: 2990 } },
      });
    },
  );
});

describe('a shop that captures by hand', () => {
  test('completes a checkout with its money authorized, and takes none of it', async () => {
    const shop = new Neighbours();
    const { act, outbox } = orderObject(shop, {}, 'manual');
    const request = await startWith(sandbox);
    const answer = await act((object) => object.start(request));
    expect(JSON.parse(answer.body)).toMatchObject({
      status: 'completed',
      payment: { status: 'authorized' },
      order: { status: 'confirmed' },
    });
    expect(shop.asked).toEqual(['freeze', 'hold', 'authorize', 'commit']);
    expect(await outbox()).toEqual(['orders.order-placed.v1']);
    expect(await act((object) => object.order(request.checkoutId))).toMatchObject({
      captureMode: 'manual',
      paymentStatus: 'authorized',
      balances: { capturable: { amount: 2990 }, outstanding: { amount: 0 } },
    });
  });
});
