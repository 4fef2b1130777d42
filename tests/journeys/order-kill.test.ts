/**
 * `kill -9` while parcels leave, money goes back and goods return: a caller who retries under the same key gets what was asked
 * for once, and afterwards order, ledger, provider and stockroom add up.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OrderView } from '../../shared/contracts/orders/orders-http.ts';
import { ask, booksOf, readOrder, reconcile } from './back-office.ts';
import { type Answer, inParallel, NoAnswer, newKey, problemIn } from './client.ts';
import { untilAllIsTold } from './outbox-rows.ts';
import {
  buy,
  type Journey,
  ledgerOf,
  listOrders,
  orderOf,
  pause,
  putUp,
  sandbox,
  startJourney,
  stockOf,
  until,
} from './shopping.ts';

const orders = 24;
const stock = 10 * orders;
/** Three units at 10.00 and 4.90 for the post. */
const paid = 3490;
/** The post, a unit that came back, and a gesture. */
const refunds = [490, 1000, 100];
const refunded = 1590;

/** What is done with one order, one after the other, each under a key of its own. */
interface Chore {
  readonly orderId: string;
  readonly lineId: string;
  readonly keys: readonly string[];
  stepsDone: number;
  order: OrderView | null;
}

let shop: Journey;
let chores: Chore[];
let unanswered = 0;
/** Between the questions and the crash of each round. */
const pausesMs: number[] = [];

const steps: readonly ((chore: Chore) => { readonly what: string; readonly json: unknown })[] = [
  () => ({ what: '/fulfillments', json: {} }),
  () => ({ what: '/refunds', json: { shipping: 'all' } }),
  ({ lineId }) => ({ what: '/returns', json: { lines: [{ lineId, quantity: 1 }], approve: true } }),
  ({ order }) => ({ what: `/returns/${order?.returns[0]?.id}/receipts`, json: {} }),
  () => ({ what: '/refunds', json: { amount: { amount: 100, currency: 'EUR' } } }),
];

/** Refunds, returns that are received, and refunds again. */
const crashesIn = [1, 3, 4];

/** Goes on with an order until so many steps are done. Throws when nobody answers. */
async function work(chore: Chore, until = steps.length): Promise<void> {
  while (chore.stepsDone < until) {
    const { what, json } = steps[chore.stepsDone]?.(chore) ?? { what: '', json: {} };
    const idempotencyKey = chore.keys[chore.stepsDone] ?? '';
    const answer = await ask(shop, chore.orderId, what, json, { idempotencyKey });
    if (await isDone(answer)) {
      chore.order = answer.as(OrderView);
      chore.stepsDone += 1;
    }
  }
}

/** Busy is not refused: the same key is tried again. */
async function isDone(answer: Answer): Promise<boolean> {
  if (answer.status === 200 || answer.status === 201) return true;
  if (answer.status !== 202) {
    const { code } = problemIn(answer);
    expect(['operation-in-progress', 'request-in-progress', 'unavailable', 'defect'], answer.text).toContain(code);
  }
  await pause(100);
  return false;
}

beforeAll(async () => {
  shop = await startJourney();
  await putUp(shop, { sku: 'CHORE', stock, priceMinor: 1000 });
  chores = await inParallel(
    Array.from({ length: orders }, (_, index) => index),
    8,
    async () => {
      const checkout = await buy(shop, { sku: 'CHORE', quantity: 3 }, sandbox('ok'));
      const keys = steps.map(() => newKey());
      return { orderId: orderOf(checkout).id, lineId: checkout.lines[0]?.id ?? '', keys, stepsDone: 0, order: null };
    },
  );
  // A cold shop does nothing for a while, so it is woken before it is asked for the steps that end in a crash.
  for (const step of crashesIn) {
    await inParallel(chores, orders, (chore) => work(chore, step));
    await inParallel(chores, orders, ({ orderId }) => booksOf(shop, orderId));
    await inParallel(chores, orders, ({ orderId }) => readOrder(shop, orderId));
    const working = inParallel(chores, orders, (chore) =>
      work(chore, step + 1).catch((error: unknown) => {
        if (!(error instanceof NoAnswer)) throw error;
        unanswered += 1;
      }),
    );
    const pauseMs = Math.round(20 + Math.random() * 100);
    pausesMs.push(pauseMs);
    await pause(pauseMs);
    await shop.shop.kill9();
    await working;
    await shop.shop.restart();
  }
  await inParallel(chores, orders, (chore) => work(chore));
});
afterAll(() => shop.end());

describe('after the last crash', () => {
  it('there was something to lose', () => {
    console.log(`${crashesIn.length} kills after ${pausesMs.join(', ')} ms: ${unanswered} questions unanswered`);
    expect(unanswered).toBeGreaterThan(orders);
  });

  it('every order has shipped once, returned once and refunded what was asked for once', async () => {
    for (const { orderId } of chores) {
      const order = await until(
        () => readOrder(shop, orderId),
        ({ operation }) => operation === null,
      );
      expect(order).toMatchObject({
        fulfillmentStatus: 'fulfilled',
        paymentStatus: 'partially-refunded',
        lines: [{ fulfilledQuantity: 3, returnedQuantity: 1 }],
        balances: { captured: { amount: paid }, refunded: { amount: refunded } },
        returns: [{ status: 'received', failure: null }],
      });
      expect(order.fulfillments).toHaveLength(1);
      expect(order.refunds.map(({ amount }) => amount.amount)).toEqual(refunds);
    }
  });

  it('the provider and the ledger moved just that money', async () => {
    for (const { orderId } of chores) {
      const { entries, totals } = await ledgerOf(shop, orderId);
      expect(totals.EUR).toEqual({ authorizedOpen: 0, captured: paid, refunded });
      expect(entries.filter(({ kind }) => kind === 'refund').map(({ amount }) => amount)).toEqual(refunds);
      const books = () => booksOf(shop, orderId);
      const settled = await until(books, (one) => one.refunded === refunded);
      expect(settled).toMatchObject({ captured: paid, held: paid - refunded, open: 0, sum: 0 });
    }
    expect((await reconcile(shop)).findings).toEqual([]);
  });

  it('the stockroom has what was not sold and what came back', async () => {
    const onHand = stock - 3 * orders + orders;
    expect(await stockOf(shop, 'CHORE')).toMatchObject({ onHand, held: 0, committed: 0, available: onHand });
  });

  it('the lists follow, and nothing is left to be told', async () => {
    const isOver = (all: Awaited<ReturnType<typeof listOrders>>): boolean =>
      all.every(
        ({ refunded: back, fulfillmentStatus }) => back.amount === refunded && fulfillmentStatus === 'fulfilled',
      );
    expect(await until(() => listOrders(shop), isOver)).toHaveLength(orders);
    await untilAllIsTold(shop);
  });
});
