/**
 * `kill -9` under load, again and again, then a reckoning: what was acknowledged is there, what was not is settled one way,
 * and stock, money, orders, lists and events tell the same story. It proves safety against the crash of a process; the
 * page cache survives that, so it says nothing about a power cut.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ShopHealth } from '../../shared/contracts/observer/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import type { OrderListItem } from '../../shared/contracts/orders/order-lists-http.ts';
import { ShopperOrderView } from '../../shared/contracts/orders/orders-http.ts';
import { OrderSummary } from '../../shared/events/orders.ts';
import { type Answer, expectStatus, inParallel, NoAnswer, newKey, problemIn } from './client.ts';
import { openOutboxRows, outboxesIn } from './outbox-rows.ts';
import {
  card,
  checkOut,
  fillCart,
  type Journey,
  ledgerOf,
  listEvents,
  listOrders,
  orderOf,
  type Payment,
  pause,
  putUp,
  readCart,
  sandbox,
  startJourney,
  stockOf,
  until,
  type Wish,
} from './shopping.ts';

const holdSeconds = 8;
const kills = 6;
const buyers = 32;
/** So many orders are acknowledged in every other round before it ends. */
const ordersBeforeKill = 10;
const stock = 5_000;
const skus = ['KILL-A', 'KILL-B', 'KILL-C'];

/** One wish to buy, and what the shopper was told. `answer` is null when no answer came. */
interface Attempt {
  readonly cartId: string;
  readonly wishes: readonly Wish[];
  readonly payment: Payment;
  readonly idempotencyKey: string;
  answer: Answer | null;
}

let shop: Journey;
const attempts: Attempt[] = [];
let cartsLost = 0;
/** Between the sign and the crash of each round. */
const pausesMs: number[] = [];

/** Buys one cart after the other until told to stop. A broken connection ends a wish, not the shopper. */
async function goShopping(isOver: () => boolean, shopper: number): Promise<void> {
  for (let turn = 0; !isOver(); turn += 1) {
    const wishes = [skus[(shopper + turn) % 3], skus[(shopper + turn * 2 + 1) % 3]]
      .filter((sku, index, all) => sku !== undefined && all.indexOf(sku) === index)
      .map((sku = '') => ({ sku, quantity: 1 + (turn % 2) }));
    const payment = (shopper + turn) % 2 === 0 ? card : sandbox('ok');
    try {
      const { id: cartId } = await fillCart(shop, ...wishes);
      const attempt: Attempt = { cartId, wishes, payment, idempotencyKey: newKey(), answer: null };
      attempts.push(attempt);
      attempt.answer = await checkOut(shop, cartId, payment, { idempotencyKey: attempt.idempotencyKey });
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      cartsLost += 1;
      return;
    }
  }
}

const isFinal = ({ status }: Answer): boolean => status !== 202 && status < 500;
const isSold = ({ status }: Answer): boolean => status === 200 || status === 201;
const orderIdIn = (answer: Answer): string => orderOf(answer.as(CheckoutView)).id;
const repeat = ({ cartId, payment, idempotencyKey }: Attempt): Promise<Answer> =>
  checkOut(shop, cartId, payment, { idempotencyKey });

beforeAll(async () => {
  shop = await startJourney({ holdSeconds });
  for (const sku of skus) await putUp(shop, { sku, stock, priceMinor: 1500 });
  for (let round = 0; round < kills; round += 1) {
    let isOver = false;
    const shopping = Array.from({ length: buyers }, (_, shopper) => goShopping(() => isOver, shopper));
    // A cold shop answers nothing yet. The clock starts with the first cart of a round, which hits the first steps of many
    // checkouts at once, or with the tenth order, which hits all of them.
    const isSign = round % 2 === 0 ? () => true : ({ answer }: Attempt) => answer !== null && isSold(answer);
    const before = attempts.length;
    const signs = round % 2 === 0 ? 1 : ordersBeforeKill;
    const made = async () => attempts.slice(before).filter(isSign).length;
    await until(made, (count) => count >= signs);
    const pauseMs = Math.round(300 + Math.random() * 500);
    pausesMs.push(pauseMs);
    await pause(pauseMs);
    // On a slow machine few are at their checkout at a time: some must be, or the crash breaks nothing.
    const underWay = async () => attempts.slice(before).filter(({ answer }) => answer === null).length;
    await until(underWay, (count) => count > 1);
    await shop.shop.kill9();
    isOver = true;
    await Promise.all(shopping);
    await shop.shop.restart();
  }
});
afterAll(() => shop.end());

