/** An order can be delivered and taxed: what a checkout asks of its shopper, and how addresses are read. */
import { describe, expect, it } from 'vitest';
import { CartView } from '../../shared/contracts/cart/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { createDraftOrder } from '../../shared/contracts/orders/drafts-http.ts';
import { expectProblem, expectStatus } from './client.ts';
import { changeCart, putUpVariant } from './merchant.ts';
import { address, addressIn, card, checkOut, journeyOfFile, manual, putUp, stockOf } from './shopping.ts';

const shop = journeyOfFile();
const email = 'ada@example.com';

async function bareCart(sku: string): Promise<string> {
  const json = { country: 'DE', lines: [{ sku, quantity: 1 }] };
  return expectStatus(await shop.send('POST', '/v1/carts', { json }), 201).as(CartView).id;
}

describe('a checkout', () => {
  it.each([card, null])('of goods that ship needs an address, and holds nothing without', async (payment) => {
    const sku = `SHIPS-${payment === null ? 'LATER' : 'NOW'}`;
    await putUp(shop, { sku, stock: 3, priceMinor: 1000 });
    const cartId = await bareCart(sku);
    await changeCart(shop, cartId, { email });
    const refused = expectProblem(await checkOut(shop, cartId, payment), 'address-needed');
    expect(refused.errors).toEqual([{ pointer: '/shippingAddress', detail: 'Give the address that the goods go to.' }]);
    expect(await stockOf(shop, sku)).toMatchObject({ held: 0, available: 3 });
    // The cart is the shopper's again, and may be bought with an address.
    await changeCart(shop, cartId, { shippingAddress: address });
    expectStatus(await checkOut(shop, cartId, payment), 201);
  });

  it('needs an e-mail address or a telephone number', async () => {
    await putUp(shop, { sku: 'WHOSE', stock: 3, priceMinor: 1000 });
    const cartId = await bareCart('WHOSE');
    const both = expectProblem(await checkOut(shop, cartId, card), 'address-needed');
    expect(both.errors).toMatchObject([{ pointer: '/shippingAddress' }, { pointer: '/email' }]);
    await changeCart(shop, cartId, { shippingAddress: address });
    const refused = expectProblem(await checkOut(shop, cartId, card), 'contact-needed');
    expect(refused.errors).toMatchObject([{ pointer: '/email' }]);
    await changeCart(shop, cartId, { shippingAddress: addressIn('DE') });
    expectStatus(await checkOut(shop, cartId, card), 201);
  });

  it('of goods that do not ship needs no address', async () => {
    await putUpVariant(shop, 'FILE', { price: { amount: 500, currency: 'EUR' }, requiresShipping: false });
    const cartId = await bareCart('FILE');
    expectProblem(await checkOut(shop, cartId, card), 'contact-needed');
    await changeCart(shop, cartId, { email });
    expect(expectStatus(await checkOut(shop, cartId, card), 201).as(CheckoutView).shippingAddress).toBeNull();
  });

  it("of a merchant's draft needs the same", async () => {
    await putUp(shop, { sku: 'DRAFTED', stock: 3, priceMinor: 1000 });
    const json = { country: 'DE', lines: [{ sku: 'DRAFTED', quantity: 1 }] };
    const complete = async (more: object) => {
      const draft = await shop.admin('POST', '/admin/v1/draft-orders', { ...json, ...more });
      const { id } = expectStatus(draft, 201).as(createDraftOrder.answer);
      return shop.admin('POST', `/admin/v1/draft-orders/${id}/complete`, { payment: manual });
    };
    expectProblem(await complete({ email }), 'address-needed');
    expectProblem(await complete({ shippingAddress: address }), 'contact-needed');
    expectStatus(await complete({ email, shippingAddress: address }), 201);
  });
});
