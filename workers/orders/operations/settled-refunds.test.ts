/** Refunds of lines settle what is still owed before they pay anything out, and the last units to go leave no debt behind. */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { balancesOf, fulfillmentStateOf, paymentStateOf } from '../domain/order/balances.ts';
import { checkoutId, fulfillAll, receiptOf, refundOf, returnOf, TestOrder } from '../testing/orders.ts';

const given = (mode?: 'manual') => new TestOrder(new MemoryStreamStorage<OrderStreamEvent>(), mode);
const ship = (lineId: string, quantity: number) =>
  ({ ...fulfillAll, lines: [{ lineId, quantity, locationId: null }] }) as const;
const units = (lineId: string, quantity: number, amountMinor?: number) =>
  refundOf({ lines: [{ lineId, quantity, amountMinor }] });
const cupsMinor = 3375;
const setsMinor = 6000;
const totalMinor = cupsMinor + setsMinor + 490;

describe('a refund of units that nobody has paid for', () => {
  test('takes off what an edit left outstanding, and pays nothing out', async () => {
    const order = given();
    const { body } = await order.edit({ lines: [], added: [{ sku: 'CUP', quantity: 1 }] });
    expect(body).toMatchObject({ balances: { outstanding: { amount: 1125 } } });
    expect((await order.ask(units('lin_1_1', 1))).body).toMatchObject({
      refunds: [{ amount: { amount: 0 }, credit: { amount: 1125 }, parts: [], lines: [{ canceledQuantity: 1 }] }],
      balances: { refunded: { amount: 0 }, outstanding: { amount: 0 } },
    });
    expect(order.shop.refundedMinor).toBe(0);
  });

  test('pays out what is beyond that', async () => {
    const order = given();
    await order.edit({ lines: [], added: [{ sku: 'CUP', quantity: 1 }] });
    expect((await order.ask(units('lin_1', 3))).body).toMatchObject({
      refunds: [{ amount: { amount: cupsMinor - 1125 }, credit: { amount: cupsMinor } }],
      balances: { outstanding: { amount: 0 } },
    });
  });

  test('leaves less to capture, and other money where it is', async () => {
    const order = given('manual');
    await order.ask(ship('lin_2', 2));
    await order.ask(units('lin_1', 2));
    expect(order.shop).toMatchObject({ capturedMinor: setsMinor, refundedMinor: 0 });
    expect(balancesOf(order.state).capturableMinor).toBe(1125 + 490);
    await order.ask(fulfillAll);
    expect(order.shop).toMatchObject({ capturedMinor: setsMinor + 1125 + 490, refundedMinor: 0 });
    expect(balancesOf(order.state)).toMatchObject({ capturableMinor: 0, outstandingMinor: 0 });
  });

  test('cancels them before anything was captured', async () => {
    const order = given('manual');
    expect((await order.ask(units('lin_2', 2))).body).toMatchObject({
      paymentStatus: 'authorized',
      balances: { capturable: { amount: cupsMinor + 490 } },
    });
    expect(order.shop.asked).toEqual(['release']);
    await order.ask(fulfillAll);
    expect(order.shop).toMatchObject({ capturedMinor: cupsMinor + 490, refundedMinor: 0 });
  });

  test('takes units away that cost more than was captured', async () => {
    const order = given('manual');
    await order.ask({ type: 'capture', amountMinor: 100 });
    expect((await order.ask(units('lin_2', 2))).body).toMatchObject({ balances: { refunded: { amount: 0 } } });
    expect(balancesOf(order.state).capturableMinor).toBe(cupsMinor + 490 - 100);
  });

  test('takes off the shipping alike', async () => {
    const order = given('manual');
    await order.ask(ship('lin_2', 2));
    await order.ask(refundOf({ shippingMinor: 'all' }));
    expect(balancesOf(order.state)).toMatchObject({ refundedMinor: 0, capturableMinor: cupsMinor });
  });

  test('of all there was is the cancellation of the order', async () => {
    const order = given('manual');
    await order.ask(units('lin_2', 2));
    expect(await order.ask(units('lin_1', 3))).toMatchObject({ status: 409, body: { code: 'edit-empties-order' } });
    expect((await order.ask({ type: 'cancel', note: null })).body).toMatchObject({ paymentStatus: 'voided' });
    expect(await order.ask(units('lin_1', 3))).toMatchObject({ body: { code: 'wrong-state', state: 'voided' } });
  });

  test('pays an amount beside them all the same', async () => {
    const order = given('manual');
    await order.ask(ship('lin_2', 2));
    await order.ask(refundOf({ lines: [{ lineId: 'lin_1', quantity: 1 }], otherMinor: 300 }));
    expect(order.shop.refundedMinor).toBe(300);
  });
});

