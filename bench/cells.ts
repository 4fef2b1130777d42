/**
 * What the shop is asked. Each cell names the baseline that it is compared with, and prepares what it needs before the clock
 * runs.
 */
import { randomUUID } from 'node:crypto';
import type { BaselineName } from './baselines.ts';
import { Connection } from './http-client.ts';
import { ask, load, type Work } from './load.ts';
import {
  addLine,
  cacheBuster,
  checkout,
  get,
  makeCart,
  makeReadyCart,
  newCart,
  nextSku,
  takeJourney,
} from './requests.ts';
import { handleOf, productsTotal } from './shop.ts';

export interface Cell {
  readonly name: string;
  readonly title: string;
  readonly baseline: BaselineName;
  /** The least that it shall reach: a share of its baseline, or so many per second. Null: it is there to be compared with. */
  readonly target: { readonly share: number } | { readonly perSecond: number } | null;
  readonly isWriting: boolean;
  /** Cells of a group take turns, because they are compared with each other. */
  readonly group?: string;
  /** As many as usual where it is not said. */
  readonly connections?: number;
  prepare(port: number, seconds: number): Promise<Work>;
}

/** More are made than the fastest run uses up. */
const cartsPerSecond = 350;
const linesPerSecond = 1_500;

let turn = 0;

/** Carts of two lines, by default such as may be checked out. */
export async function makeCarts(port: number, total: number, make = makeReadyCart): Promise<string[]> {
  const cartIds: string[] = [];
  await load({ port, connections: 16, seconds: 600 }, async (connection) => {
    if (cartIds.length >= total) return false;
    cartIds.push(await make(connection, nextSku(), nextSku()));
    return undefined;
  });
  return cartIds;
}

/** Carts of ten lines, each of which is filled up to thirty before the next is begun, as a big cart of a shopper is. */
async function growingCarts(port: number, seconds: number): Promise<() => string | undefined> {
  const [smallest, largest] = [10, 30];
  const total = Math.ceil((seconds * linesPerSecond) / (largest - smallest)) + 64;
  const carts: { readonly id: string; lines: number }[] = [];
  await load({ port, connections: 16, seconds: 600 }, async (connection) => {
    if (carts.length >= total) return false;
    carts.push({ id: await makeCart(connection, ...Array.from({ length: smallest }, nextSku)), lines: smallest });
    return undefined;
  });
  let next = 0;
  // Sixteen carts are open at a time, one for each connection.
  const open = carts.splice(0, 16);
  return () => {
    const place = next++ % open.length;
    const cart = open[place];
    if (cart === undefined) return undefined;
    cart.lines += 1;
    const fresh = cart.lines === largest ? carts.pop() : undefined;
    if (fresh !== undefined) open[place] = fresh;
    return cart.lines > largest ? undefined : cart.id;
  };
}

/** Adds lines to growing carts, each under a key of its own or under none. */
const growCarts =
  (keyOf: () => string | null) =>
  async (port: number, seconds: number): Promise<Work> => {
    const nextCart = await growingCarts(port, seconds);
    return async (connection) => {
      const cartId = nextCart();
      if (cartId === undefined) return false;
      await ask(connection, addLine(cartId, nextSku(), keyOf()), 201);
      return undefined;
    };
  };

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
    title: 'product page, cached',
    baseline: 'hello',
    target: { share: 0.6 },
    isWriting: false,
    prepare: async () => async (connection) =>
      void (await ask(connection, get(`/v1/products/${handleOf(turn++ % 100)}`), 200)),
  },
  {
    name: 'product',
    title: 'product page, not cached',
    baseline: 'read',
    target: { share: 0.6 },
    isWriting: false,
    prepare: async () => async (connection) =>
      void (await ask(connection, get(`/v1/products/${handleOf(turn++ % productsTotal)}?${cacheBuster()}`), 200)),
  },
  {
    name: 'list-cached',
    title: 'list of 20, cached',
    baseline: 'hello',
    target: { share: 0.6 },
    isWriting: false,
    prepare: async () => async (connection) => void (await ask(connection, get('/v1/products?limit=20'), 200)),
  },
  {
    name: 'list',
    title: 'list of 20, not cached',
    baseline: 'join',
    target: { share: 0.6 },
    isWriting: false,
    prepare: async (port) => {
      const cursors = await cursorsOf(port);
      return async (connection) => {
        const path = `/v1/products?limit=20&cursor=${cursors[turn++ % cursors.length]}&${cacheBuster()}`;
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
      const cartIds = await makeCarts(port, Math.ceil((seconds * cartsPerSecond) / 2), makeCart);
      let next = 0;
      return async (connection) => {
        const cartId = cartIds[next++ % cartIds.length];
        if (cartId === undefined) return false;
        await ask(connection, addLine(cartId, nextSku()), 201);
        return undefined;
      };
    },
  },
  {
    name: 'add-line-keyed',
    title: 'add a line under a key, carts of 10 to 30 lines',
    baseline: 'write',
    target: { share: 0.5 },
    isWriting: true,
    group: 'key',
    prepare: growCarts(randomUUID),
  },
  {
    name: 'add-line-grown',
    title: 'the same without a key',
    baseline: 'write',
    target: null,
    isWriting: true,
    group: 'key',
    prepare: growCarts(() => null),
  },
  {
    name: 'new-cart',
    title: 'new cart with its first line',
    baseline: 'write',
    target: { perSecond: 1000 },
    isWriting: true,
    prepare: async () => async (connection) => void (await ask(connection, newCart([nextSku()]), 201)),
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
    title: 'whole order: new cart of two lines, address, checkout',
    baseline: 'write',
    target: { perSecond: 100 },
    isWriting: true,
    prepare: async () => async (connection) => {
      const cartId = await makeReadyCart(connection, nextSku(), nextSku());
      await ask(connection, checkout(cartId), 201);
      return undefined;
    },
  },
  {
    name: 'journey',
    title: "a shopper's journey, every write under a key",
    baseline: 'write',
    target: { perSecond: 120 },
    isWriting: true,
    prepare: async () => async (connection) => void (await takeJourney(connection)),
  },
  {
    name: 'journey-64',
    title: 'the same over 64 connections',
    baseline: 'write',
    target: { perSecond: 120 },
    isWriting: true,
    connections: 64,
    prepare: async () => async (connection) => void (await takeJourney(connection)),
  },
];

/** Cells that are measured in turns. A cell without a group is one by itself. */
export function groupsOf(wanted: readonly Cell[]): Cell[][] {
  return [...Map.groupBy(wanted, ({ name, group }) => group ?? name).values()];
}
