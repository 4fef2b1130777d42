/** Ten off, and then goods go back: the order is edited and exchanged over HTTP, and the ten are given once. */
import { beforeAll, describe, expect, it } from 'vitest';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { EditPreview } from '../../shared/contracts/orders/edits-http.ts';
import type { OrderView } from '../../shared/contracts/orders/orders-http.ts';
import { act, ask, readOrder } from './back-office.ts';
import { expectStatus } from './client.ts';
import { addPromotion, changeCart, money as eur } from './merchant.ts';
import { card, checkOut, fillCart, journeyOfFile, orderOf, putUp } from './shopping.ts';

const shop = journeyOfFile();

beforeAll(async () => {
  await addPromotion(shop, {
    title: 'Ten off',
    codes: ['TEN'],
    offer: { kind: 'fixed-off-order', amounts: [eur(1000)] },
  });
  for (const sku of ['CUP-M', 'CUP-L']) await putUp(shop, { sku, stock: 50, priceMinor: 6000 });
});

/** Two cups of 60.00, ten off together, shipped. */
async function bought(): Promise<OrderView & { readonly lineId: string }> {
  const cart = await fillCart(shop, { sku: 'CUP-M', quantity: 2 });
  await changeCart(shop, cart.id, { discountCodes: ['TEN'] });
  const checkout = expectStatus(await checkOut(shop, cart.id, card), 201).as(CheckoutView);
  const { id } = orderOf(checkout);
  const order = await act(shop, 201, id, '/fulfillments', {});
  expect(order.totals.discount).toEqual(eur(1000));
  return { ...order, lineId: order.lines[0]?.id ?? '' };
}

const wrap = { add: [{ custom: { title: 'Wrap', price: eur(300) }, quantity: 1, reason: 'Asked for' }] };

async function edit(orderId: string, changes: object): Promise<OrderView> {
  const preview = expectStatus(await ask(shop, orderId, '/edits/preview', changes), 200).as(EditPreview);
  return act(shop, 201, orderId, '/edits', { ...changes, token: preview.token });
}

async function sentBack(orderId: string, lineId: string, exchange: readonly object[]): Promise<OrderView> {
  const goods = { lines: [{ lineId, quantity: 1 }], exchange, approve: true };
  const { returns } = await act(shop, 201, orderId, '/returns', goods);
  return act(shop, 201, orderId, `/returns/${returns.at(-1)?.id}/receipts`, {});
}

describe('an order of which a unit went back', () => {
  it('costs as much more after an edit as what the edit adds', async () => {
    const { id, lineId, totals } = await bought();
    const { refunds } = await act(shop, 201, id, '/refunds', { lines: [{ lineId, quantity: 1 }] });
    expect(refunds[0]?.amount).toEqual(eur(5500));
    const edited = await edit(id, wrap);
    expect(edited.totals).toMatchObject({ discount: eur(1000), total: eur(totals.total.amount + 300) });
    expect(edited.discounts).toMatchObject([{ amount: eur(1000) }]);
    expect(edited.balances.outstanding).toEqual(eur(300));
  });
});

describe('an exchange', () => {
  it('for goods of the same price costs nothing, and what came gives its share back when it goes too', async () => {
    const { id, lineId } = await bought();
    const exchanged = await sentBack(id, lineId, [{ sku: 'CUP-L', quantity: 1 }]);
    expect(exchanged).toMatchObject({
      refunds: [{ amount: eur(0), credit: eur(5500) }],
      balances: { outstanding: eur(0) },
    });
    const other = exchanged.lines.find(({ sku }) => sku === 'CUP-L')?.id ?? '';
    await act(shop, 201, id, '/fulfillments', {});
    const back = await act(shop, 201, id, '/refunds', { lines: [{ lineId: other, quantity: 1 }] });
    expect(back.refunds.at(-1)?.amount).toEqual(eur(5500));
    expect((await edit(id, wrap)).balances.outstanding).toEqual(eur(300));
    expect((await readOrder(shop, id)).balances.refundable.amount).toBeGreaterThan(0);
  });
});
