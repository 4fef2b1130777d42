/** Goods that are exchanged, over HTTP: in two parts, for others that are out of stock, and settled once when they are there. */
import { expect, it } from 'vitest';
import { act, ask, putAt } from './back-office.ts';
import { expectProblem, newKey } from './client.ts';
import { buy, journeyOfFile, orderOf, putUp, sandbox, stockOf } from './shopping.ts';

const shop = journeyOfFile();

it('an exchange that could not be carried out is settled when there is stock, once per key and once at all', async () => {
  await putUp(shop, { sku: 'WORN', stock: 5, priceMinor: 1400 });
  await putUp(shop, { sku: 'WANTED', stock: 0, priceMinor: 3200 });
  const checkout = await buy(shop, { sku: 'WORN', quantity: 2 }, sandbox('ok'));
  const orderId = orderOf(checkout).id;
  const lineId = checkout.lines[0]?.id ?? '';
  await act(shop, 201, orderId, '/fulfillments', {});
  const lines = [{ lineId, quantity: 2 }];
  const exchange = [{ sku: 'WANTED', quantity: 1 }];
  const asked = await act(shop, 201, orderId, '/returns', { lines, exchange, approve: true });
  const path = `/returns/${asked.returns[0]?.id}`;
  const refused = expectProblem(await ask(shop, orderId, `${path}/receipts`, { refund: false }), 'exchange-open');
  expect(refused).toMatchObject({ errors: [{ pointer: '/refund' }] });
  expect(await act(shop, 201, orderId, `${path}/receipts`, { lines: [{ lineId, quantity: 1 }] })).toMatchObject({
    refunds: [],
    balances: { refunded: { amount: 0 } },
  });
  expect((await act(shop, 201, orderId, `${path}/receipts`, {})).returns).toMatchObject([
    { status: 'received', exchangeStatus: 'open', failure: { code: 'insufficient-stock' } },
  ]);
  expectProblem(await ask(shop, orderId, `${path}/settlements`, {}), 'insufficient-stock');
  await putAt(shop, 'WANTED', 'loc_main', 1);
  const idempotencyKey = newKey();
  const settled = await act(shop, 201, orderId, `${path}/settlements`, {}, { idempotencyKey });
  expect(settled).toMatchObject({
    returns: [{ exchangeStatus: 'done', failure: null }],
    balances: { refunded: { amount: 0 }, outstanding: { amount: 400 } },
  });
  expect(await act(shop, 201, orderId, `${path}/settlements`, {}, { idempotencyKey })).toEqual(settled);
  expectProblem(await ask(shop, orderId, `${path}/settlements`, { as: 'refund' }), 'wrong-state');
  expect(await stockOf(shop, 'WANTED')).toMatchObject({ committed: 1, available: 0 });
});
