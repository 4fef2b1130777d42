/**
 * Orders whose money does not come through a provider: they are pending until the merchant records it, the list finds them, and
 * what an edit adds makes a paid order one of them.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { EditPreview } from '../../shared/contracts/orders/edits-http.ts';
import { OrderListItem } from '../../shared/contracts/orders/order-lists-http.ts';
import { Page } from '../../shared/http/pagination.ts';
import { act, ask, booksOf, orderPath, readOrder } from './back-office.ts';
import { expectProblem, expectStatus } from './client.ts';
import { takeInvoices } from './merchant.ts';
import { buy, card, journeyOfFile, listEvents, manual, orderOf, putUp, stockOf, until } from './shopping.ts';

const shop = journeyOfFile();
beforeAll(() => takeInvoices(shop));

async function ordered(sku: string, payment = manual) {
  await putUp(shop, { sku, stock: 9, priceMinor: 1000 });
  const checkout = await buy(shop, { sku, quantity: 2 }, payment);
  return { checkout, orderId: orderOf(checkout).id, total: checkout.totals.total };
}

const listed = async (query: string) =>
  expectStatus(await shop.admin('GET', `/admin/v1/orders?${query}`), 200).as(Page(OrderListItem)).items;

const isListed = (query: string, orderId: string) =>
  until(
    () => listed(query),
    (items) => items.some(({ id }) => id === orderId),
  );

const collect = (orderId: string, amountMinor: number) =>
  act(shop, 201, orderId, '/payments', { provider: 'manual', amount: { amount: amountMinor, currency: 'EUR' } });

describe('an order that is paid by hand', () => {
  it('is confirmed and owes everything, and its goods are promised', async () => {
    const { checkout, orderId, total } = await ordered('HAND-1');
    expect(checkout).toMatchObject({ status: 'completed', payment: { provider: 'manual', status: 'pending' } });
    expect(await readOrder(shop, orderId)).toMatchObject({
      status: 'confirmed',
      paymentStatus: 'pending',
      payment: { captured: { amount: 0 } },
      balances: { outstanding: total, authorized: { amount: 0 }, capturable: { amount: 0 } },
    });
    expect(await stockOf(shop, 'HAND-1')).toMatchObject({ onHand: 9, committed: 2 });
    await isListed('outstanding=true', orderId);
    await isListed('status=confirmed&paymentStatus=pending', orderId);
  });

  it('is paid once the merchant has recorded all of it, and no more than that is taken', async () => {
    const { orderId, total } = await ordered('HAND-2');
    expect(await collect(orderId, 500)).toMatchObject({ status: 'confirmed', paymentStatus: 'partially-paid' });
    const tooMuch = await shop.admin('POST', orderPath(orderId, '/payments'), {
      provider: 'manual',
      amount: { amount: total.amount, currency: 'EUR' },
    });
    expect(expectProblem(tooMuch, 'payment-too-large').max).toEqual({ amount: total.amount - 500, currency: 'EUR' });
    expect(await collect(orderId, total.amount - 500)).toMatchObject({
      status: 'paid',
      paymentStatus: 'captured',
      balances: { received: total, outstanding: { amount: 0 } },
    });
    await until(
      () => listEvents(shop, 'orders.order-paid.v1'),
      (events) => events.some(({ subject }) => subject === orderId),
    );
    await until(
      () => listed('outstanding=true'),
      (items) => items.every(({ id }) => id !== orderId),
    );
    expect(await act(shop, 201, orderId, '/refunds', { amount: { amount: 300, currency: 'EUR' } })).toMatchObject({
      paymentStatus: 'partially-refunded',
      refunds: [{ parts: [{ to: 'received', amount: { amount: 300 } }] }],
    });
  });

  it('ships before it is paid where the merchant says so, and is canceled without a refund', async () => {
    const { orderId, total } = await ordered('HAND-3');
    const held = expectProblem(await ask(shop, orderId, '/fulfillments', {}), 'payment-outstanding');
    expect(held.outstanding).toEqual(total);
    expect(await act(shop, 201, orderId, '/fulfillments', { shipUnpaid: true })).toMatchObject({
      status: 'confirmed',
      fulfillmentStatus: 'fulfilled',
      paymentStatus: 'pending',
    });
    const other = await ordered('HAND-4');
    expect(await act(shop, 200, other.orderId, '/cancel', {})).toMatchObject({
      status: 'canceled',
      paymentStatus: 'voided',
      refunds: [],
    });
    expect(await stockOf(shop, 'HAND-4')).toMatchObject({ committed: 0, available: 9 });
  });

  it('is not captured: there is nothing to capture', async () => {
    const { orderId } = await ordered('HAND-5');
    const refused = await shop.admin('POST', orderPath(orderId, '/captures'), {});
    expect(expectProblem(refused, 'wrong-state')).toMatchObject({ subject: 'payment', state: 'pending' });
  });
});

describe('an order that was paid by card', () => {
  it('owes what an edit adds, says so everywhere, and is paid again when that has been collected', async () => {
    const { orderId, checkout } = await ordered('CARD-1', card);
    const lineId = checkout.lines[0]?.id ?? '';
    const wanted = { lines: [{ lineId, quantity: 5 }] };
    const preview = expectStatus(await shop.admin('POST', orderPath(orderId, '/edits/preview'), wanted), 200).as(
      EditPreview,
    );
    const edited = await act(shop, 201, orderId, '/edits', { ...wanted, token: preview.token });
    expect(edited).toMatchObject({
      status: 'confirmed',
      paymentStatus: 'partially-paid',
      balances: { outstanding: preview.additionalPayment },
    });
    const [item] = (await isListed('outstanding=true', orderId)).filter(({ id }) => id === orderId);
    expect(item).toMatchObject({ paymentStatus: 'partially-paid', outstanding: preview.additionalPayment });
    expect(await collect(orderId, preview.additionalPayment.amount)).toMatchObject({
      status: 'paid',
      paymentStatus: 'captured',
    });
    expect(await booksOf(shop, orderId)).toMatchObject({ captured: checkout.totals.total.amount, sum: 0 });
  });
});