describe('after the last crash', () => {
  let acknowledged: Attempt[];
  let paid: Map<string, OrderSummary>;
  let listed: OrderListItem[];

  it('there was something to lose', () => {
    acknowledged = attempts.filter(({ answer }) => answer !== null && isSold(answer));
    const unknown = attempts.filter(({ answer }) => answer === null || !isFinal(answer));
    console.log(
      `${kills} kills: ${attempts.length} checkouts, ${acknowledged.length} acknowledged, ${unknown.length} unknown, ${cartsLost} connections broken; killed after ${pausesMs.join(', ')} ms`,
    );
    expect(acknowledged.length).toBeGreaterThanOrEqual(ordersBeforeKill * Math.floor(kills / 2));
    expect(unknown.length).toBeGreaterThan(kills);
  });

  it('every acknowledged order can be read by its buyer, and is paid', async () => {
    await inParallel(acknowledged, 32, async ({ answer }) => {
      const { order, totals } = answer?.as(CheckoutView) ?? { order: null, totals: null };
      const query = `access_token=${order?.accessToken}`;
      const found = expectStatus(await shop.send('GET', `/v1/orders/${order?.id}?${query}`), 200).as(ShopperOrderView);
      expect(found).toMatchObject({ status: 'paid', totals, payment: { captured: totals?.total } });
    });
  });

  it('a repeated request gets its first answer, and an unknown one gets one answer from now on', async () => {
    await inParallel(attempts, 32, async (attempt) => {
      const { answer } = attempt;
      const first = await until(() => repeat(attempt), isFinal);
      const second = await repeat(attempt);
      expect({ status: second.status, text: second.text }).toEqual({ status: first.status, text: first.text });
      if (answer !== null && isFinal(answer)) expect(first.text).toBe(answer.text);
      attempt.answer = first;
    });
  });

  it('no good card is refused because the shop went down', () => {
    const refused = attempts.flatMap(({ answer, payment, idempotencyKey }) =>
      answer !== null && !isSold(answer) ? [`${payment.provider} ${idempotencyKey}: ${problemIn(answer).code}`] : [],
    );
    expect(refused).toEqual([]);
  });

  it('holds, authorizations and outboxes come to an end', async () => {
    const allOf = async () => ({
      held: (await Promise.all(skus.map((sku) => stockOf(shop, sku)))).reduce((sum, { held }) => sum + held, 0),
      open: Object.values((await ledgerOf(shop)).totals).reduce((sum, { authorizedOpen }) => sum + authorizedOpen, 0),
      outbox: openOutboxRows(shop.shop.stateDir),
    });
    const isOver = ({ held, open, outbox }: Awaited<ReturnType<typeof allOf>>): boolean =>
      held === 0 && open === 0 && Object.keys(outbox).length === 0;
    expect(outboxesIn(shop.shop.stateDir)).toBeGreaterThan(5);
    await until(allOf, isOver);
    const healthOf = async () => expectStatus(await shop.admin('GET', '/admin/v1/health'), 200).as(ShopHealth);
    const health = await until(healthOf, ({ status }) => status === 'ok');
    expect(health).toMatchObject({ openDeadLetters: 0 });
  });

  it('the event log tells of every order once, and the list has them all', async () => {
    const placed = await listEvents(shop, 'orders.order-placed.v1');
    const events = await listEvents(shop, 'orders.order-paid.v1');
    const canceled = await listEvents(shop, 'orders.order-canceled.v1');
    paid = new Map(events.map(({ subject, data }) => [subject, OrderSummary.parse(data)]));
    expect(paid.size).toBe(events.length);
    expect(new Set(placed.map(({ subject }) => subject)).size).toBe(placed.length);
    const ended = [...paid.keys(), ...canceled.map(({ subject }) => subject)].sort();
    expect(placed.map(({ subject }) => subject).sort()).toEqual(ended);
    listed = await listOrders(shop);
    expect(
      listed
        .filter(({ status }) => status === 'paid')
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...paid.keys()].sort());
    expect(listed.filter(({ status }) => status === 'placed')).toEqual([]);
  });

  it('there is one paid order per sold cart, and none that nobody was told of', async () => {
    const told = attempts.flatMap(({ answer }) => (answer !== null && isSold(answer) ? [orderIdIn(answer)] : []));
    expect(new Set(told).size).toBe(told.length);
    expect([...paid.keys()].sort()).toEqual(told.sort());
    await inParallel(attempts, 32, async ({ cartId, answer }) => {
      const ending = answer !== null && isSold(answer) ? 'completed' : 'active';
      // Carts of paid orders are completed a moment later, together with others.
      await until(
        () => readCart(shop, cartId),
        ({ status }) => status === ending,
      );
    });
  });

  it('the provider captured exactly what its orders say, once each', async () => {
    const { intents, entries, totals } = await ledgerOf(shop);
    const orders = listed.filter(({ paymentProvider, status }) => paymentProvider === 'sandbox' && status === 'paid');
    const captures = entries.filter(({ kind }) => kind === 'capture');
    const byOrder = (pairs: [string | null, number][]) => pairs.sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1));
    expect(byOrder(captures.map(({ orderId, amount }) => [orderId, amount]))).toEqual(
      byOrder(orders.map(({ id, total }) => [id, total.amount])),
    );
    expect(totals.EUR).toMatchObject({ authorizedOpen: 0, refunded: 0 });
    expect(intents.filter(({ status }) => status === 'requires_capture' || status === 'requires_action')).toEqual([]);
    expect(orders.length).toBeGreaterThan(0);
  });

  it('what is left is what there was without what was sold', async () => {
    for (const sku of skus) {
      const sold = [...paid.values()]
        .flatMap(({ lines }) => lines)
        .filter((line) => line.sku === sku)
        .reduce((sum, { quantity }) => sum + quantity, 0);
      expect(sold).toBeGreaterThan(0);
      expect(await stockOf(shop, sku)).toMatchObject({
        onHand: stock,
        held: 0,
        committed: sold,
        available: stock - sold,
      });
    }
  });
});
