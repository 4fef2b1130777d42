/** The last way to reach the buyer of an order, which no correction and no edit takes away. */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { CheckoutDetails, OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { TestOrder } from '../testing/orders.ts';

const phone = '+49 30 5551234';
const silent = { lastName: 'Beer', address1: 'Weg 1', city: 'Berlin', postalCode: '10115', country: 'DE' };
const callable = { ...silent, phone };
const correct = (corrections: object) => ({ type: 'correct', corrections }) as const;
const bought = (changes: Partial<CheckoutDetails>) =>
  new TestOrder(new MemoryStreamStorage<OrderStreamEvent>(), 'immediate', [], false, {
    ...{ email: null, phone: null, shippingAddress: silent, billingAddress: null },
    ...changes,
  });
const needed = (pointer: string) => ({ status: 422, body: { code: 'contact-needed', errors: [{ pointer }] } });

describe('the telephone number of an address, where there is no other way', () => {
  test('stays on a correction and on an edit of the address', async () => {
    const order = bought({ shippingAddress: callable });
    expect(await order.ask(correct({ phone: null }))).toMatchObject(needed('/phone'));
    expect(await order.ask(correct({ shippingAddress: silent }))).toMatchObject(needed('/shippingAddress/phone'));
    const edit = { lines: [], added: [], shippingAddress: silent };
    expect(await order.preview(edit)).toMatchObject(needed('/shippingAddress/phone'));
    expect(order.view()).toMatchObject({ email: null, phone });
  });

  test('stays on the bill, also where the bill shall have no address', async () => {
    const order = bought({ billingAddress: callable });
    expect(await order.ask(correct({ billingAddress: silent }))).toMatchObject(needed('/billingAddress/phone'));
    expect(await order.ask(correct({ billingAddress: null }))).toMatchObject(needed('/billingAddress/phone'));
    const edit = { lines: [], added: [], billingAddress: silent };
    expect(await order.preview(edit)).toMatchObject(needed('/billingAddress/phone'));
  });

  test('goes once there is another one, or with the one that takes its place', async () => {
    const order = bought({ shippingAddress: callable });
    expect((await order.ask(correct({ shippingAddress: silent, phone: '+49 40 5551234' }))).status).toBe(200);
    const other = bought({ shippingAddress: callable, email: 'ada@example.org' });
    expect((await other.ask(correct({ shippingAddress: silent }))).body).toMatchObject({ phone: null });
  });

  test('is that of the bill where the field of the other address was left empty', async () => {
    const order = bought({ phone: '', shippingAddress: { ...silent, phone: ' ' }, billingAddress: callable });
    expect(order.view()).toMatchObject({ phone });
  });
});

test('an order whose buyer could not be reached before is corrected all the same', async () => {
  expect((await bought({}).ask(correct({ shippingAddress: { ...silent, address1: 'Weg 2' } }))).status).toBe(200);
});
