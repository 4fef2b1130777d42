/** What merchants correct after an order was placed, and what an address that costs more takes. */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { fulfillAll, TestOrder } from '../testing/orders.ts';

const given = () => new TestOrder(new MemoryStreamStorage<OrderStreamEvent>());
const correct = (corrections: object) => ({ type: 'correct', corrections }) as const;
const berlin = { lastName: 'Byron', address1: 'Weg 1', city: 'Berlin', postalCode: '10115', country: 'DE' };
const abroad = { ...berlin, city: 'Linz', postalCode: '4020', country: 'AT' };
const aCup = { ...fulfillAll, lines: [{ lineId: 'lin_1', quantity: 1, locationId: null }] };

describe('a correction', () => {
  test('is what the order says from then on, with who made it and when', async () => {
    const order = given();
    const wanted = { email: 'ADA@example.org', phone: '+49 30 123', note: 'Ring twice.', tags: ['vip', 'b2b'] };
    expect(await order.ask(correct(wanted))).toMatchObject({ status: 200, body: wanted });
    expect(order.timeline().at(-1)).toMatchObject({ action: 'change', text: 'email, phone, note, tags' });
    expect(order.told.at(-1)).toMatchObject({
      type: 'orders.order-changed.v1',
      data: { email: 'ADA@example.org', tags: ['vip', 'b2b'], changed: ['email', 'phone', 'note', 'tags'] },
    });
  });

  test('that says nothing new leaves no trace', async () => {
    const order = given();
    await order.ask(correct({ tags: ['vip'] }));
    const { length } = order.timeline();
    expect((await order.ask(correct({ tags: ['vip'], email: 'ada@example.org' }))).status).toBe(200);
    expect(order.timeline()).toHaveLength(length);
  });

  test('of note and tags is taken when everything has left, and of a canceled order', async () => {
    const order = given();
    await order.ask(fulfillAll);
    expect((await order.ask(correct({ note: 'Delivered.', tags: ['done'] }))).status).toBe(200);
    const canceled = given();
    await canceled.ask({ type: 'cancel', note: null });
    expect((await canceled.ask(correct({ tags: ['lost'] }))).body).toMatchObject({ tags: ['lost'] });
  });
});

describe('another address', () => {
  test('needs what its country needs, of the goods or of the invoice', async () => {
    const order = given();
    const texas = { lastName: 'Byron', address1: 'Main Street 1', city: 'Austin', country: 'US', postalCode: '78701' };
    const pointer = (name: string) => ({ status: 422, body: { code: 'address-needed', errors: [{ pointer: name }] } });
    expect(await order.ask(correct({ shippingAddress: texas }))).toMatchObject(pointer('/shippingAddress/region'));
    expect(await order.ask(correct({ billingAddress: texas }))).toMatchObject(pointer('/billingAddress/region'));
    const edit = { lines: [], added: [], shippingAddress: texas };
    expect(await order.preview(edit)).toMatchObject(pointer('/shippingAddress/region'));
  });

  test('names somebody where goods go to it, which an invoice need not', async () => {
    const order = given();
    const { lastName: _, ...nobody } = berlin;
    const lack = { status: 422, body: { code: 'address-needed', errors: [{ pointer: '/shippingAddress/lastName' }] } };
    expect(await order.ask(correct({ shippingAddress: nobody }))).toMatchObject(lack);
    expect(await order.preview({ lines: [], added: [], shippingAddress: nobody })).toMatchObject(lack);
    expect((await order.ask(correct({ billingAddress: nobody }))).status).toBe(200);
  });

  test('at which everything costs the same is a correction', async () => {
    const order = given();
    await order.ask(correct({ shippingAddress: berlin }));
    const next = { ...berlin, address1: 'Weg 2' };
    expect((await order.ask(correct({ shippingAddress: next }))).body).toMatchObject({ shippingAddress: next });
  });

  test('that changes tax or shipping is refused with the difference, and is an edit', async () => {
    const order = given();
    order.shippingMinorIn = (country) => (country === 'AT' ? 990 : 490);
    const { totalMinor } = order.state.quote;
    expect(await order.ask(correct({ shippingAddress: abroad }))).toMatchObject({
      status: 409,
      body: { code: 'address-changes-total', delta: { amount: 500 }, additionalPayment: { amount: 500 } },
    });
    expect((await order.preview({ lines: [], added: [], shippingAddress: abroad })).body).toMatchObject({
      delta: { amount: 500 },
      additionalPayment: { amount: 500 },
    });
    const edited = await order.edit({ lines: [], added: [], shippingAddress: abroad });
    expect(edited.body).toMatchObject({
      shippingAddress: abroad,
      totals: { total: { amount: totalMinor + 500 } },
      balances: { outstanding: { amount: 500 } },
    });
    const back = await order.edit({ lines: [], added: [], shippingAddress: berlin });
    expect(back.body).toMatchObject({ shippingAddress: berlin, balances: { outstanding: { amount: 0 } } });
  });

  test('is no other edit: its token confirms nothing else', async () => {
    const order = given();
    const { body } = await order.preview({ lines: [], added: [], shippingAddress: abroad });
    const token = String(body.token);
    const other = { ...abroad, city: 'Wien' };
    expect(await order.ask({ type: 'edit', lines: [], added: [], shippingAddress: other, token })).toMatchObject({
      status: 409,
      body: { code: 'edit-changed' },
    });
  });

  test('comes too late for what has left, until a shipment that never left is taken back', async () => {
    const order = given();
    await order.ask(correct({ shippingAddress: berlin }));
    await order.ask(fulfillAll);
    const next = { ...berlin, address1: 'Weg 2' };
    expect(await order.ask(correct({ shippingAddress: next }))).toMatchObject({
      status: 409,
      body: { code: 'address-fixed', errors: [{ pointer: '/shippingAddress' }] },
    });
    await order.ask({ type: 'unfulfill', fulfillmentId: 'ful_1' });
    expect((await order.ask(correct({ shippingAddress: next }))).status).toBe(200);
  });

  test('of what is still to ship may change the street, but not what the goods that left were taxed for', async () => {
    const order = given();
    await order.ask(correct({ shippingAddress: berlin }));
    await order.ask(aCup);
    expect((await order.ask(correct({ shippingAddress: { ...berlin, address1: 'Weg 2' } }))).status).toBe(200);
    expect((await order.ask(correct({ shippingAddress: abroad }))).body).toMatchObject({ code: 'address-fixed' });
    expect((await order.preview({ lines: [], added: [], shippingAddress: abroad })).body).toMatchObject({
      code: 'address-fixed',
    });
  });
});
