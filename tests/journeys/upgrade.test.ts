/**
 * A shop of the last release that was killed in the middle is opened by the newest code: what was acknowledged is there, what was
 * under way comes to an end one way, and stock, money and orders tell the same story.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ShopHealth } from '../../shared/contracts/observer/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { ShopperOrderView } from '../../shared/contracts/orders/orders-http.ts';
import type { InFlight } from '../upgrades/making/in-flight.ts';
import { unpack } from '../upgrades/making/state-files.ts';
import { folder, lastRelease, readFixture } from '../upgrades/releases.ts';
import { booksOf, readOrder } from './back-office.ts';
import { type Answer, expectStatus } from './client.ts';
import { openOutboxRows, outboxesIn } from './outbox-rows.ts';
import { checkOut, type Journey, listOrders, sandbox, startJourney, stockOf, until, untilFinal } from './shopping.ts';

const { acknowledged, unanswered } = readFixture<InFlight>(lastRelease, 'in-flight.json');
let shop: Journey;
let rowsAtFirst = 0;

beforeAll(async () => {
  shop = await startJourney({
    env: { VITRINE_SECRET: 'the secret of a fixture' },
    fill: (stateDir) => {
      unpack(readFileSync(path.join(folder, lastRelease, 'state.gz')), stateDir);
      rowsAtFirst = Object.values(openOutboxRows(stateDir)).reduce((sum, rows) => sum + rows, 0);
    },
  });
});
afterAll(async () => {
  expect(await shop.end()).toEqual([]);
});

it('opens what the last release left, and all that was under way comes to an end', async () => {
  expect(outboxesIn(shop.shop.stateDir)).toBeGreaterThan(4);
  expect(rowsAtFirst).toBeGreaterThan(0);
  const answers: Answer[] = [];
  for (const { cartId, key, token } of unanswered)
    answers.push(await untilFinal(() => checkOut(shop, cartId, sandbox(token), { idempotencyKey: key })));
  for (const answer of answers) expect([200, 201, 402, 409, 410, 422], answer.text).toContain(answer.status);
  const sold = answers
    .filter(({ status }) => status === 201 || status === 200)
    .map((answer) => answer.as(CheckoutView));

  for (const { orderId, accessToken, totalMinor } of acknowledged) {
    const headers = { authorization: `Bearer ${accessToken}` };
    const order = expectStatus(await shop.send('GET', `/v1/orders/${orderId}`, { headers }), 200).as(ShopperOrderView);
    expect([order.status, order.totals.total.amount]).toEqual(['paid', totalMinor]);
  }

  await until(
    async () => openOutboxRows(shop.shop.stateDir),
    (rows) => Object.keys(rows).length === 0,
  );
  const listed = await listOrders(shop);
  const wanted = [...acknowledged.map(({ orderId }) => orderId), ...sold.flatMap(({ order }) => order?.id ?? [])];
  expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining(wanted));
  const orders = await until(
    () => Promise.all(listed.map(({ id }) => readOrder(shop, id))),
    (all) => all.every(({ status }) => status === 'paid' || status === 'canceled'),
  );
  const paid = orders.filter(({ status }) => status === 'paid');
  for (const { id, status, totals } of orders) {
    const books = await booksOf(shop, id);
    const kept = status === 'paid' ? totals.total.amount : 0;
    expect([(books.captured ?? 0) - (books.refunded ?? 0), books.open ?? 0, books.sum], id).toEqual([kept, 0, 0]);
  }
  const stock = await until(
    () => stockOf(shop, 'FLIGHT'),
    ({ held }) => held === 0,
  );
  expect([stock.committed, stock.onHand]).toEqual([paid.length, 100]);
  const health = expectStatus(await shop.admin('GET', '/admin/v1/health'), 200).as(ShopHealth);
  expect([health.status, health.openDeadLetters]).toEqual(['ok', 0]);
});
