/** What is done at the provider reaches the order over HTTP: refunds that fail or are made by hand, and disputes. */
import { expect, it } from 'vitest';
import { getOrderTimeline } from '../../shared/contracts/orders/timeline-http.ts';
import { act, ask, booksOf, incident, orderPath, paymentOf, readOrder } from './back-office.ts';
import { expectProblem, expectStatus } from './client.ts';
import { money } from './merchant.ts';
import { buy, journeyOfFile, listOrders, orderOf, putUp, sandbox, until } from './shopping.ts';

const shop = journeyOfFile();

/** Three units at 10.00 and 4.90 for the post: 34.90, captured. */
async function bought(sku: string): Promise<string> {
  await putUp(shop, { sku, stock: 10, priceMinor: 1000 });
  return orderOf(await buy(shop, { sku, quantity: 3 }, sandbox('ok'))).id;
}

async function actionsOf(orderId: string): Promise<string[]> {
  const answer = await shop.admin('GET', orderPath(orderId, '/timeline'));
  const { items } = expectStatus(answer, 200).as(getOrderTimeline.answer);
  return items.map(({ action, outcome }) => `${action} ${outcome}`);
}

const refundableOf = async (orderId: string) => (await readOrder(shop, orderId)).balances.refundable.amount;
const until3490 = (orderId: string) =>
  until(
    () => refundableOf(orderId),
    (amount) => amount === 3490,
  );

it('a refund that fails after it was done does not count, and a cancel gives everything back', async () => {
  const orderId = await bought('NEWS-1');
  await act(shop, 201, orderId, '/refunds', { amount: money(600) });
  await incident(shop, orderId, 'refund-failed', 600);
  await until3490(orderId);
  expect((await readOrder(shop, orderId)).balances.refunded).toEqual(money(0));
  expect(await actionsOf(orderId)).toContain('settle-refund failed');
  await act(shop, 200, orderId, '/cancel', {});
  expect(await booksOf(shop, orderId)).toMatchObject({ captured: 3490, refunded: 3490, held: 0 });
});

it('a refund by hand at the provider counts, and only the rest is given back', async () => {
  const orderId = await bought('NEWS-2');
  await incident(shop, orderId, 'refund', 700);
  await until(
    () => refundableOf(orderId),
    (amount) => amount === 2790,
  );
  expect(await readOrder(shop, orderId)).toMatchObject({
    paymentStatus: 'partially-refunded',
    balances: { refunded: money(700), outstanding: money(0) },
  });
  expect(await actionsOf(orderId)).toContain('refund-at-provider done');
  await until(
    () => listOrders(shop),
    (orders) => orders.some(({ id, paymentStatus }) => id === orderId && paymentStatus === 'partially-refunded'),
  );
  const { number } = await readOrder(shop, orderId);
  const { text } = expectStatus(await shop.admin('GET', '/admin/v1/exports/refunds.csv'), 200);
  const row = text.split('\r\n').find((line) => line.includes(number) && line.includes('at-provider'));
  // The provider's own name for it, and when it was.
  expect(row).toMatch(/,re_\w+,\d{4}-\d\d-\d\dT[\d:.]+Z,at-provider,refunded,EUR,7\.00,/);
  expectProblem(await ask(shop, orderId, '/refunds', { amount: money(2791) }), 'refund-too-large');
  await act(shop, 200, orderId, '/cancel', {});
  expect(await booksOf(shop, orderId)).toMatchObject({ captured: 3490, refunded: 3490, held: 0 });
});

it('a dispute of all the money keeps the goods here until it is won', async () => {
  const orderId = await bought('NEWS-3');
  await incident(shop, orderId, 'dispute');
  await until(
    () => refundableOf(orderId),
    (amount) => amount === 0,
  );
  expect(await actionsOf(orderId)).toContain('dispute done');
  expect((await readOrder(shop, orderId)).disputes).toMatchObject([{ status: 'open', funds: 'withdrawn' }]);
  expect(expectProblem(await ask(shop, orderId, '/fulfillments', {}), 'wrong-state').state).toBe('disputed');
  await incident(shop, orderId, 'dispute-review');
  await incident(shop, orderId, 'dispute-won');
  await until3490(orderId);
  expect(await actionsOf(orderId)).toContain('dispute-won done');
  expect((await readOrder(shop, orderId)).disputes).toMatchObject([{ status: 'won', funds: 'reinstated' }]);
  await act(shop, 201, orderId, '/fulfillments', {});
});

it('a dispute that is lost leaves nothing to refund', async () => {
  const orderId = await bought('NEWS-4');
  await incident(shop, orderId, 'dispute');
  await incident(shop, orderId, 'dispute-lost');
  const disputesOf = async () => (await readOrder(shop, orderId)).disputes;
  await until(disputesOf, ([dispute]) => dispute?.status === 'lost');
  expect(await refundableOf(orderId)).toBe(0);
  expect((await actionsOf(orderId)).slice(-2)).toEqual(['dispute done', 'dispute-lost done']);
  const payment = await paymentOf(shop, orderId);
  expect(payment).toMatchObject({ lost: money(3490), disputes: await disputesOf() });
  const lost = payment.ledger.filter(({ account }) => account === 'dispute-losses');
  expect(lost.map(({ amount }) => amount)).toEqual([money(3490)]);
  expect(expectProblem(await ask(shop, orderId, '/fulfillments', {}), 'wrong-state').state).toBe('lost-to-dispute');
  expectProblem(await ask(shop, orderId, '/refunds', { amount: money(1) }), 'refund-too-large');
  await act(shop, 200, orderId, '/cancel', {});
  expect(await booksOf(shop, orderId)).toMatchObject({ captured: 3490, refunded: 0, chargedBack: 3490, held: 0 });
});
