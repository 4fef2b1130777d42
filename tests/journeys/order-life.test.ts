/**
 * The life of an order after its checkout, over HTTP with every Worker real: what the merchant does, and what the stockroom
 * and the payment provider say about it afterwards.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { OrderView } from '../../shared/contracts/orders-http.ts';
import { EditPreview, TimelineEntry } from '../../shared/contracts/orders-life-http.ts';
import { expectProblem, expectStatus, newKey, type Send } from './client.ts';
import {
  buy,
  type Journey,
  ledgerOf,
  listEvents,
  listOrders,
  orderOf,
  putUp,
  sandbox,
  startJourney,
  stockOf,
  until,
} from './shopping.ts';

let shop: Journey;
beforeAll(async () => {
  shop = await startJourney();
});
afterAll(async () => {
  await shop.end();
  expect(shop.errorsLogged()).toEqual([]);
});

const path = (orderId: string, rest = '') => `/admin/v1/orders/${orderId}${rest}`;

/** Buys some of a SKU that was put up with as many as are wanted, and some more. */
async function bought(sku: string, quantity: number): Promise<{ orderId: string; lineId: string; totalMinor: number }> {
  await putUp(shop, { sku, stock: quantity + 5, priceMinor: 1000 });
  const checkout = await buy(shop, { sku, quantity }, sandbox('ok'));
  return {
    orderId: orderOf(checkout).id,
    lineId: checkout.lines[0]?.id ?? '',
    totalMinor: checkout.totals.total.amount,
  };
}

/** Does something with an order; 202 would mean that a neighbour did not answer. */
async function act(
  status: 200 | 201,
  orderId: string,
  what: string,
  json: unknown,
  more: Send = {},
): Promise<OrderView> {
  const method = /^\/(?:returns|fulfillments)\/[^/]+$/.test(what) ? 'PATCH' : 'POST';
  return expectStatus(await shop.admin(method, path(orderId, what), json, more), status).as(OrderView);
}

describe('an order that ships in parts', () => {
  it('takes its goods off the shelf, and shows the parcels', async () => {
    const { orderId, lineId } = await bought('SHIP', 3);
    expect(await stockOf(shop, 'SHIP')).toMatchObject({ onHand: 8, committed: 3 });
    const tracking = { carrier: 'DHL', number: '123' };
    const part = await act(201, orderId, '/fulfillments', { lines: [{ lineId, quantity: 2 }], tracking });
    expect(part).toMatchObject({ fulfillmentStatus: 'partially-fulfilled', fulfillments: [{ tracking }] });
    expect(await stockOf(shop, 'SHIP')).toMatchObject({ onHand: 6, committed: 1 });
    expect((await act(201, orderId, '/fulfillments', {})).fulfillmentStatus).toBe('fulfilled');
    expect(await stockOf(shop, 'SHIP')).toMatchObject({ onHand: 5, committed: 0, available: 5 });
    const again = await shop.admin('POST', path(orderId, '/fulfillments'), {});
    expect(expectProblem(again, 'wrong-state')).toMatchObject({ state: 'fulfilled' });
    const told = () => listEvents(shop, 'orders.order-fulfilled.v1');
    await until(told, (events) => events.filter(({ subject }) => subject === orderId).length === 2);
    await until(
      () => listOrders(shop),
      (orders) => orders.some(({ id, fulfillmentStatus }) => id === orderId && fulfillmentStatus === 'fulfilled'),
    );
  });
});

describe('refunds', () => {
  it('go to the provider once per key, and never beyond what was captured', async () => {
    const { orderId, lineId, totalMinor } = await bought('REFUND', 2);
    const idempotencyKey = newKey();
    const one = { lines: [{ lineId, quantity: 1 }] };
    const first = await act(201, orderId, '/refunds', one, { idempotencyKey });
    expect(await act(201, orderId, '/refunds', one, { idempotencyKey })).toEqual(first);
    expect(first).toMatchObject({ paymentStatus: 'partially-refunded', balances: { refunded: { amount: 1000 } } });
    const left = { amount: totalMinor - 1000, currency: 'EUR' };
    const tooMuch = await shop.admin('POST', path(orderId, '/refunds'), { amount: { ...left, amount: totalMinor } });
    expect(expectProblem(tooMuch, 'refund-too-large')).toMatchObject({ max: left });
    await act(201, orderId, '/refunds', { amount: left });
    const { totals } = await ledgerOf(shop, orderId);
    expect(totals.EUR).toMatchObject({ captured: totalMinor, refunded: totalMinor });
  });
});