describe('the removal of the last units to ship', () => {
  const partlyShipped = async () => {
    const order = given('manual');
    await order.ask({ type: 'capture', amountMinor: 100 });
    await order.ask(ship('lin_1', 2));
    return order;
  };
  const rest = {
    lines: [
      { lineId: 'lin_1', quantity: 2 },
      { lineId: 'lin_2', quantity: 0 },
    ],
    added: [],
  };

  test('by an edit takes what is owed for those that have left, and lets go of the rest', async () => {
    const order = await partlyShipped();
    const { body } = await order.edit(rest);
    expect(body).toMatchObject({ status: 'paid', paymentStatus: 'captured', fulfillmentStatus: 'fulfilled' });
    expect(order.shop.asked.slice(-3)).toEqual(['release', 'capture', 'let-go']);
    expect(order.shop.capturedMinor).toBe(2250 + 490);
    expect(order.timeline().slice(-2)).toMatchObject([
      { action: 'edit', amount: null },
      { action: 'capture', amount: { amount: 490 } },
    ]);
    expect(order.told.slice(-3).map(({ type }) => type)).toEqual([
      'orders.order-edited.v1',
      'orders.payment-captured.v1',
      'orders.order-paid.v1',
    ]);
  });

  test('by refunds takes it with the last of them, once', async () => {
    const order = await partlyShipped();
    await order.ask(units('lin_2', 2));
    expect(balancesOf(order.state).capturableMinor).toBeGreaterThan(490);
    order.shop.luck = ['fine', 'mute'];
    expect((await order.ask(units('lin_1', 1))).status).toBe(202);
    order.restart();
    await order.settle();
    expect(order.shop).toMatchObject({ capturedMinor: 2250 + 490, refundedMinor: 0 });
    expect([fulfillmentStateOf(order.state), paymentStateOf(order.state)]).toEqual(['fulfilled', 'captured']);
  });

  test('stands when the capture is declined: the payer owes the rest', async () => {
    const order = await partlyShipped();
    order.shop.captureDeclined = 'The card is closed.';
    expect(await order.edit(rest)).toMatchObject({
      status: 201,
      body: { fulfillmentStatus: 'fulfilled', balances: { capturable: { amount: 0 }, outstanding: { amount: 490 } } },
    });
    expect(order.timeline().at(-1)).toMatchObject({
      action: 'capture',
      outcome: 'failed',
      failure: { code: 'payment-declined', detail: 'The bank declined the card.' },
    });
    expect(order.told.at(-1)).toMatchObject({
      type: 'orders.payment-observed.v1',
      data: { status: 'confirmed', paymentStatus: 'partially-paid', outstanding: { amount: 490 } },
    });
    const { body } = await order.ask({ type: 'collect', amountMinor: 490, note: null });
    expect(body).toMatchObject({ balances: { outstanding: { amount: 0 } } });
  });

  test.each([
    { maxMinor: 0, capturable: 0, outstanding: 490 },
    { maxMinor: 100, capturable: 490, outstanding: 0 },
  ])('is owed by the payer unless some can be taken: $maxMinor', async ({ maxMinor, ...owed }) => {
    const order = await partlyShipped();
    order.shop.captureDeclined = 'exceeds-open-authorization';
    order.shop.captureMaxMinor = maxMinor;
    const { capturable, outstanding } = owed;
    expect(await order.edit(rest)).toMatchObject({
      body: { balances: { capturable: { amount: capturable }, outstanding: { amount: outstanding } } },
    });
  });

  test('takes nothing when nothing has left', async () => {
    const order = given('manual');
    await order.ask({ type: 'capture', amountMinor: 100 });
    await order.ask(units('lin_1', 3));
    await order.ask(units('lin_2', 2));
    expect(fulfillmentStateOf(order.state)).toBe('canceled');
    expect(order.shop.capturedMinor).toBe(100);
  });

  test('takes nothing of an order that was shipped whole without its money', async () => {
    const order = given('manual');
    await order.ask({ ...fulfillAll, isCaptured: false });
    await order.ask(units('lin_1', 1));
    expect(order.shop.capturedMinor).toBe(0);
    expect(balancesOf(order.state).capturableMinor).toBe(totalMinor - 1125);
  });
});

