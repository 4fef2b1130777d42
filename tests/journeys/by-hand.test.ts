/** Drafts and edits with prices by hand and goods that the catalogue does not have, over HTTP, until they are paid. */
import { describe, expect, it } from 'vitest';
import { CartView } from '../../shared/contracts/cart/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { DraftListItem, DraftOrderView } from '../../shared/contracts/orders/drafts-http.ts';
import { EditPreview } from '../../shared/contracts/orders/edits-http.ts';
import { type OrderView, ShopperOrderView } from '../../shared/contracts/orders/orders-http.ts';
import { Page } from '../../shared/http/pagination.ts';
import type { ProblemCode } from '../../shared/http/problem.ts';
import { act, ask, readOrder } from './back-office.ts';
import { type Answer, expectProblem, expectStatus } from './client.ts';
import { money as eur } from './merchant.ts';
import { address, journeyOfFile, manual, orderOf, putUp, until } from './shopping.ts';

const shop = journeyOfFile();
const reason = 'Promised by phone';
const drafts = async (query: string) =>
  expectStatus(await shop.admin('GET', `/admin/v1/draft-orders?${query}`), 200).as(Page(DraftListItem)).items;

async function drafted(lines: readonly object[], email: string, more: object = {}): Promise<DraftOrderView> {
  const draft = { ...more, lines, email, shippingAddress: { ...address, firstName: 'Zoë', lastName: 'Müller' } };
  return expectStatus(await shop.admin('POST', '/admin/v1/draft-orders', draft), 201).as(DraftOrderView);
}