describe('an order that is canceled', () => {
  it('gives back its money and its goods', async () => {
    const { orderId, totalMinor } = await bought('CANCEL', 2);
    expect(await act(200, orderId, '/cancel', { note: 'Not wanted.' })).toMatchObject({
      status: 'canceled',
      paymentStatus: 'refunded',
      fulfillmentStatus: 'canceled',
    });
    expect(await stockOf(shop, 'CANCEL')).toMatchObject({ onHand: 7, committed: 0, available: 7 });
    expect((await ledgerOf(shop, orderId)).totals.EUR).toMatchObject({ captured: totalMinor, refunded: totalMinor });
  });
});

describe('goods that come back', () => {
  it('are restocked and refunded, and the timeline tells it', async () => {
    const { orderId, lineId } = await bought('RETURN', 2);
    await act(201, orderId, '/fulfillments', {});
    const requested = await act(201, orderId, '/returns', { lines: [{ lineId, quantity: 1, reason: 'Too small' }] });
    const returnId = requested.returns[0]?.id ?? '';
    await act(200, orderId, `/returns/${returnId}`, { action: 'approve' });
    expect(await act(201, orderId, `/returns/${returnId}/receipts`, {})).toMatchObject({
      returns: [{ status: 'received', failure: null }],
      refunds: [{ cause: 'return', amount: { amount: 1000 } }],
    });
    expect(await stockOf(shop, 'RETURN')).toMatchObject({ onHand: 6, available: 6 });
    const more = await shop.admin('POST', path(orderId, '/returns'), { lines: [{ lineId, quantity: 2 }] });
    expect(expectProblem(more, 'more-than-shipped')).toMatchObject({ max: 1 });
    const timeline = expectStatus(await shop.admin('GET', path(orderId, '/timeline')), 200).as(
      z.strictObject({ items: z.array(TimelineEntry), next: z.null() }),
    );
    expect(timeline.items.map(({ action }) => action)).toEqual([
      'place',
      'pay',
      'fulfill',
      'request-return',
      'return-approved',
      'receive',
      'refund',
    ]);
  });
});

describe('an order that is edited', () => {
  it('costs what was previewed, and the stock follows', async () => {
    const { orderId, lineId, totalMinor } = await bought('EDIT', 3);
    const fewer = { lines: [{ lineId, quantity: 1 }] };
    const preview = await shop.admin('POST', path(orderId, '/edits/preview'), fewer);
    const { token, refund } = expectStatus(preview, 200).as(EditPreview);
    const edited = await act(201, orderId, '/edits', { ...fewer, token });
    expect(edited.totals.total.amount).toBe(totalMinor - refund.amount);
    expect(edited.balances).toMatchObject({ refunded: refund, outstanding: { amount: 0 } });
    expect(await stockOf(shop, 'EDIT')).toMatchObject({ onHand: 8, committed: 1, available: 7 });

    const more = { lines: [{ lineId, quantity: 3 }] };
    const back = expectStatus(await shop.admin('POST', path(orderId, '/edits/preview'), more), 200).as(EditPreview);
    expect(back.totals.total.amount).toBe(totalMinor);
    await act(201, orderId, '/edits', { ...more, token: back.token });
    expect(await stockOf(shop, 'EDIT')).toMatchObject({ onHand: 8, committed: 3, available: 5 });
    expect((await act(201, orderId, '/fulfillments', {})).fulfillmentStatus).toBe('fulfilled');
    expect(await stockOf(shop, 'EDIT')).toMatchObject({ onHand: 5, committed: 0 });
  });
});

describe('an order that nobody knows', () => {
  it('is not found by any operation', async () => {
    const answer = await shop.admin('POST', path('ord_unknown', '/cancel'), {});
    expectProblem(answer, 'not-found');
  });
});
