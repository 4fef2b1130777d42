/** A shopper pays what the cart showed: whatever changes the total in between is refused once, with the new one. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { expectProblem, expectStatus, newKey } from './client.ts';
import { money, openMarket, putUpVariant, startCart } from './merchant.ts';
import { address, addressIn, card, checkOut, fillCart, journeyOfFile, putUp, readCart, stockOf } from './shopping.ts';

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

    const refused = expectProblem(await checkOut(shop, cart.id, card), 'price-changed');
    expect(refused.total).not.toEqual(cart.totals.total);
    expect(await stockOf(shop, 'SHIPPED')).toMatchObject({ held: 0, available: 5 });
    const bought = expectStatus(await checkOut(shop, cart.id, card), 201).as(CheckoutView);
    expect(bought.totals.total).toEqual(refused.total);
  });
});

describe('a shipping option that the address no longer has', () => {
  it('falls back in the checkout as it does in the cart', async () => {
    await putUp(shop, { sku: 'MOVED', stock: 5, priceMinor: 900 });
    const cart = await fillCart(shop, { sku: 'MOVED', quantity: 1 });
    const move = async (country: string) => {
      const shippingAddress = addressIn(country);
      expectStatus(await shop.send('PATCH', `/v1/carts/${cart.id}`, { json: { shippingAddress } }), 200);
      return readCart(shop, cart.id);
    };
    const { shippingOptionId } = await move('HU');
    expectStatus(await shop.send('PATCH', `/v1/carts/${cart.id}`, { json: { shippingOptionId } }), 200);
    const home = await move('DE');
    const bought = expectStatus(await checkOut(shop, cart.id, card), 201).as(CheckoutView);
    expect(bought.totals).toEqual(home.totals);
  });
});

describe('a cart whose market stops selling in its currency', () => {
  it('is refused, as it is, until the market sells in it again or the cart goes elsewhere', async () => {
    await putUpVariant(shop, 'PAPER', { price: money(500), prices: [money(500, 'CHF')] });
    const swiss = { name: 'Switzerland', countries: ['CH'], taxRate: '0.081', pricesIncludeTax: true };
    const { id } = await openMarket(shop, { ...swiss, currencies: ['EUR', 'CHF'] });
    const sell = async (...currencies: string[]) =>
      expectStatus(await shop.admin('PATCH', `/admin/v1/markets/${id}`, { currencies }), 200);
    const cart = await startCart(shop, { country: 'CH', currency: 'EUR', lines: [{ sku: 'PAPER', quantity: 2 }] });
    const at = `/v1/carts/${cart.id}`;
    const line = `${at}/lines/${cart.lines[0]?.id}`;

    await sell('CHF');
    for (const refused of [
      await shop.send('PATCH', at, { json: { note: 'new' } }),
      await shop.send('POST', `${at}/lines`, { json: { sku: 'PAPER', quantity: 1 } }),
      await shop.send('PATCH', line, { json: { quantity: 7 } }),
      await shop.send('DELETE', line),
      await shop.admin('PUT', `/admin${at}/customer`, { customerId: 'zz' }),
    ])
      expectProblem(refused, 'currency-not-in-market');
    await sell('CHF', 'EUR');
    expect(await readCart(shop, cart.id)).toMatchObject({ version: cart.version, note: null, lines: cart.lines });

    await sell('CHF');
    const moved = await shop.send('PATCH', at, { json: { shippingAddress: { ...address, country: 'DE' } } });
    expectStatus(moved, 200);
    expectStatus(await shop.send('PATCH', line, { json: { quantity: 3 } }), 200);
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
        json: { cartId: cart.id, payment: card, expectedTotal: { amount, currency: 'EUR' } },
      });
    const { amount } = opened.totals.total;
    expect(expectProblem(await pay(amount - 1), 'price-changed').total).toEqual(opened.totals.total);
    expectStatus(await pay(amount), 200);
  });
});
