/**
 * Too many shoppers for too few goods, at once, over real sockets: exactly what is there is sold, everybody else is told so
 * cleanly, and shoppers who lose patience and try again get the one order they asked for.
 */
import { describe, expect, it } from 'vitest';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import {
  type Answer,
  createClient,
  expectProblem,
  expectStatus,
  inParallel,
  NoAnswer,
  newKey,
  problemIn,
} from './client.ts';
import {
  card,
  checkOut,
  fillCart,
  journeyOfFile,
  listEvents,
  listOrders,
  orderOf,
  putUp,
  stockOf,
  until,
} from './shopping.ts';

const shop = journeyOfFile();

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
/** So many shoppers come at once. */
const width = 128;
/** Carts that are only there to be bought are filled one after the other rather than all at once. */
const fillWidth = 16;

/** Checks out until something final is heard: a busy shop may say that it is still at it, or has not begun. */
function buyOrBeRefused(cartId: string): Promise<Answer> {
  const idempotencyKey = newKey();
  return until(() => checkOut(shop, cartId, card, { idempotencyKey }), isFinal);
}
const isFinal = (answer: Answer): boolean =>
  ![202, 503].includes(answer.status) && !(answer.status === 409 && problemIn(answer).code === 'request-in-progress');
const isSold = ({ status }: Answer): boolean => status === 200 || status === 201;

/** The orders among the answers; everybody else must have been told that nothing is left. */
function ordersAmong(answers: readonly Answer[]): string[] {
  return answers.flatMap((answer) => {
    if (isSold(answer)) return [orderOf(answer.as(CheckoutView)).id];
    expectProblem(answer, 'insufficient-stock');
    return [];
  });
}

/** The lists and the event log follow within seconds, and tell of each order once. */
async function expectListed(orderIds: readonly string[]): Promise<void> {
  const wanted = new Set(orderIds);
  const listed = await until(
    async () => (await listOrders(shop)).filter(({ id, status }) => wanted.has(id) && status === 'paid').length,
    (count) => count >= wanted.size,
  );
  expect(listed).toBe(wanted.size);
  const paid = await until(
    async () => (await listEvents(shop, 'orders.order-paid.v1')).filter(({ subject }) => wanted.has(subject)),
    (events) => events.length >= wanted.size,
  );
  expect(new Set(paid.map(({ subject }) => subject)).size).toBe(paid.length);
}

describe('a rush', () => {
  it('of 500 buyers for 100 units sells exactly 100', async () => {
    await putUp(shop, { sku: 'RUSH', stock: 100, priceMinor: 1000 });
    const carts = await inParallel(numbers(500), fillWidth, () => fillCart(shop, { sku: 'RUSH', quantity: 1 }));
    const answers = await inParallel(carts, width, ({ id }) => buyOrBeRefused(id));
    const orders = ordersAmong(answers);
    expect(orders).toHaveLength(100);
    expect(await stockOf(shop, 'RUSH')).toMatchObject({ onHand: 100, held: 0, committed: 100, available: 0 });
    await expectListed(orders);
  });

  it('of 200 buyers for 50 units, from cart to order, sells exactly 50', async () => {
    await putUp(shop, { sku: 'DASH', stock: 50, priceMinor: 1000 });
    const answers = await inParallel(numbers(200), width, async () => {
      const cart = await fillCart(shop, { sku: 'DASH', quantity: 1 });
      return buyOrBeRefused(cart.id);
    });
    const orders = ordersAmong(answers);
    expect(orders).toHaveLength(50);
    expect(await stockOf(shop, 'DASH')).toMatchObject({ onHand: 50, held: 0, committed: 50, available: 0 });
    await expectListed(orders);
  });

  it('of mixed quantities never sells more than there is, and leaves only what nobody wanted', async () => {
    await putUp(shop, { sku: 'MIXED', stock: 60, priceMinor: 1000 });
    const wishes = numbers(60).map((index) => 1 + (index % 4));
    const carts = await inParallel(wishes, fillWidth, (quantity) => fillCart(shop, { sku: 'MIXED', quantity }));
    const answers = await inParallel(carts, width, ({ id }) => buyOrBeRefused(id));
    const soldQuantities = answers.map((answer, index) => (isSold(answer) ? (wishes[index] ?? 0) : 0));
    const sold = soldQuantities.reduce((sum, one) => sum + one, 0);
    ordersAmong(answers);
    expect(sold).toBeLessThanOrEqual(60);
    const { available, committed, held } = await stockOf(shop, 'MIXED');
    expect({ available, committed, held }).toEqual({ available: 60 - sold, committed: sold, held: 0 });
  });
});

