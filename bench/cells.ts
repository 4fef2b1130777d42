/**
 * What the shop is asked. Each cell names the baseline that it is compared with, and prepares what it needs before the clock
 * runs.
 */
import { randomUUID } from 'node:crypto';
import type { BaselineName } from './baselines.ts';
import { Connection, type Exchange } from './http-client.ts';
import { ask, load, type Work } from './load.ts';
import { handleOf, productsTotal, skuOf } from './shop.ts';

export interface Cell {
  readonly name: string;
  readonly title: string;
  readonly baseline: BaselineName;
  /** The least that it shall reach: a share of its baseline, or so many per second. */
  readonly target: { readonly share: number } | { readonly perSecond: number };
  readonly isWriting: boolean;
  prepare(port: number, seconds: number): Promise<Work>;
}

/** More are made than the fastest run uses up. */
const cartsPerSecond = 350;

let turn = 0;

/** Each product before any comes again; neighbours differ in both coordinates. */
const nextSku = (): string => {
  turn += 1;
  return skuOf(turn % productsTotal, Math.floor(turn / productsTotal));
};

/** An address that was not asked for within the lifetime of the router's memory: 676 countries times the currencies. */
function cacheBuster(): string {
  turn += 1;
  const letter = (index: number) => String.fromCharCode(65 + (index % 26));
  const currency = ['EUR', 'USD', 'GBP'][Math.floor(turn / 676) % 3];
  return `country=${letter(turn)}${letter(Math.floor(turn / 26))}&currency=${currency}`;
}

const get = (path: string): Exchange => ({ method: 'GET', path });

const newCart = (...skus: string[]): Exchange => ({
  method: 'POST',
  path: '/v1/carts',
  body: { lines: skus.map((sku) => ({ sku, quantity: 1 })) },
});

export const checkout = (cartId: string): Exchange => ({
  method: 'POST',
  path: '/v1/checkouts',
  headers: { 'idempotency-key': randomUUID() },
  body: { cartId, payment: { provider: 'manual' } },
});

export async function makeCart(connection: Connection, ...skus: string[]): Promise<string> {
  const { body } = await ask(connection, newCart(...skus), 201);
  return idOf(body);
}

/** The id opens the document: parsing all of it would cost the time of the server. */
function idOf(body: Buffer): string {
  const id = /^\{"id":"([^"]+)"/.exec(body.toString('latin1', 0, 100))?.[1];
  if (id === undefined) throw new Error(`An answer without an id: ${body.toString()}`);
  return id;
}

async function makeCarts(port: number, total: number): Promise<string[]> {
  const cartIds: string[] = [];
  await load({ port, connections: 16, seconds: 600 }, async (connection) => {
    if (cartIds.length >= total) return false;
    cartIds.push(await makeCart(connection, nextSku(), nextSku()));
    return undefined;
  });
  return cartIds;
}

/** The cursors of all pages of the list, so that the pages that are asked for differ. */
async function cursorsOf(port: number): Promise<string[]> {
  const connection = await Connection.open(port);
  const cursors: string[] = [];
  for (let path = '/v1/products?limit=20'; ; ) {
    const { body } = await ask(connection, get(path), 200);
    const page: { next: string | null } = JSON.parse(body.toString());
    if (page.next === null) break;
    cursors.push(encodeURIComponent(page.next));
    path = `/v1/products?limit=20&cursor=${cursors.at(-1)}`;
  }
  connection.close();
  // The last page may be short.
  return cursors.slice(0, -1);
}

export const cells: readonly Cell[] = [
  {
    name: 'product-cached',
    title: 'product page, from memory',
    baseline: 'hello',
    target: { share: 0.6 },
    isWriting: false,
    prepare: async () => async (connection) =>
      void (await ask(connection, get(`/v1/products/${handleOf(turn++ % 100)}`), 200)),
  },
  {
    name: 'product',
    title: 'product page, not remembered',
    baseline: 'read',
    target: { share: 0.6 },
    isWriting: false,
    prepare: async () => async (connection) =>
      void (await ask(connection, get(`/v1/products/${handleOf(turn % productsTotal)}?${cacheBuster()}`), 200)),
  },
  {
    name: 'list-cached',
    title: 'list of 20, from memory',
    baseline: 'hello',
    target: { share: 0.6 },
    isWriting: false,
    prepare: async () => async (connection) => void (await ask(connection, get('/v1/products?limit=20'), 200)),
  },
  {
    name: 'list',
    title: 'list of 20, not remembered',
    baseline: 'join',
    target: { share: 0.6 },
    isWriting: false,
    prepare: async (port) => {
      const cursors = await cursorsOf(port);
      return async (connection) => {
        const path = `/v1/products?limit=20&cursor=${cursors[turn % cursors.length]}&${cacheBuster()}`;
        await ask(connection, get(path), 200);
        return undefined;
      };
    },
  },
  {
    name: 'add-line',
    title: 'add a line to a cart',
    baseline: 'write',
    target: { share: 0.6 },
    isWriting: true,
    prepare: async (port, seconds) => {
      // Each cart takes a dozen lines at most, as carts of people do.
      const cartIds = await makeCarts(port, Math.ceil((seconds * cartsPerSecond) / 2));
      let next = 0;
      return async (connection) => {
        const cartId = cartIds[next++ % cartIds.length];
        const body = { sku: nextSku(), quantity: 1 };
        await ask(connection, { method: 'POST', path: `/v1/carts/${cartId}/lines`, body }, 201);
        return undefined;
      };
    },
  },
  {
    name: 'new-cart',
    title: 'new cart with its first line',
    baseline: 'write',
    target: { perSecond: 1000 },
    isWriting: true,
    prepare: async () => async (connection) => void (await ask(connection, newCart(nextSku()), 201)),
  },
  {
    name: 'checkout',
    title: 'checkout of two lines, manual payment',
    baseline: 'write',
    target: { perSecond: 100 },
    isWriting: true,
    prepare: async (port, seconds) => {
      const cartIds = await makeCarts(port, Math.ceil(seconds * cartsPerSecond));
      return async (connection) => {
        const cartId = cartIds.pop();
        if (cartId === undefined) return false;
        await ask(connection, checkout(cartId), 201);
        return undefined;
      };
    },
  },
  {
    name: 'order',
    title: 'whole order: new cart of two lines, checkout',
    baseline: 'write',
    target: { perSecond: 100 },
    isWriting: true,
    prepare: async () => async (connection) => {
      const cartId = await makeCart(connection, nextSku(), nextSku());
      await ask(connection, checkout(cartId), 201);
      return undefined;
    },
  },
];
