/**
 * A valid request for every operation that writes, in a shop that has one of everything. What bad input is made of: a test
 * spoils one thing of it and knows that everything else was right.
 */
import type { CartView } from '../../shared/contracts/cart-http.ts';
import { CheckoutView } from '../../shared/contracts/orders-http.ts';
import { Market, ShippingRate } from '../../shared/contracts/pricing-http.ts';
import { Page } from '../../shared/http/pagination.ts';
import { expectStatus } from './client.ts';
import { address, checkOut, fillCart, type Journey, manual, putUp } from './shopping.ts';

export interface WriteOperation {
  readonly name: string;
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly isAdmin: boolean;
  readonly needsKey: boolean;
  readonly valid: Readonly<Record<string, unknown>>;
}

/** What there is in the shop before anything is spoilt. */
export interface Furnished {
  readonly cart: CartView;
  readonly open: CheckoutView;
  readonly operations: readonly WriteOperation[];
}

const eur = (amount: number) => ({ amount, currency: 'EUR' });

export const newProduct = (handle: string) => ({
  handle,
  title: `Product ${handle}`,
  status: 'active',
  vendor: 'Maker',
  tags: ['one', 'two'],
  options: [{ name: 'Size', values: ['S', 'M'] }],
  variants: [
    { sku: `${handle}-s`, options: { Size: 'S' }, price: eur(1000), quantity: 3, weightGrams: 10 },
    { sku: `${handle}-m`, options: { Size: 'M' }, price: eur(1100), quantity: 3, barcode: '4006381333931' },
  ],
});

/** Fills the shop and names every write operation with a body that it would take. */
export async function furnish(shop: Journey): Promise<Furnished> {
  await putUp(shop, { sku: 'SOLD', stock: 100, priceMinor: 1000 });
  const sold = expectStatus(await shop.admin('GET', '/admin/v1/products/sold'), 200);
  expectStatus(await shop.admin('POST', '/admin/v1/collections', { handle: 'taken', title: 'Taken' }), 201);
  const cart = await fillCart(shop, { sku: 'SOLD', quantity: 1 });
  const other = await fillCart(shop, { sku: 'SOLD', quantity: 1 });
  const open = expectStatus(await checkOut(shop, other.id, null), 201).as(CheckoutView);
  const market = expectStatus(await shop.admin('GET', '/admin/v1/markets'), 200).as(Page(Market)).items[0];
  const rate = expectStatus(await shop.admin('GET', '/admin/v1/shipping-rates'), 200).as(Page(ShippingRate)).items[0];
  const line = { sku: 'SOLD', quantity: 1, attributes: { engraving: 'A' } };
  const etag = sold.headers.etag ?? '';
  if (etag === '') throw new Error('A product has an entity tag');
  const shopper = (
    name: string,
    method: 'POST' | 'PATCH',
    path: string,
    valid: WriteOperation['valid'],
    needsKey = false,
  ): WriteOperation => ({ name, method, path, valid, needsKey, isAdmin: false });
  const merchant = (name: string, method: 'POST' | 'PATCH', path: string, valid: WriteOperation['valid']) => ({
    ...shopper(name, method, `/admin/v1/${path}`, valid),
    isAdmin: true,
  });
  return {
    cart,
    open,
    operations: [
      shopper('createCart', 'POST', '/v1/carts', { country: 'DE', currency: 'EUR', lines: [line] }),
      shopper('changeCart', 'PATCH', `/v1/carts/${cart.id}`, {
        email: 'ada@example.com',
        shippingAddress: address,
        billingAddress: address,
        note: 'Ring twice',
        attributes: { gift: 'yes' },
        discountCodes: [],
        giftCards: [],
        vatId: 'DE123456789',
      }),
      shopper('addLine', 'POST', `/v1/carts/${cart.id}/lines`, line),
      shopper('changeLine', 'PATCH', `/v1/carts/${cart.id}/lines/${cart.lines[0]?.id}`, { quantity: 2 }),
      shopper(
        'startCheckout',
        'POST',
        '/v1/checkouts',
        { cartId: cart.id, payment: manual, expectedTotal: cart.totals.total },
        true,
      ),
      shopper('completeCheckout', 'POST', `/v1/checkouts/${open.id}/complete`, { payment: manual }, true),
      shopper('cancelCheckout', 'POST', `/v1/checkouts/${open.id}/cancel`, {}, true),
      merchant('createProduct', 'POST', 'products', newProduct('fresh')),
      merchant('editProduct', 'PATCH', 'products/sold', { title: 'Other', tags: ['x'], status: 'draft' }),
      merchant('createCollection', 'POST', 'collections', { handle: 'fresh', title: 'Fresh', products: ['sold'] }),
      merchant('editCollection', 'PATCH', 'collections/taken', { title: 'Other', descriptionHtml: 'x' }),
      merchant('adjustStock', 'POST', 'inventory/SOLD/adjustments', { delta: 1, reason: 'found' }),
      merchant('createLocation', 'POST', 'locations', { id: 'loc_fresh', name: 'Fresh' }),
      merchant('createMarket', 'POST', 'markets', {
        name: 'Norway',
        countries: ['NO'],
        currencies: ['NOK'],
        taxRate: '0.25',
        pricesIncludeTax: true,
      }),
      merchant('patchMarket', 'PATCH', `markets/${market?.id}`, { name: 'Other', taxRate: '0.1' }),
      merchant('createShippingRate', 'POST', 'shipping-rates', {
        marketId: market?.id,
        name: 'Fresh',
        prices: [eur(100)],
        freeFrom: [eur(9000)],
      }),
      merchant('patchShippingRate', 'PATCH', `shipping-rates/${rate?.id}`, { name: 'Other', prices: [eur(1)] }),
    ],
  };
}
