/** What is still authorized when nobody can need it any more is let go, once, by the operation that leads there. */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { balancesOf, paymentStateOf } from '../domain/order/balances.ts';
import { fulfillAll, receiptOf, refundOf, returnOf, TestOrder } from '../testing/orders.ts';

const given = () => new TestOrder(new MemoryStreamStorage<OrderStreamEvent>(), 'manual');
const fewerCups = { lines: [{ lineId: 'lin_1', quantity: 1 }], added: [] };
const letGoes = ({ shop }: TestOrder) => shop.asked.filter((name) => name === 'let-go').length;

describe('an order that shrank before its money was taken', () => {
  test('keeps the authorization until all has shipped, and lets go of the rest with the last parcel', async () => {
    const order = given();
    await order.edit(fewerCups);
    await order.ask({ ...fulfillAll, lines: [{ lineId: 'lin_1', quantity: 1, locationId: null }] });
    expect(letGoes(order)).toBe(0);
    await order.ask(fulfillAll);
    expect(order.shop.asked.slice(-2)).toEqual(['capture', 'let-go']);
    expect(order.state).toMatchObject({ authorizedMinor: order.shop.capturedMinor, isVoided: false });
    expect(paymentStateOf(order.state)).toBe('captured');
    expect(await order.ask({ type: 'capture', amountMinor: 1 })).toMatchObject({ body: { code: 'wrong-state' } });
  });

  test('lets go when the money of what has shipped is taken later', async () => {
    const order = given();
    await order.edit(fewerCups);
    await order.ask({ ...fulfillAll, isCaptured: false });
    await order.ask({ type: 'capture', amountMinor: 1000 });
    expect(letGoes(order)).toBe(0);
    await order.ask({ type: 'capture', amountMinor: null });
    expect(letGoes(order)).toBe(1);
  });

  test('ends let go when the answer is lost, and never asks for it again', async () => {
    const order = given();
    await order.edit(fewerCups);
    order.shop.luck = ['fine', 'fine', 'fine', 'mute'];
    expect((await order.ask(fulfillAll)).status).toBe(202);
    order.restart();
    await order.settle();
    expect(letGoes(order)).toBe(2);
    await order.ask(refundOf({ otherMinor: 100 }));
    expect(letGoes(order)).toBe(2);
    expect(balancesOf(order.state)).toMatchObject({ capturableMinor: 0, outstandingMinor: 0 });
  });

  test('takes what a later edit adds from the payer, not from what was let go', async () => {
    const order = given();
    await order.edit(fewerCups);
    await order.ask(fulfillAll);
    const { body } = await order.edit({ lines: [], added: [{ sku: 'CUP', quantity: 1 }] });
    expect(body).toMatchObject({ balances: { capturable: { amount: 0 }, outstanding: { amount: 1125 } } });
  });
});

test('an order that was captured whole has nothing to let go', async () => {
  const order = given();
  await order.ask(fulfillAll);
  expect(letGoes(order)).toBe(0);
});

test('units that are canceled by their refund count as gone', async () => {
  const order = given();
  await order.edit(fewerCups);
  await order.ask({ type: 'capture', amountMinor: null });
  await order.ask({ ...fulfillAll, lines: [{ lineId: 'lin_1', quantity: 1, locationId: null }] });
  expect(letGoes(order)).toBe(0);
  await order.ask(refundOf({ lines: [{ lineId: 'lin_2', quantity: 2 }] }));
  expect(order.shop.asked.slice(-3)).toEqual(['refund', 'release', 'let-go']);
});

test('goods that ship without their money and come back let go of what they would have cost', async () => {
  const order = given();
  await order.ask({ ...fulfillAll, isCaptured: false });
  await order.ask({ type: 'capture', amountMinor: 6490 });
  await order.ask(returnOf(3));
  await order.ask(receiptOf('ret_3'));
  expect(order.shop.asked.slice(-2)).toEqual(['restock', 'let-go']);
  expect(order.state).toMatchObject({ authorizedMinor: 6490, capturedMinor: 6490 });
});
