/** A refusal about something in the body says where it stands there, and one about the order points nowhere. */
import { expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { OrderStreamEvent } from '../domain/checkout/checkout.ts';
import type { OrderCommand } from '../service/order-commands.ts';
import { fulfillAll, TestOrder } from '../testing/orders.ts';

const given = () => new TestOrder(new MemoryStreamStorage<OrderStreamEvent>());
const first = { lineId: 'lin_1', quantity: 1 };
const refund = { type: 'refund', lines: [], shippingMinor: 0, otherMinor: 0, note: null } as const;
const priced = { ...first, amountMinor: 999_999 };
const returning = { type: 'request-return', exchange: [], note: null, isApproved: true } as const;

test.each<[string, string, OrderCommand]>([
  ['unknown-line', '/lines/1/lineId', shipping([first, { lineId: 'lin_9', quantity: 1 }])],
  [
    'more-than-ordered',
    '/lines/1/quantity',
    shipping([
      { lineId: 'lin_2', quantity: 1 },
      { ...first, quantity: 9 },
    ]),
  ],
  ['unknown-line', '/lines/0/lineId', { ...refund, lines: [{ lineId: 'lin_9', quantity: 1 }] }],
  ['more-than-ordered', '/lines/0/quantity', { ...refund, lines: [{ ...first, quantity: 9 }] }],
  ['refund-too-large', '/lines/0/amount', { ...refund, lines: [priced] }],
  ['refund-too-large', '/shipping', { ...refund, shippingMinor: 999_999 }],
  ['refund-too-large', '/amount', { ...refund, otherMinor: 999_999 }],
  ['payment-too-large', '/amount', { type: 'collect', amountMinor: 999_999, note: null }],
  ['more-than-shipped', '/lines/0/quantity', { ...returning, lines: [{ ...first, reason: null }] }],
  ['unknown-line', '/lines/0/lineId', { ...returning, lines: [{ lineId: 'lin_9', quantity: 1, reason: null }] }],
])('%s is at %s', async (code, pointer, command) => {
  const { body } = await given().ask(command);
  expect(body).toMatchObject({ code, errors: [{ pointer, detail: body.detail }] });
});

test('more than can be captured is at the amount', async () => {
  const order = new TestOrder(new MemoryStreamStorage<OrderStreamEvent>(), 'manual');
  const { body } = await order.ask({ type: 'capture', amountMinor: 999_999 });
  expect(body).toMatchObject({ code: 'capture-too-large', errors: [{ pointer: '/amount' }] });
});

test('an edit says which line it cannot change, when it is previewed', async () => {
  const order = given();
  const unknown = await order.preview({ lines: [first, { lineId: 'lin_9', quantity: 1 }], added: [] });
  expect(unknown.body).toMatchObject({ code: 'unknown-line', errors: [{ pointer: '/lines/1/lineId' }] });
  await order.ask(fulfillAll);
  const shipped = await order.preview({ lines: [{ ...first, quantity: 0 }], added: [] });
  expect(shipped.body).toMatchObject({ code: 'line-shipped', errors: [{ pointer: '/lines/0/quantity' }] });
});

test('amounts in another currency are named one by one', async () => {
  const order = given();
  const currencies = [
    { currency: 'EUR', pointer: '/shipping/currency' },
    { currency: 'USD', pointer: '/lines/0/amount/currency' },
  ];
  const { body } = await order.preview({ lines: [], added: [] }, currencies);
  expect(body).toMatchObject({ code: 'wrong-currency', detail: 'The order is in EUR.' });
  expect(body.errors).toEqual([{ pointer: '/lines/0/amount/currency', detail: 'The order is in EUR.' }]);
});

test('a refusal for the state of the order points nowhere', async () => {
  const order = given();
  await order.ask(fulfillAll);
  expect((await order.ask(fulfillAll)).body).not.toHaveProperty('errors');
});

function shipping(lines: readonly { readonly lineId: string; readonly quantity: number }[]): OrderCommand {
  return { ...fulfillAll, lines: lines.map((line) => ({ ...line, locationId: null })) };
}
