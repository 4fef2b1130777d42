/** A shopper pays what the cart showed: whatever changes the total in between is refused once, with the new one. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { CheckoutView } from '../../shared/contracts/orders-http.ts';
import { expectProblem, expectStatus, newKey } from './client.ts';
import { address, checkOut, fillCart, journeyOfFile, manual, putUp, readCart, stockOf } from './shopping.ts';

const Rates = z.object({
  items: z.array(z.looseObject({ id: z.string(), name: z.string(), prices: z.array(z.unknown()) })),
});

const shop = journeyOfFile();

/** The rate that a cart was given, made dearer. */
async function raiseShipping(rateId: string, amount: number): Promise<void> {
  const rates = expectStatus(await shop.admin('GET', '/admin/v1/shipping-rates'), 200).as(Rates);
  expect(rates.items.map(({ id }) => id)).toContain(rateId);
  const prices = [{ amount, currency: 'EUR' }];
  expectStatus(await shop.admin('PATCH', `/admin/v1/shipping-rates/${rateId}`, { prices }), 200);
}

describe('a shipping rate that was raised after the cart was filled', () => {
  it('is refused with the new total, holds nothing, and is bought when the shopper comes again', async () => {
    await putUp(shop, { sku: 'SHIPPED', stock: 5, priceMinor: 900 });
    const cart = await fillCart(shop, { sku: 'SHIPPED', quantity: 1 });
    await raiseShipping(cart.shippingOptionId ?? '', 700);

    const refused = expectProblem(await checkOut(shop, cart.id, manual), 'price-changed');
    expect(refused.total).not.toEqual(cart.totals.total);
    expect(await stockOf(shop, 'SHIPPED')).toMatchObject({ held: 0, available: 5 });
    const bought = expectStatus(await checkOut(shop, cart.id, manual), 201).as(CheckoutView);
    expect(bought.totals.total).toEqual(refused.total);
  });
});

describe('a shipping option that the address no longer has', () => {
  it('falls back in the checkout as it does in the cart', async () => {
    await putUp(shop, { sku: 'MOVED', stock: 5, priceMinor: 900 });
    const cart = await fillCart(shop, { sku: 'MOVED', quantity: 1 });
    const move = async (country: string) => {
      const shippingAddress = { ...address, country };
      expectStatus(await shop.send('PATCH', `/v1/carts/${cart.id}`, { json: { shippingAddress } }), 200);
      return readCart(shop, cart.id);
    };
    const { shippingOptionId } = await move('HU');
    expectStatus(await shop.send('PATCH', `/v1/carts/${cart.id}`, { json: { shippingOptionId } }), 200);
    const home = await move('DE');
    const bought = expectStatus(await checkOut(shop, cart.id, manual), 201).as(CheckoutView);
    expect(bought.totals).toEqual(home.totals);
  });
});

describe('an open checkout', () => {
  it('is not completed for a total that it does not have', async () => {
    await putUp(shop, { sku: 'OPENED', stock: 5, priceMinor: 900 });
    const cart = await fillCart(shop, { sku: 'OPENED', quantity: 1 });
    const opened = expectStatus(await checkOut(shop, cart.id, null), 201).as(CheckoutView);
    const pay = (amount: number) =>
      shop.send('POST', '/v1/checkouts', {
        idempotencyKey: newKey(),
        json: { cartId: cart.id, payment: manual, expectedTotal: { amount, currency: 'EUR' } },
      });
    const { amount } = opened.totals.total;
    expect(expectProblem(await pay(amount - 1), 'price-changed').total).toEqual(opened.totals.total);
    expectStatus(await pay(amount), 200);
  });
});
