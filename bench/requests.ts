/** The requests of shoppers, and what of their answers the next request needs. */
import { randomUUID } from 'node:crypto';
import type { Connection, Exchange } from './http-client.ts';
import { ask } from './load.ts';
import { productsTotal, skuOf } from './shop.ts';

let turn = 0;

/** Each product before any comes again; neighbours differ in both coordinates. */
export const nextSku = (): string => {
  turn += 1;
  return skuOf(turn % productsTotal, Math.floor(turn / productsTotal));
};

/** An address that is not in the router's cache any more: 676 countries times the currencies. */
export function cacheBuster(): string {
  turn += 1;
  const letter = (index: number) => String.fromCharCode(65 + (index % 26));
  const currency = ['EUR', 'USD', 'GBP'][Math.floor(turn / 676) % 3];
  return `country=${letter(turn)}${letter(Math.floor(turn / 26))}&currency=${currency}`;
}

export const get = (path: string): Exchange => ({ method: 'GET', path });

/** Clients should send a key with every write; a request without one shows what the key costs. */
type Key = string | null;
const keyed = (key: Key) => (key === null ? {} : { headers: { 'idempotency-key': key } });

export const newCart = (skus: readonly string[], key: Key = null): Exchange => ({
  method: 'POST',
  path: '/v1/carts',
  ...keyed(key),
  body: { lines: skus.map((sku) => ({ sku, quantity: 1 })) },
});

export const addLine = (cartId: string, sku: string, key: Key = null): Exchange => ({
  method: 'POST',
  path: `/v1/carts/${cartId}/lines`,
  ...keyed(key),
  body: { sku, quantity: 1 },
});

export const changeCart = (cartId: string, body: unknown): Exchange => ({
  method: 'PATCH',
  path: `/v1/carts/${cartId}`,
  ...keyed(randomUUID()),
  body,
});

const shippingAddress = {
  firstName: 'Ada',
  lastName: 'Example',
  address1: 'Main Street 1',
  city: 'Berlin',
  postalCode: '10115',
  country: 'DE',
};

export const deliverTo = (cartId: string, more: object = {}): Exchange =>
  changeCart(cartId, { email: 'ada@example.com', shippingAddress, ...more });

export const shippingOptions = (cartId: string): Exchange => get(`/v1/carts/${cartId}/shipping-options`);

export const chooseOption = (cartId: string, shippingOptionId: string): Exchange =>
  changeCart(cartId, { shippingOptionId });

export const checkout = (cartId: string): Exchange => ({
  method: 'POST',
  path: '/v1/checkouts',
  ...keyed(randomUUID()),
  body: { cartId, payment: { provider: 'manual' } },
});

/** A cart with a line for each SKU that may be checked out: it knows its buyer and where it goes. */
export async function makeReadyCart(connection: Connection, ...skus: string[]): Promise<string> {
  const cartId = await makeCart(connection, ...skus);
  await ask(connection, deliverTo(cartId), 200);
  return cartId;
}

export async function makeCart(connection: Connection, ...skus: string[]): Promise<string> {
  const { body } = await ask(connection, newCart(skus), 201);
  return idOf(body);
}

/** The id opens the document: parsing all of it would cost the time of the server. */
export function idOf(body: Buffer): string {
  const id = /^\{"id":"([^"]+)"/.exec(body.toString('latin1', 0, 100))?.[1];
  if (id === undefined) throw new Error(`An answer without an id: ${body.toString()}`);
  return id;
}

/** The first of the shipping options. */
export function optionOf(body: Buffer): string {
  const id = /"id":"([^"]+)"/.exec(body.toString('latin1'))?.[1];
  if (id === undefined) throw new Error(`No shipping option: ${body.toString()}`);
  return id;
}

/**
 * A shopper's whole way to an order: a cart of two lines, address, shipping options, choice, checkout, every write under a key
 * of its own.
 *
 * @param more is given with the address
 */
export async function takeJourney(connection: Connection, more: object = {}): Promise<void> {
  const cartId = idOf((await ask(connection, newCart([nextSku(), nextSku()], randomUUID()), 201)).body);
  await ask(connection, deliverTo(cartId, more), 200);
  const option = optionOf((await ask(connection, shippingOptions(cartId), 200)).body);
  await ask(connection, chooseOption(cartId, option), 200);
  await ask(connection, checkout(cartId), 201);
}