describe('units whose money is gone', () => {
  test('leave the order for as much as the merchant names', async () => {
    const order = given();
    order.shop.refundedByHandMinor = totalMinor - 1000;
    await order.operations.observePayment(checkoutId);
    expect(await order.ask(units('lin_1', 1))).toMatchObject({
      status: 409,
      body: { code: 'refund-too-large', max: { amount: 1000 } },
    });
    expect((await order.ask(units('lin_1', 1, 400))).body).toMatchObject({
      refunds: [{ amount: { amount: 400 }, lines: [{ canceledQuantity: 1, amount: { amount: 1125 } }] }],
      balances: { refundable: { amount: 600 }, outstanding: { amount: 0 } },
    });
    expect((await order.ask(units('lin_1', 2, 0))).status).toBe(201);
    expect(order.shop.committedOf(checkoutId, 'stk_cup')).toBe(2);
  });

  test('leave the order also when all of it went by goodwill', async () => {
    const order = given();
    await order.ask(refundOf({ otherMinor: totalMinor }));
    expect(await order.ask(units('lin_1', 1))).toMatchObject({
      body: { code: 'refund-too-large', max: { amount: 0 } },
    });
    expect((await order.ask(units('lin_1', 1, 0))).status).toBe(201);
    expect((await order.ask(fulfillAll)).status).toBe(201);
  });

  test('are paid no more than they are worth', async () => {
    const order = given();
    expect(await order.ask(units('lin_1', 1, 1126))).toMatchObject({
      status: 409,
      body: { code: 'refund-too-large', lineId: 'lin_1', max: { amount: 1125 } },
    });
  });

  test('keep what the merchant kept of them out of all that is settled later', async () => {
    const order = given();
    await order.ask(units('lin_1', 1, 100));
    await order.edit({ lines: [{ lineId: 'lin_2', quantity: 1 }], added: [] });
    expect(order.shop.refundedMinor).toBe(100 + setsMinor / 2);
    await order.ask(ship('lin_1', 2));
    await order.ask(returnOf(2));
    await order.ask(receiptOf(order.state.returns[0]?.id ?? ''));
    expect(order.shop.refundedMinor).toBe(100 + setsMinor / 2 + 2250);
  });

  test('are charged to nobody who has not paid for them', async () => {
    const order = given('manual');
    await order.ask(units('lin_1', 1, 0));
    expect(balancesOf(order.state).capturableMinor).toBe(totalMinor - 1125);
  });
});

test('goods that stay here for a dispute are answered with what is possible', async () => {
  const order = given();
  await order.ask(ship('lin_1', 1));
  order.shop.dispute(totalMinor, { status: 'lost' });
  await order.operations.observePayment(checkoutId);
  expect(await order.ask(fulfillAll)).toMatchObject({
    body: { code: 'wrong-state', state: 'lost-to-dispute', allowed: ['edit', 'refund'] },
  });
  expect((await order.ask(units('lin_1', 2, 0))).status).toBe(201);
  expect((await order.edit({ lines: [{ lineId: 'lin_2', quantity: 0 }], added: [] })).status).toBe(201);
  expect(fulfillmentStateOf(order.state)).toBe('fulfilled');
});

test('a line that is named twice is bad input, and says where', async () => {
  const line = { lineId: 'lin_1', quantity: 1 };
  expect(await given().ask(refundOf({ lines: [line, line] }))).toMatchObject({
    status: 400,
    body: { code: 'invalid-input', errors: [{ pointer: '/lines/1/lineId' }] },
  });
});
