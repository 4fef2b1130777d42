/**
 * The life of an order after its checkout, over HTTP with every Worker real: what the merchant does, and what the stockroom
 * and the payment provider say about it afterwards.
 */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { EditPreview } from '../../shared/contracts/orders/edits-http.ts';
import { TimelineEntry } from '../../shared/contracts/orders/timeline-http.ts';
import { act, ask, levelsAt, orderPath, putAt, readOrder } from './back-office.ts';
import { expectProblem, expectStatus, newKey } from './client.ts';
import {
  buy,
  journeyOfFile,
  ledgerOf,
  listEvents,
  listOrders,
  orderOf,
  putUp,
  sandbox,
  stockOf,
  until,
} from './shopping.ts';

const shop = journeyOfFile();

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

describe('an order that ships in parts', () => {
  it('takes its goods off the shelf, and shows the parcels', async () => {
    const { orderId, lineId } = await bought('SHIP', 3);
    expect(await stockOf(shop, 'SHIP')).toMatchObject({ onHand: 8, committed: 3 });
    const tracking = { carrier: 'DHL', number: '123' };
    const part = await act(shop, 201, orderId, '/fulfillments', { lines: [{ lineId, quantity: 2 }], tracking });
    expect(part).toMatchObject({ fulfillmentStatus: 'partially-fulfilled', fulfillments: [{ tracking }] });
    expect(await stockOf(shop, 'SHIP')).toMatchObject({ onHand: 6, committed: 1 });
    expect((await act(shop, 201, orderId, '/fulfillments', {})).fulfillmentStatus).toBe('fulfilled');
    expect(await stockOf(shop, 'SHIP')).toMatchObject({ onHand: 5, committed: 0, available: 5 });
    const again = await shop.admin('POST', orderPath(orderId, '/fulfillments'), {});
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
  it('of units that have not shipped take them off what is to ship, and give their stock back', async () => {
    const { orderId, lineId } = await bought('REFUND-UNITS', 3);
    await act(shop, 201, orderId, '/fulfillments', { lines: [{ lineId, quantity: 1 }] });
    const tooMany = { lines: [{ lineId, quantity: 3, cancelQuantity: 3 }] };
    expect(expectProblem(await ask(shop, orderId, '/refunds', tooMany), 'more-than-unshipped')).toMatchObject({
      max: 2,
    });
    const tooFew = { lines: [{ lineId, quantity: 2, cancelQuantity: 0 }] };
    expect(expectProblem(await ask(shop, orderId, '/refunds', tooFew), 'units-to-ship')).toMatchObject({ min: 1 });
    const refunded = await act(shop, 201, orderId, '/refunds', { lines: [{ lineId, quantity: 1 }] });
    expect(refunded).toMatchObject({
      fulfillmentStatus: 'partially-fulfilled',
      lines: [{ quantity: 3, fulfilledQuantity: 1, canceledQuantity: 1, refundedQuantity: 1 }],
    });
    expect(await stockOf(shop, 'REFUND-UNITS')).toMatchObject({ onHand: 7, committed: 1, available: 6 });
    expect((await act(shop, 201, orderId, '/fulfillments', {})).fulfillments.at(-1)?.lines).toEqual([
      { lineId, quantity: 1 },
    ]);
    expect(await stockOf(shop, 'REFUND-UNITS')).toMatchObject({ onHand: 6, committed: 0, available: 6 });
  });

  it('go to the provider once per key, and never beyond what was captured', async () => {
    const { orderId, lineId, totalMinor } = await bought('REFUND', 2);
    const idempotencyKey = newKey();
    const one = { lines: [{ lineId, quantity: 1 }] };
    const first = await act(shop, 201, orderId, '/refunds', one, { idempotencyKey });
    expect(await act(shop, 201, orderId, '/refunds', one, { idempotencyKey })).toEqual(first);
    expect(first).toMatchObject({ paymentStatus: 'partially-refunded', balances: { refunded: { amount: 1000 } } });
    const left = { amount: totalMinor - 1000, currency: 'EUR' };
    const tooMuch = await shop.admin('POST', orderPath(orderId, '/refunds'), {
      amount: { ...left, amount: totalMinor },
    });
    expect(expectProblem(tooMuch, 'refund-too-large')).toMatchObject({ max: left });
    await act(shop, 201, orderId, '/refunds', { amount: left });
    const { totals } = await ledgerOf(shop, orderId);
    expect(totals.EUR).toMatchObject({ captured: totalMinor, refunded: totalMinor });
  });
});

describe('an order that is canceled', () => {
  it('gives back its money and its goods', async () => {
    const { orderId, totalMinor } = await bought('CANCEL', 2);
    expect(await act(shop, 200, orderId, '/cancel', { note: 'Not wanted.' })).toMatchObject({
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
    await act(shop, 201, orderId, '/fulfillments', {});
    const requested = await act(shop, 201, orderId, '/returns', {
      lines: [{ lineId, quantity: 1, reason: 'Too small' }],
    });
    const returnId = requested.returns[0]?.id ?? '';
    await act(shop, 200, orderId, `/returns/${returnId}`, { action: 'approve' });
    expect(await act(shop, 201, orderId, `/returns/${returnId}/receipts`, {})).toMatchObject({
      returns: [{ status: 'received', failure: null }],
      refunds: [{ cause: 'return', amount: { amount: 1000 } }],
    });
    expect(await stockOf(shop, 'RETURN')).toMatchObject({ onHand: 6, available: 6 });
    const more = await shop.admin('POST', orderPath(orderId, '/returns'), { lines: [{ lineId, quantity: 2 }] });
    expect(expectProblem(more, 'more-than-shipped')).toMatchObject({ max: 1 });
    const timeline = expectStatus(await shop.admin('GET', orderPath(orderId, '/timeline')), 200).as(
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

  it('are restocked, written off, or kept apart as damaged, and each is paid back', async () => {
    const { orderId, lineId } = await bought('WORN', 3);
    await act(shop, 201, orderId, '/fulfillments', {});
    const asked = await act(shop, 201, orderId, '/returns', { lines: [{ lineId, quantity: 3 }], approve: true });
    const receipts = `/returns/${asked.returns[0]?.id}/receipts`;
    const receive = (more: object) => act(shop, 201, orderId, receipts, { lines: [{ lineId, quantity: 1, ...more }] });
    expect((await receive({})).returns).toMatchObject([{ status: 'partially-received' }]);
    expect(await stockOf(shop, 'WORN')).toMatchObject({ onHand: 6, available: 6 });
    await receive({ restock: false });
    await receive({ condition: 'damaged' });
    expect(await stockOf(shop, 'WORN')).toMatchObject({ onHand: 6, available: 6 });
    const order = await readOrder(shop, orderId);
    expect(order).toMatchObject({ returns: [{ status: 'received' }], lines: [{ returnedQuantity: 3 }] });
    expect(order.refunds.map(({ amount }) => amount.amount)).toEqual([1000, 1000, 1000]);
    expect((await ledgerOf(shop, orderId)).totals.EUR).toMatchObject({ captured: 3490, refunded: 3000 });
  });

  it('that nobody approved, or that were turned down, are not received', async () => {
    const { orderId, lineId } = await bought('ASKED', 1);
    expectProblem(await ask(shop, orderId, '/returns', { lines: [{ lineId, quantity: 1 }] }), 'more-than-shipped');
    await act(shop, 201, orderId, '/fulfillments', {});
    const asked = await act(shop, 201, orderId, '/returns', { lines: [{ lineId, quantity: 1 }] });
    const returned = `/returns/${asked.returns[0]?.id}`;
    expectProblem(await ask(shop, orderId, `${returned}/receipts`, {}), 'wrong-state');
    expect((await act(shop, 200, orderId, returned, { action: 'reject' })).returns).toMatchObject([
      { status: 'rejected' },
    ]);
    expectProblem(await ask(shop, orderId, `${returned}/receipts`, {}), 'wrong-state');
    expect(await stockOf(shop, 'ASKED')).toMatchObject({ onHand: 5 });
  });
});

describe('an order that ships from two locations', () => {
  it('takes its goods from each where it is told to, and says so', async () => {
    expectStatus(await shop.admin('POST', '/admin/v1/locations', { id: 'loc_b', name: 'Second' }), 201);
    expectStatus(await shop.admin('PATCH', '/admin/v1/locations/loc_b', { rank: 1 }), 200);
    await putUp(shop, { sku: 'SPLIT', stock: 2, priceMinor: 1000 });
    await putAt(shop, 'SPLIT', 'loc_b', 2);
    const checkout = await buy(shop, { sku: 'SPLIT', quantity: 3 }, sandbox('ok'));
    const [{ id: orderId }, lineId] = [orderOf(checkout), checkout.lines[0]?.id ?? ''];
    expect(await levelsAt(shop, 'SPLIT')).toEqual({ loc_main: [2, 2], loc_b: [2, 1] });
    const nowhere = { locationId: 'loc_b', lines: [{ lineId, quantity: 1, locationId: 'loc_nowhere' }] };
    expect(expectProblem(await ask(shop, orderId, '/fulfillments', nowhere), 'unknown-location')).toMatchObject({
      status: 422,
      locationId: 'loc_nowhere',
      errors: [{ pointer: '/lines/0/locationId' }],
    });
    const lines = [{ lineId, quantity: 1, locationId: 'loc_b' }];
    const part = await act(shop, 201, orderId, '/fulfillments', { lines });
    expect(part.fulfillments).toMatchObject([{ locationIds: ['loc_b'] }]);
    expect(await levelsAt(shop, 'SPLIT')).toEqual({ loc_main: [2, 2], loc_b: [1, 0] });
    const all = await act(shop, 201, orderId, '/fulfillments', {});
    expect(all.fulfillments[1]).toMatchObject({ locationIds: ['loc_main'] });
    expect(await levelsAt(shop, 'SPLIT')).toEqual({ loc_main: [0, 0], loc_b: [1, 0] });
  });
});

describe('an order that is edited', () => {
  it('after its total was previewed for something else is not', async () => {
    const { orderId, lineId } = await bought('STALE', 3);
    const fewer = { lines: [{ lineId, quantity: 1 }] };
    const { token } = expectStatus(await ask(shop, orderId, '/edits/preview', fewer), 200).as(EditPreview);
    const other = await ask(shop, orderId, '/edits', { lines: [{ lineId, quantity: 2 }], token });
    expectProblem(other, 'edit-changed');
    expect((await readOrder(shop, orderId)).lines).toMatchObject([{ quantity: 3 }]);
    expectProblem(
      await ask(shop, orderId, '/edits/preview', { lines: [{ lineId, quantity: 0 }] }),
      'edit-empties-order',
    );
  });

  it('costs what was previewed, and the stock follows', async () => {
    const { orderId, lineId, totalMinor } = await bought('EDIT', 3);
    const fewer = { lines: [{ lineId, quantity: 1 }] };
    const preview = await shop.admin('POST', orderPath(orderId, '/edits/preview'), fewer);
    const { token, refund } = expectStatus(preview, 200).as(EditPreview);
    const edited = await act(shop, 201, orderId, '/edits', { ...fewer, token });
    expect(edited.totals.total.amount).toBe(totalMinor - refund.amount);
    expect(edited.balances).toMatchObject({ refunded: refund, outstanding: { amount: 0 } });
    expect(await stockOf(shop, 'EDIT')).toMatchObject({ onHand: 8, committed: 1, available: 7 });

    const more = { lines: [{ lineId, quantity: 3 }] };
    const back = expectStatus(await shop.admin('POST', orderPath(orderId, '/edits/preview'), more), 200).as(
      EditPreview,
    );
    expect(back.totals.total.amount).toBe(totalMinor);
    await act(shop, 201, orderId, '/edits', { ...more, token: back.token });
    expect(await stockOf(shop, 'EDIT')).toMatchObject({ onHand: 8, committed: 3, available: 5 });
    // What the edit added is owed, and goods wait for money unless their merchant says otherwise.
    expectProblem(await ask(shop, orderId, '/fulfillments', {}), 'payment-outstanding');
    expect((await act(shop, 201, orderId, '/fulfillments', { shipUnpaid: true })).fulfillmentStatus).toBe('fulfilled');
    expect(await stockOf(shop, 'EDIT')).toMatchObject({ onHand: 5, committed: 0 });
  });
});

describe('an order that nobody knows', () => {
  it('is not found by any operation', async () => {
    const answer = await shop.admin('POST', orderPath('ord_unknown', '/cancel'), {});
    expectProblem(answer, 'not-found');
  });
});
