/** Every statement of the read model of orders, with each filter alone and all together. */
import type { OrderSummary } from '../../../shared/events/orders.ts';
import { commit, databaseOf } from '../../../shared/messaging/d1.ts';
import { hasOrdered, listOrders, type OrderFilter, orderRow, saveOrders } from '../../../workers/orders/store.ts';

const summary: OrderSummary = {
  ...{ orderId: 'ord_1', checkoutId: 'chk_1', cartId: 'crt_1', number: '1', status: 'paid', email: 'a@b.de' },
  ...{ customerId: 'c1', currency: 'EUR', totalMinor: 1, capturedMinor: 1, refundedMinor: 0, outstandingMinor: 0 },
  ...{ paymentStatus: 'captured', fulfillmentStatus: 'unfulfilled', paymentProvider: 'manual', lines: [] },
  placedAt: '2026-11-21T00:00:00.000Z',
};

export async function tour(client: D1Database): Promise<void> {
  const db = databaseOf(client);
  await commit(db, saveOrders(db, [orderRow(summary, 1, 'hash')]));
  await hasOrdered(db, 'hash', 9);
  const after = { placedAt: 1, id: 'ord_1' };
  const filters = {
    status: 'paid',
    paymentStatus: 'captured',
    fulfillmentStatus: 'unfulfilled',
    email: 'a@b.de',
    customerId: 'c1',
  } as const;
  const none: OrderFilter = {
    ...{ isOutstanding: false, status: undefined, paymentStatus: undefined, fulfillmentStatus: undefined },
    ...{ email: undefined, customerId: undefined, after: null },
  };
  const alone = Object.entries(filters).map(([name, value]) => ({ ...none, [name]: value }));
  for (const filter of [none, ...alone, { ...none, ...filters }, { ...none, isOutstanding: true }]) {
    await listOrders(db, filter, 20);
    await listOrders(db, { ...filter, after }, 20);
  }
}
