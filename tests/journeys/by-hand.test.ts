/** Drafts and edits with prices by hand and goods that the catalogue does not have, over HTTP, until they are paid. */
import { describe, expect, it } from 'vitest';
import { CheckoutView, type OrderView, ShopperOrderView } from '../../shared/contracts/orders/checkouts-http.ts';
import { DraftListItem, DraftOrderView } from '../../shared/contracts/orders/drafts-http.ts';
import { EditPreview } from '../../shared/contracts/orders/operations-http.ts';
import { Page } from '../../shared/http/pagination.ts';
import { act, ask, readOrder } from './back-office.ts';
import { expectProblem, expectStatus } from './client.ts';
import { money as eur } from './merchant.ts';
import { address, journeyOfFile, manual, orderOf, putUp, until } from './shopping.ts';

const shop = journeyOfFile();
const reason = 'Promised by phone';
const drafts = async (query: string) =>
  expectStatus(await shop.admin('GET', `/admin/v1/draft-orders?${query}`), 200).as(Page(DraftListItem)).items;

async function drafted(lines: readonly object[], email: string): Promise<DraftOrderView> {
  const draft = { lines, email, shippingAddress: { ...address, firstName: 'Zoë', lastName: 'Müller' } };
  return expectStatus(await shop.admin('POST', '/admin/v1/draft-orders', draft), 201).as(DraftOrderView);
}

async function completed(draft: DraftOrderView): Promise<{ readonly order: OrderView; readonly token: string }> {
  const answer = await shop.admin('POST', `/admin/v1/draft-orders/${draft.id}/complete`, { payment: manual });
  const { id, accessToken: token } = orderOf(expectStatus(answer, 201).as(CheckoutView));
  return { order: await readOrder(shop, id), token };
}

describe('a draft', () => {
  it('with prices by hand and a custom line is found, and becomes an order that costs just that', async () => {
    await putUp(shop, { sku: 'HAND', stock: 9, priceMinor: 2000 });
    const draft = await drafted(
      [
        { sku: 'HAND', quantity: 1, price: eur(1500), reason },
        { sku: 'HAND', quantity: 1, discount: { rate: '0.25' }, reason },
        { sku: 'HAND', quantity: 1, discount: { amount: eur(9999) }, reason },
        { sku: 'HAND', quantity: 1 },
        { custom: { title: 'Engraving', price: eur(700) }, quantity: 2, reason },
      ],
      'Draft@Example.org',
    );
    const { lines, totals } = draft.cart;
    expect(lines.map(({ unitPrice }) => unitPrice.amount)).toEqual([1500, 1500, 0, 2000, 700]);
    expect(totals.subtotal.amount).toBe(6400);
    expect(draft.pricesByHand).toHaveLength(4);
    expect(draft.pricesByHand[0]).toMatchObject({ lineId: lines[0]?.id, reason, by: expect.stringMatching(/^key:/) });
    for (const query of ['', 'q=muller', 'q=engraving', 'customer=draft@example.org', 'status=open'])
      expect(
        (await drafts(query)).map(({ id }) => id),
        query,
      ).toEqual([draft.id]);
    expect(await drafts('q=nobody')).toEqual([]);
    const read = await shop.admin('GET', `/admin/v1/draft-orders/${draft.id}`);
    expect(expectStatus(read, 200).as(DraftOrderView)).toMatchObject({
      id: draft.id,
      pricesByHand: draft.pricesByHand,
    });
    const { order, token } = await completed(draft);
    expect(order.totals).toMatchObject({ subtotal: eur(6400), total: totals.total });
    expect(order.lines[0]?.priceByHand).toMatchObject({ reason });
    const seen = await shop.send('GET', `/v1/orders/${order.id}?access_token=${token}`);
    expectStatus(seen, 200).as(ShopperOrderView);
    expect(seen.text).not.toContain(reason);
    await until(
      () => drafts('status=completed'),
      (items) => items.some(({ id, orderId }) => id === draft.id && orderId === order.id),
    );
    expect(await drafts('status=open')).toEqual([]);
    const shipped = await act(shop, 201, order.id, '/fulfillments', { shipUnpaid: true });
    expect(shipped.fulfillmentStatus).toBe('fulfilled');
  });

  it('is refused a price without a reason, in another currency, or below zero', async () => {
    await putUp(shop, { sku: 'HAND-NO', stock: 9, priceMinor: 2000 });
    const draft = (line: object) => shop.admin('POST', '/admin/v1/draft-orders', { lines: [{ quantity: 1, ...line }] });
    const fault = expectProblem(await draft({ sku: 'HAND-NO', price: eur(1) }), 'invalid-input');
    expect(JSON.stringify(fault)).toContain('/lines/0/reason');
    expectProblem(await draft({ sku: 'HAND-NO', price: eur(-1), reason }), 'invalid-input');
    expectProblem(await draft({ sku: 'HAND-NO', price: { amount: 1, currency: 'USD' }, reason }), 'wrong-currency');
    expectProblem(await draft({ sku: 'HAND-NO', price: eur(1), discount: { rate: '0.1' }, reason }), 'invalid-input');
    expectProblem(await draft({ custom: { title: 'X', price: eur(1) }, sku: 'HAND-NO', reason }), 'invalid-input');
  });
});

describe('an edit', () => {
  it('changes a price by hand and adds what the catalogue does not have, as previewed', async () => {
    await putUp(shop, { sku: 'HAND-EDIT', stock: 9, priceMinor: 2000 });
    const { order } = await completed(await drafted([{ sku: 'HAND-EDIT', quantity: 2 }], 'edit@example.org'));
    const lineId = order.lines[0]?.id;
    const changes = {
      lines: [{ lineId, quantity: 2, discount: { amount: eur(500) }, reason }],
      add: [{ custom: { title: 'Gift wrap', price: eur(300) }, quantity: 1, reason: 'Asked for' }],
    };
    const preview = expectStatus(await ask(shop, order.id, '/edits/preview', changes), 200).as(EditPreview);
    expect(preview.delta.amount).toBe(-700);
    const edited = await act(shop, 201, order.id, '/edits', { ...changes, token: preview.token });
    expect(edited.totals.total.amount).toBe(order.totals.total.amount - 700);
    expect(edited.balances.outstanding).toEqual(edited.totals.total);
    expect(edited.lines).toMatchObject([
      { priceByHand: { reason } },
      { title: 'Gift wrap', priceByHand: { reason: 'Asked for' } },
    ]);
    const timeline = await shop.admin('GET', `/admin/v1/orders/${order.id}/timeline`);
    expect(timeline.text).toContain(`${reason}; Asked for`);
  });
});