describe('carts of several goods in opposite order', () => {
  const stock = 8;
  const skus = numbers(12).map((index) => `MANY-${String(index).padStart(2, '0')}`);
  const at = (index: number): string => skus[index % skus.length] ?? '';

  it('are sold whole or not at all, and none waits for another', async () => {
    await inParallel(skus, 4, (sku) => putUp(shop, { sku, stock, priceMinor: 700 }));
    const wishes = numbers(80).map((index) => {
      const three = [at(index), at(index + 1), at(index + 5)];
      return index % 2 === 0 ? three : three.reverse();
    });
    const carts = await inParallel(wishes, fillWidth, (three) =>
      fillCart(shop, ...three.map((sku) => ({ sku, quantity: 1 }))),
    );
    const wereSold = (await inParallel(carts, width, ({ id }) => buyOrBeRefused(id))).map(isSold);
    // A shopper who was refused while another cart was undone may try again; after that only true shortage is left.
    const again = await inParallel(carts, 1, async ({ id }, index) =>
      wereSold[index] === true ? true : isSold(await buyOrBeRefused(id)),
    );
    const soldOf = (sku: string): number => wishes.filter((three, index) => again[index] && three.includes(sku)).length;
    expect(again.filter(Boolean).length).toBeGreaterThan(skus.length);
    for (const sku of skus) {
      const committed = soldOf(sku);
      expect(await stockOf(shop, sku), sku).toMatchObject({ held: 0, committed, available: stock - committed });
    }
    for (const [index, three] of wishes.entries())
      if (!again[index]) expect(Math.max(...three.map(soldOf)), `cart ${index}`).toBe(stock);
  });
});

describe('shoppers without patience', () => {
  it('who give up after 200 ms and repeat themselves get one order each', async () => {
    await putUp(shop, { sku: 'HASTY', stock: 300, priceMinor: 1000 });
    const shoppers = 200;
    const carts = await inParallel(numbers(shoppers), fillWidth, () => fillCart(shop, { sku: 'HASTY', quantity: 1 }));
    const hasty = createClient(shop.shop);
    let gaveUp = 0;
    const orders = await inParallel(carts, width, async ({ id }) => {
      const idempotencyKey = newKey();
      for (let tries = 0; tries < 5; tries += 1) {
        try {
          const answer = await checkOut(hasty, id, card, { idempotencyKey, giveUpMs: 200 });
          if (isSold(answer)) return orderOf(answer.as(CheckoutView)).id;
          if (isFinal(answer)) throw new Error(`Refused: ${answer.status} ${answer.text}`);
        } catch (error) {
          if (!(error instanceof NoAnswer)) throw error;
          gaveUp += 1;
        }
      }
      const patient = () => checkOut(shop, id, card, { idempotencyKey });
      return orderOf(expectStatus(await until(patient, isFinal), 200, 201).as(CheckoutView)).id;
    });
    hasty.close();
    expect(gaveUp).toBeGreaterThan(0);
    expect(new Set(orders).size).toBe(shoppers);
    expect(await stockOf(shop, 'HASTY')).toMatchObject({ held: 0, committed: shoppers, available: 100 });
    await expectListed(orders);
    const placed = (await listEvents(shop, 'orders.order-placed.v1')).filter(({ data }) =>
      JSON.stringify(data).includes('"HASTY"'),
    );
    expect(new Set(placed.map(({ subject }) => subject))).toEqual(new Set(orders));
  });
});
