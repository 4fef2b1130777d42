/** Shoppers without an account find their order, cancel it and send goods back, as far as the merchant lets them. */
import { describe, expect, it } from 'vitest';
import { ShopperOrderView } from '../../shared/contracts/orders/orders-http.ts';
import { OrderPolicy } from '../../shared/contracts/orders/policy-http.ts';
import { lookUpOrder, OrderOptions, openOrder } from '../../shared/contracts/orders/shoppers-http.ts';
import { SandboxMail } from '../../shared/contracts/sandbox/http.ts';
import { act, readOrder } from './back-office.ts';
import { expectProblem, expectStatus, newKey } from './client.ts';
import { buy, journeyOfFile, orderOf, putUp, sandbox, stockOf, until } from './shopping.ts';

const shop = journeyOfFile();

async function bought(sku: string, quantity: number) {
  await putUp(shop, { sku, stock: 9, priceMinor: 1000 });
  const checkout = await buy(shop, { sku, quantity }, sandbox('ok'));
  const { id, number, accessToken } = orderOf(checkout);
  return { id, number, accessToken, email: checkout.email ?? '', lineId: checkout.lines[0]?.id ?? '' };
}

const mails = async (to: string) => {
  const { items } = expectStatus(await shop.send('GET', '/sandbox/mail'), 200).as(SandboxMail);
  return items.filter((one) => one.to === to);
};

const own = (method: string, id: string, what: string, token: string, json?: unknown) =>
  shop.send(method, `/v1/orders/${id}${what}`, {
    ...(json === undefined ? {} : { json, idempotencyKey: newKey() }),
    headers: { authorization: `Bearer ${token}` },
  });

const allow = async (policy: object) =>
  expectStatus(await shop.admin('PATCH', '/admin/v1/order-policy', policy), 200).as(OrderPolicy);

async function withEmail(sku: string, quantity: number, email: string) {
  const order = await bought(sku, quantity);
  expectStatus(await shop.admin('PATCH', `/admin/v1/orders/${order.id}`, { email }), 200);
  await until(
    async () => (await shop.admin('GET', `/admin/v1/orders?customer=${email.toUpperCase()}`)).text,
    (text) => text.includes(order.number),
  );
  return order;
}

describe('an order is found', () => {
  it('by its number and address, with a link that opens it once, and nobody learns whether it exists', async () => {
    const { id, number, accessToken } = await withEmail('FOUND', 1, 'found@example.org');
    const ask = async (json: object) =>
      expectStatus(await shop.send('POST', '/v1/orders/lookup', { json }), 202).as(lookUpOrder.answer);
    const known = await ask({ number: number.toLowerCase(), email: 'Found@Example.org' });
    const unknown = await ask({ number, email: 'nobody@example.org' });
    expect(unknown).toEqual(known);
    const [mail] = await until(
      () => mails('found@example.org'),
      (found) => found.length === 1,
    );
    expect(mail).toMatchObject({ template: 'order-link', subject: `Your order ${number}` });
    const token = /olt_[\w-]+/.exec(mail?.text ?? '')?.[0];
    const open = () => shop.send('POST', '/v1/orders/open', { json: { token } });
    const opened = expectStatus(await open(), 200).as(openOrder.answer);
    expect(opened).toMatchObject({ orderId: id, number });
    expectProblem(await open(), 'link-spent');
    expect(await mails('nobody@example.org')).toEqual([]);
    for (const token of [opened.accessToken, accessToken])
      expectStatus(await own('GET', id, '', token), 200).as(ShopperOrderView);
    // The mailbox was a stranger's: what it has opened is closed, and who bought still has the token of the checkout.
    expectStatus(await shop.admin('PATCH', `/admin/v1/orders/${id}`, { email: 'right@example.org' }), 200);
    expectProblem(await own('GET', id, '', opened.accessToken), 'not-found');
    expectProblem(await own('GET', id, '/options', opened.accessToken), 'not-found');
    expectStatus(await own('GET', id, '', accessToken), 200);
  });
});

describe('an order is canceled by its shopper', () => {
  it('only where the policy lets them, before anything has left', async () => {
    const { id, accessToken } = await bought('OWN-CANCEL', 2);
    await allow({ shopperCancel: false });
    expectProblem(await own('POST', id, '/cancel', accessToken, {}), 'not-offered');
    await allow({ shopperCancel: true });
    expectProblem(await own('POST', id, '/cancel', 'oat_wrong', {}), 'not-found');
    expect(expectStatus(await own('GET', id, '/options', accessToken), 200).as(OrderOptions).cancel.isOffered).toBe(
      true,
    );
    const key = newKey();
    const cancel = () =>
      shop.send('POST', `/v1/orders/${id}/cancel`, {
        ...{ json: { note: 'Too many' }, idempotencyKey: key, headers: { authorization: `Bearer ${accessToken}` } },
      });
    const canceled = expectStatus(await cancel(), 200);
    expect(canceled.as(ShopperOrderView)).toMatchObject({ status: 'canceled', paymentStatus: 'refunded' });
    const again = await cancel();
    expect([again.headers['idempotency-replayed'], again.text]).toEqual(['true', canceled.text]);
    expect(await stockOf(shop, 'OWN-CANCEL')).toMatchObject({ available: 9 });
    const timeline = await shop.admin('GET', `/admin/v1/orders/${id}/timeline`);
    expect(timeline.text).toContain('"actor":"shopper","action":"cancel"');
    const shipped = await bought('OWN-LATE', 1);
    await act(shop, 201, shipped.id, '/fulfillments', {});
    expectProblem(await own('POST', shipped.id, '/cancel', shipped.accessToken, {}), 'not-offered');
  });
});

describe('goods are sent back by their shopper', () => {
  it('within the window, and the merchant approves or declines', async () => {
    const { id, accessToken, lineId } = await bought('OWN-RETURN', 3);
    await allow({ returnWindowDays: null });
    const send = (quantity: number) =>
      own('POST', id, '/returns', accessToken, { lines: [{ lineId, quantity, reason: 'Too small' }] });
    await act(shop, 201, id, '/fulfillments', {});
    expectProblem(await send(1), 'not-offered');
    await allow({ returnWindowDays: 14 });
    expectProblem(await send(4), 'not-offered');
    const asked = expectStatus(await send(2), 201).as(ShopperOrderView);
    expect(asked.returns).toMatchObject([{ status: 'requested', lines: [{ quantity: 2, reason: 'Too small' }] }]);
    const options = expectStatus(await own('GET', id, '/options', accessToken), 200).as(OrderOptions);
    expect(options.return.lines).toMatchObject([{ lineId, quantityMax: 1 }]);
    const returnId = asked.returns[0]?.id;
    const called = expectStatus(await own('POST', id, `/returns/${returnId}/cancel`, accessToken, {}), 200);
    expect(called.as(ShopperOrderView).returns).toMatchObject([{ status: 'canceled' }]);
    const second = expectStatus(await send(1), 201).as(ShopperOrderView).returns[1]?.id;
    await act(shop, 200, id, `/returns/${second}`, { action: 'approve' });
    await act(shop, 201, id, `/returns/${second}/receipts`, {});
    expect(await readOrder(shop, id)).toMatchObject({
      ...{ paymentStatus: 'partially-refunded', lines: [{ returnedQuantity: 1, refundedQuantity: 1 }] },
    });
  });
});
