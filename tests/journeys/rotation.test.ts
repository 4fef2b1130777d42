/**
 * The shop's secret and its admin key are replaced under a running shop: first both old and new count, then the new ones alone.
 * What shoppers were given before goes on working meanwhile, and what the shop itself needs goes on for good.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { ShopperOrderView } from '../../shared/contracts/orders/orders-http.ts';
import { GiftCardView } from '../../shared/contracts/pricing/gift-cards-http.ts';
import { Page } from '../../shared/http/pagination.ts';
import { ask, readOrder } from './back-office.ts';
import { createClient, expectProblem, expectStatus, newKey } from './client.ts';
import { changeCart, importFile, money, startCart } from './merchant.ts';
import {
  checkOut,
  fillCart,
  type Journey,
  orderOf,
  putUp,
  readCart,
  sandbox,
  startJourney,
  until,
} from './shopping.ts';

const newAdminKey = 'vak_thenewone000000000000000000000';
const [first, second] = ['the first secret of all', 'the second secret of all'];

let shop: Journey;
beforeAll(async () => {
  shop = await startJourney({ env: { VITRINE_SECRET: first } });
});
afterAll(async () => {
  expect(await shop.end()).toEqual([]);
});

const soldCards = async (orderId: string) =>
  expectStatus(await shop.admin('GET', `/admin/v1/gift-cards?orderId=${orderId}`), 200).as(Page(GiftCardView)).items;

const readOwn = (orderId: string, token: string) =>
  shop.send('GET', `/v1/orders/${orderId}`, { headers: { authorization: `Bearer ${token}` } });

it('carts, checkouts, orders and gift cards of before go on, and what the merchant does with them', async () => {
  await putUp(shop, { sku: 'ROT', stock: 50, priceMinor: 1000 });
  const header = 'Handle,Title,Gift Card,Variant SKU,Variant Price,Variant Inventory Qty';
  await importFile(shop, `${header}\nvoucher,Voucher,TRUE,VOUCHER,25.00,100\n`);
  const cart = await fillCart(shop, { sku: 'ROT', quantity: 1 });
  const open = expectStatus(await checkOut(shop, (await fillCart(shop, { sku: 'ROT', quantity: 2 })).id, null), 201).as(
    CheckoutView,
  );
  const key = newKey();
  const sale = await fillCart(shop, { sku: 'VOUCHER', quantity: 1 }, { sku: 'ROT', quantity: 1 });
  const bought = expectStatus(await checkOut(shop, sale.id, sandbox('ok'), { idempotencyKey: key }), 201).as(
    CheckoutView,
  );
  const order = orderOf(bought);
  const [card] = await until(
    () => soldCards(order.id),
    (cards) => cards.length === 1,
  );

  await shop.shop.kill9();
  const rotating = { VITRINE_SECRET: second, VITRINE_ADMIN_KEY: newAdminKey };
  await shop.shop.restart({
    ...rotating,
    VITRINE_SECRET_PREVIOUS: first,
    VITRINE_ADMIN_KEY_PREVIOUS: shop.shop.adminKey,
  });

  expect((await readCart(shop, cart.id)).lines).toHaveLength(1);
  expectStatus(await readOwn(order.id, order.accessToken), 200).as(ShopperOrderView);
  const again = expectStatus(await checkOut(shop, sale.id, sandbox('ok'), { idempotencyKey: key }), 201).as(
    CheckoutView,
  );
  expect([again.id, orderOf(again).id]).toEqual([bought.id, order.id]);
  expectStatus(await readOwn(order.id, orderOf(again).accessToken), 200);
  const paid = await shop.send('POST', `/v1/checkouts/${open.id}/complete`, {
    json: { payment: sandbox('ok') },
    idempotencyKey: newKey(),
  });
  const later = orderOf(expectStatus(paid, 200).as(CheckoutView));
  expect((await soldCards(order.id)).map(({ code }) => code)).toEqual([card?.code]);
  const spending = await startCart(shop, { country: 'DE', lines: [{ sku: 'ROT', quantity: 1 }] }, {});
  const { totals } = await changeCart(shop, spending.id, { giftCards: [card?.code ?? ''] });
  expect(totals.giftCards).toEqual(money(1490));

  const byNewKey = createClient({ url: shop.shop.url, adminKey: newAdminKey });
  for (const client of [shop, byNewKey])
    expectStatus(await client.send('GET', '/admin/v1/orders?limit=1', { isAdmin: true }), 200);

  await shop.shop.restart({ ...rotating, VITRINE_SECRET_PREVIOUS: '', VITRINE_ADMIN_KEY_PREVIOUS: '' });
  expectProblem(await shop.admin('GET', '/admin/v1/orders?limit=1'), 'not-authenticated');
  expectProblem(await shop.send('GET', `/v1/carts/${cart.id}`), 'not-found');
  expectProblem(await readOwn(order.id, order.accessToken), 'not-found');
  expectStatus(await readOwn(order.id, orderOf(again).accessToken), 200);
  expect((await readCart(shop, spending.id)).totals.giftCards).toEqual(money(1490));
  const merchant: Journey = {
    ...shop,
    admin: (method, path, json, more) =>
      byNewKey.send(method, path, {
        ...(method === 'GET' ? {} : { idempotencyKey: newKey() }),
        ...more,
        json,
        isAdmin: true,
      }),
  };
  for (const { id } of [order, later]) {
    expect((await readOrder(merchant, id)).status).toBe('paid');
    expectStatus(await ask(merchant, id, '/fulfillments', {}), 200, 201);
  }
  byNewKey.close();
});
