/** Orders that are put right, found again, and taken out as files, over HTTP. */
import { beforeAll, describe, expect, it } from 'vitest';
import { EditPreview } from '../../shared/contracts/orders/edits-http.ts';
import { OrderListItem } from '../../shared/contracts/orders/order-lists-http.ts';
import { OrderView } from '../../shared/contracts/orders/orders-http.ts';
import { Page } from '../../shared/http/pagination.ts';
import { act, ask, orderPath, readOrder } from './back-office.ts';
import { expectProblem, expectStatus } from './client.ts';
import { takeInvoices } from './merchant.ts';
import { address, buy, journeyOfFile, listEvents, manual, orderOf, putUp, stockOf, until } from './shopping.ts';

const shop = journeyOfFile();
beforeAll(() => takeInvoices(shop));

async function bought(sku: string, quantity: number) {
  await putUp(shop, { sku, stock: 9, priceMinor: 1000 });
  const checkout = await buy(shop, { sku, quantity }, manual);
  return { id: orderOf(checkout).id, number: orderOf(checkout).number, lineId: checkout.lines[0]?.id ?? '' };
}

const found = async (query: string) =>
  expectStatus(await shop.admin('GET', `/admin/v1/orders?${query}`), 200).as(Page(OrderListItem)).items;
const foundSoon = (query: string, id: string) =>
  until(
    () => found(query),
    (items) => items.some((one) => one.id === id),
  );
const change = (id: string, json: object) => shop.admin('PATCH', orderPath(id), json);

describe('an order', () => {
  it('is corrected, with an event, and found by what it says now', async () => {
    const { id, number } = await bought('CORRECT', 1);
    const wanted = {
      ...{ email: 'Zoe.Muller@Example.org', phone: '+49 30 555', note: 'Ring twice', tags: ['VIP', 'b2b'] },
      billingAddress: { ...address, firstName: 'Zoë', lastName: 'Müller', company: '山田商店' },
      metafields: [{ namespace: 'erp', key: 'number', type: 'number_integer', value: '4711' }],
    };
    expect(expectStatus(await change(id, wanted), 200).as(OrderView)).toMatchObject(wanted);
    await foundSoon('tag=vip&customer=zoe.muller@example.org', id);
    for (const query of [
      'q=muller',
      'name=zoe',
      `q=${encodeURIComponent('山田')}`,
      `number=${number.toLowerCase()}`,
      'sku=correct',
    ])
      expect(
        (await found(query)).map((one) => one.id),
        query,
      ).toEqual([id]);
    expect(await found('tag=vip&tag=none')).toEqual([]);
    expectProblem(await shop.admin('GET', '/admin/v1/orders?placedFrom=tomorrow'), 'invalid-input');
    expectProblem(await shop.admin('GET', '/admin/v1/orders?region=Atlantis'), 'invalid-input');
    expectStatus(await shop.admin('GET', '/admin/v1/orders?region=CA-QC'), 200);
    const told = await until(
      () => listEvents(shop, 'orders.order-changed.v1'),
      (events) => events.length > 0,
    );
    expect(told[0]).toMatchObject({
      subject: id,
      data: { changed: ['email', 'phone', 'billingAddress', 'note', 'tags', 'metafields'] },
    });
    const timeline = await shop.admin('GET', orderPath(id, '/timeline'));
    expect(timeline.text).toMatch(/"actor":"key:[^"]+","action":"change"/);
  });

  it('goes to another address until it has left, and pays what that costs by an edit', async () => {
    const { id } = await bought('MOVED', 1);
    // The buyer gave no e-mail address: a telephone number that was left empty takes the last way to them away.
    const home = { ...address, phone: '030 1234' };
    const next = { ...home, address1: 'Side Street 2' };
    expectProblem(await change(id, { shippingAddress: { ...next, phone: ' ' } }), 'contact-needed');
    expect(expectStatus(await change(id, { shippingAddress: next }), 200).as(OrderView).shippingAddress).toEqual(next);
    const before = await readOrder(shop, id);
    const fault = expectProblem(await change(id, { shippingAddress: { country: 'DE' } }), 'invalid-input');
    expect(JSON.stringify(fault)).toContain('/shippingAddress/address1');
    await act(shop, 201, id, '/fulfillments', { shipUnpaid: true });
    expectProblem(await change(id, { shippingAddress: home }), 'address-fixed');
    const preview = await ask(shop, id, '/edits/preview', { shippingAddress: home });
    expectProblem(preview, 'address-fixed');
    await act(shop, 200, id, '/fulfillments/ful_1/cancel', {});
    expect(await stockOf(shop, 'MOVED')).toMatchObject({ onHand: 9, committed: 1, available: 8 });
    const again = expectStatus(await ask(shop, id, '/edits/preview', { shippingAddress: home }), 200).as(EditPreview);
    expect(again.delta.amount).toBe(0);
    const edited = await act(shop, 201, id, '/edits', { shippingAddress: home, token: again.token });
    expect(edited).toMatchObject({ shippingAddress: home, totals: { total: before.totals.total } });
  });

  it('is canceled without its goods or its money going back, and refunded later', async () => {
    const { id, lineId } = await bought('LOST', 2);
    const { balances } = await readOrder(shop, id);
    await act(shop, 201, id, '/payments', { provider: 'manual', amount: balances.outstanding });
    const canceled = await act(shop, 200, id, '/cancel', { restock: false, refund: false, note: 'Burnt' });
    expect(canceled).toMatchObject({ status: 'canceled', paymentStatus: 'captured', refunds: [] });
    expect(await stockOf(shop, 'LOST')).toMatchObject({ onHand: 7, committed: 0, available: 7 });
    const refunded = await act(shop, 201, id, '/refunds', { lines: [{ lineId, quantity: 2 }], shipping: 'all' });
    expect(refunded).toMatchObject({ paymentStatus: 'refunded', balances: { refundable: { amount: 0 } } });
  });

  it('is taken out as a file, with its lines and refunds', async () => {
    const { id, number } = await bought('FILED', 2);
    await foundSoon(`number=${number}`, id);
    const file = async (name: string) => {
      const answer = expectStatus(await shop.admin('GET', `/admin/v1/exports/${name}.csv?number=${number}`), 200);
      expect(answer.headers['content-type']).toContain('text/csv');
      return answer.text.split('\r\n');
    };
    expect((await file('orders'))[1]).toContain(`${number},${id},`);
    expect((await file('order-lines'))[1]).toContain('FILED');
    expect(await file('refunds')).toHaveLength(2);
    expectProblem(await shop.send('GET', '/admin/v1/exports/orders.csv'), 'not-authenticated');
  });
});