const pointersOf = (answer: Answer, code: ProblemCode) =>
  expectProblem(answer, code).errors?.map(({ pointer }) => pointer);

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

  it('with a discount on all of it costs that much less, and its units give back just what they cost', async () => {
    await putUp(shop, { sku: 'WHOLE-A', stock: 9, priceMinor: 999 });
    await putUp(shop, { sku: 'WHOLE-B', stock: 9, priceMinor: 501 });
    const lines = [
      { sku: 'WHOLE-A', quantity: 3 },
      { sku: 'WHOLE-B', quantity: 2 },
    ];
    const discount = { discount: { amount: eur(1000) }, reason };
    const draft = await drafted(lines, 'whole@example.org', { discount });
    expect(draft.cart.totals.discount).toEqual(eur(1000));
    expect(draft.cart.discounts).toMatchObject([{ promotionId: 'by-hand', amount: eur(1000) }]);
    expect(draft.discountByHand).toMatchObject({ amount: eur(1000), rate: null, reason });
    const { order, token } = await completed(draft);
    expect(order.discountByHand).toEqual(draft.discountByHand);
    const seen = await shop.send('GET', `/v1/orders/${order.id}?access_token=${token}`);
    expect(expectStatus(seen, 200).as(ShopperOrderView).discounts[0]?.amount).toEqual(eur(1000));
    expect(seen.text).not.toContain(reason);
    await act(shop, 201, order.id, '/payments', { provider: 'manual', amount: order.totals.total });
    await act(shop, 201, order.id, '/fulfillments', {});
    let back = 0;
    for (const [index, { quantity }] of lines.entries())
      for (let unit = 0; unit < quantity; unit += 1) {
        const one = { lineId: order.lines[index]?.id, quantity: 1 };
        const { refunds } = await act(shop, 201, order.id, '/refunds', { lines: [one] });
        back += refunds.at(-1)?.amount.amount ?? 0;
      }
    expect(back).toBe(3 * 999 + 2 * 501 - 1000);
  });

  it('is given a discount, another one, and none', async () => {
    await putUp(shop, { sku: 'WHOLE-C', stock: 9, priceMinor: 2000 });
    const draft = await drafted([{ sku: 'WHOLE-C', quantity: 1 }], 'again@example.org');
    const given = async (body: object) => shop.admin('PUT', `/admin/v1/carts/${draft.id}/discount`, body);
    expectStatus(await given({ discount: { amount: eur(100) }, reason }), 200);
    const third = expectStatus(await given({ discount: { rate: '0.333' }, reason }), 200).as(CartView);
    expect(third.totals.discount.amount).toBe(666);
    expect(expectStatus(await given({ discount: null }), 200).as(CartView).totals.discount.amount).toBe(0);
    expectProblem(await given({ discount: { rate: '0.1' } }), 'invalid-input');
    expectProblem(await given({ discount: null, reason }), 'invalid-input');
    const other = { discount: { amount: { amount: 1, currency: 'USD' } }, reason };
    expect(pointersOf(await given(other), 'wrong-currency')).toEqual(['/discount/amount/currency']);
    const lines = [{ sku: 'WHOLE-C', quantity: 1 }];
    const anew = await shop.admin('POST', '/admin/v1/draft-orders', { lines, discount: other });
    expect(pointersOf(anew, 'wrong-currency')).toEqual(['/discount/discount/amount/currency']);
  });

  it('needs no payment where nothing is left to pay, and else is refused one that is not given', async () => {
    await putUp(shop, { sku: 'FREE', stock: 9, priceMinor: 2000 });
    const lines = [{ sku: 'FREE', quantity: 1 }];
    const custom = { title: 'Talk', price: eur(2000), requiresShipping: false };
    const discount = { discount: { rate: '1' }, reason };
    for (const body of [{}, undefined]) {
      const draft = await drafted([{ custom, quantity: 1, reason }], 'free@example.org', { discount });
      const { totals } = draft.cart;
      expect(totals.due.amount).toBe(0);
      const answer = await shop.admin('POST', `/admin/v1/draft-orders/${draft.id}/complete`, body);
      expect(orderOf(expectStatus(answer, 201).as(CheckoutView)).id).toMatch(/^ord/);
    }
    const owed = await drafted(lines, 'owed@example.org');
    const bare = await shop.admin('POST', `/admin/v1/draft-orders/${owed.id}/complete`, {});
    expect(pointersOf(bare, 'invalid-input')).toEqual(['/payment']);
    // Nothing is held, and the draft is whole.
    await completed(owed);
  });

  it('is thrown away until it is bought, and then no more', async () => {
    await putUp(shop, { sku: 'GONE', stock: 9, priceMinor: 2000 });
    const draft = await drafted([{ sku: 'GONE', quantity: 1 }], 'gone@example.org');
    const path = `/admin/v1/draft-orders/${draft.id}`;
    expectStatus(await shop.admin('DELETE', path), 204);
    expectProblem(await shop.admin('GET', path), 'not-found');
    expect(await drafts('customer=gone@example.org')).toEqual([]);
    expect(await drafts('q=gone')).toEqual([]);
    // A link to it that was sent earlier leads to nothing that could be bought.
    const left = expectStatus(await shop.send('GET', `/v1/carts/${draft.id}`), 200).as(CartView);
    expect(left.lines).toEqual([]);
    expectStatus(await shop.admin('DELETE', path), 204);

    const sold = await drafted([{ sku: 'GONE', quantity: 1 }], 'sold@example.org');
    const { order } = await completed(sold);
    const refused = await shop.admin('DELETE', `/admin/v1/draft-orders/${sold.id}`);
    const { detail } = expectProblem(refused, 'cart-completed');
    expect(detail).toContain(order.id);
  });

  it('is not another name for a cart of a shopper', async () => {
    await putUp(shop, { sku: 'KEPT', stock: 9, priceMinor: 2000 });
    const lines = [{ sku: 'KEPT', quantity: 1 }];
    const cart = expectStatus(await shop.send('POST', '/v1/carts', { json: { lines } }), 201).as(CartView);
    expectStatus(await shop.admin('DELETE', `/admin/v1/draft-orders/${cart.id}`), 204);
    expect(expectStatus(await shop.send('GET', `/v1/carts/${cart.id}`), 200).as(CartView).lines).toHaveLength(1);
  });

  it('is not made again by a repeated request after it was thrown away', async () => {
    await putUp(shop, { sku: 'ONCE', stock: 9, priceMinor: 2000 });
    const body = { lines: [{ sku: 'ONCE', quantity: 1 }], email: 'once@example.org', shippingAddress: address };
    const make = () => shop.admin('POST', '/admin/v1/draft-orders', body, { idempotencyKey: 'draft-once' });
    const draft = expectStatus(await make(), 201).as(DraftOrderView);
    expectStatus(await shop.admin('DELETE', `/admin/v1/draft-orders/${draft.id}`), 204);
    await make();
    expect(await drafts('customer=once@example.org')).toEqual([]);
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

  it('gives an amount off all of it once, also where units went back before and after', async () => {
    await putUp(shop, { sku: 'WHOLE-EDIT', stock: 9, priceMinor: 2000 });
    const { order } = await completed(await drafted([{ sku: 'WHOLE-EDIT', quantity: 3 }], 'whole-edit@example.org'));
    const lineId = order.lines[0]?.id;
    const edit = async (changes: object) => {
      const preview = expectStatus(await ask(shop, order.id, '/edits/preview', changes), 200).as(EditPreview);
      return act(shop, 201, order.id, '/edits', { ...changes, token: preview.token });
    };
    const reduced = await edit({ discount: { discount: { amount: eur(1000) }, reason } });
    expect(reduced.totals.discount).toEqual(eur(1000));
    expect(reduced.discountByHand).toMatchObject({ amount: eur(1000), reason });
    await act(shop, 201, order.id, '/payments', { provider: 'manual', amount: reduced.totals.total });
    // Of 50.00 for three units the last cost 16.66: it had 3.34 of the discount.
    const { refunds } = await act(shop, 201, order.id, '/refunds', { lines: [{ lineId, quantity: 1 }] });
    expect(refunds[0]?.amount.amount).toBe(1666);
    const wrapped = await edit({ add: [{ custom: { title: 'Wrap', price: eur(300) }, quantity: 1, reason }] });
    expect(wrapped.totals.discount).toEqual(eur(1000));
    expect(wrapped.discounts).toMatchObject([{ promotionId: 'by-hand', amount: eur(1000) }]);
    expect(wrapped.totals.total.amount).toBe(reduced.totals.total.amount + 300);
    const freed = await edit({ discount: { discount: null } });
    expect(freed.discountByHand).toBeNull();
    // What went back keeps its share: it was paid for with it.
    expect(freed.totals.discount).toEqual(eur(334));
  });
});
