/** For whom and how an edit is priced: by what the checkout was told, at the address that the order has now. */
import { describe, expect, test } from 'vitest';
import type { Quote } from '../../../shared/contracts/pricing/api.ts';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { CheckoutDetails, OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { refundOf, TestOrder } from '../testing/orders.ts';

const given = (changes: Partial<CheckoutDetails> = {}) =>
  new TestOrder(new MemoryStreamStorage<OrderStreamEvent>(), 'immediate', [], false, changes);
const vienna = { lastName: 'Beer', address1: 'Weg 1', city: 'Wien', postalCode: '1010', country: 'AT' };
const berlin = { lastName: 'Beer', address1: 'Weg 1', city: 'Berlin', postalCode: '10115', country: 'DE' };
const oneCup = { lines: [{ lineId: 'lin_1', quantity: 1 }], added: [] };
const moveTo = (shippingAddress: typeof vienna) => ({ lines: [], added: [], shippingAddress });

describe('an order with a VAT id', () => {
  test('is asked about with it, wherever it goes, and not as exempt', async () => {
    const order = given({ vatId: 'ATU12345678', shippingAddress: vienna });
    order.saysOf = ({ country }): Partial<Quote> => ({ taxRelief: country === 'AT' ? 'reverse-charge' : null });
    await order.edit(oneCup);
    expect(order.state.quote.taxRelief).toBe('reverse-charge');
    await order.edit(moveTo(berlin));
    expect(order.state.quote.taxRelief).toBeNull();
    const buyer = { vatId: 'ATU12345678', isTaxExempt: false };
    expect(order.quoted.at(-1)).toMatchObject({ cart: { country: 'DE', buyer } });
    expect(order.quoted.map(({ cart }) => cart.buyer?.isTaxExempt)).not.toContain(true);
  });

  test('that was not kept, as of older orders, stays free of tax', async () => {
    const order = given();
    order.saysOf = () => ({ taxRelief: 'reverse-charge' });
    await order.edit(oneCup);
    await order.preview(oneCup);
    expect(order.quoted.at(-1)).toMatchObject({ cart: { buyer: { isTaxExempt: true } } });
  });
});

test('an order that moves is asked about with the codes and the way of sending of its checkout, also where they did nothing meanwhile', async () => {
  const order = given();
  const { quote } = order.state;
  const discounts = [{ promotionId: 'pro_1', title: 'Sale', code: 'SALE', amountMinor: 100 }];
  const bought = given({ quote: { ...quote, discounts } });
  bought.saysOf = () => ({ discounts: [], shippingOptionId: 'shr_2' });
  await bought.edit(moveTo(vienna));
  await bought.edit(moveTo(berlin));
  expect(bought.quoted.at(-1)?.cart).toMatchObject({ codes: ['SALE'], shippingOptionId: 'shr_1' });
});

describe('an edit after which nothing could be sent', () => {
  const refused = { status: 422, body: { code: 'no-shipping-rate', weightGrams: 1500 } };
  const stuck = (isUnshippable: boolean): Partial<Quote> => ({ isUnshippable, shippingOptions: [], shippingMinor: 0 });

  test('is refused like a checkout, as is a correction of the address', async () => {
    const order = given();
    order.saysOf = ({ country }) => stuck(country === 'AT');
    expect(await order.preview(moveTo(vienna))).toMatchObject(refused);
    expect(await order.ask({ type: 'correct', corrections: { shippingAddress: vienna } })).toMatchObject(refused);
    expect((await order.preview(oneCup)).status).toBe(200);
  });

  test('is refused also where the goods are what cannot be sent, and where shipping stays as it was charged', async () => {
    const order = given();
    await order.ask(refundOf({ shippingMinor: 100 }));
    order.saysOf = ({ lines }) => stuck(lines.length > 2);
    expect((await order.preview({ lines: [], added: [{ sku: 'CUP', quantity: 1 }] })).body).toMatchObject({
      code: 'no-shipping-rate',
      weightGrams: 1800,
    });
  });

  test('is no obstacle to an order that nothing can be sent to already, as long as it stays there', async () => {
    const { quote } = given().state;
    const order = given({ quote: { ...quote, isUnshippable: true } });
    order.saysOf = () => stuck(true);
    expect((await order.edit(oneCup)).status).toBe(201);
    expect(await order.preview(moveTo(vienna))).toMatchObject({ status: 422 });
  });
});
