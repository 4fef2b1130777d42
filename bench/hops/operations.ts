/** What a shopper and a merchant do, one request at a time. Everything that a request needs is prepared before it is measured. */
import { randomUUID } from 'node:crypto';
import { stockObjectNameOf, stockObjectNames } from '../../shared/values/placement.ts';
import type { Connection, Exchange } from '../http-client.ts';
import { ask } from '../load.ts';
import {
  addLine,
  cacheBuster,
  changeCart,
  checkout,
  chooseOption,
  deliverTo,
  get,
  makeCart,
  makeReadyCart,
  newCart,
  optionOf,
  shippingOptions,
} from '../requests.ts';
import { handleOf, skuOf } from '../shop.ts';

export interface Operation {
  readonly name: string;
  readonly title: string;
  readonly status: number;
  /** True for the requests that make one order: a cart of two lines, address, options, choice, checkout. */
  readonly isOfJourney: boolean;
  /** True when it publishes events, which are relayed, handled and proven after the answer. */
  readonly isFollowed: boolean;
  prepare(shopping: Shopping): Promise<Exchange>;
}

export interface Shopping {
  readonly connection: Connection;
  readonly adminKey: string;
}

/** Products that were sold before: the first sale of a unit also opens its stock. */
const productsTotal = 200;
let skus: readonly string[] = [];
let turn = 0;

/** So many products, each in another Stock object than the others as far as there are objects: the worst that a cart can be. */
export function nextSkus(howMany: number): string[] {
  return Array.from({ length: howMany }, () => skus[turn++ % skus.length] ?? '');
}

/** Products that another shopper has just put into a cart, so that the Workers have them in their caches. */
async function cachedSkus(connection: Connection, howMany: number): Promise<string[]> {
  const wanted = nextSkus(howMany);
  await makeCart(connection, ...wanted);
  return wanted;
}

/** Buys every product once, so that what is measured afterwards is what an order costs in an open shop. */
export async function openStock(shopping: Shopping): Promise<void> {
  const { connection } = shopping;
  const all = Array.from({ length: productsTotal }, (_, product) => skuOf(product, 0));
  skus = await acrossObjects(shopping, all);
  for (let bought = 0; bought < skus.length; bought += 20) {
    const cartId = await makeReadyCart(connection, ...skus.slice(bought, bought + 20));
    await ask(connection, checkout(cartId), 201);
  }
}

/** The same number of SKUs of every Stock object, in turn. */
async function acrossObjects({ connection, adminKey }: Shopping, all: readonly string[]): Promise<string[]> {
  const byObject = new Map<string, string[]>(stockObjectNames.map((name) => [name, []]));
  for (const sku of all) {
    const headers = { authorization: `Bearer ${adminKey}` };
    const { body } = await ask(connection, { method: 'GET', path: `/admin/v1/inventory/${sku}`, headers }, 200);
    const { stockUnitId }: { stockUnitId: string } = JSON.parse(body.toString());
    byObject.get(stockObjectNameOf(stockUnitId))?.push(sku);
  }
  const rows = Math.min(...[...byObject.values()].map(({ length }) => length));
  if (rows === 0) throw new Error('A Stock object has none of the products: take more of them');
  return Array.from({ length: rows }, (_, row) => [...byObject.values()].map((units) => units[row] ?? '')).flat();
}

/** A cart that knows where it goes and how. */
async function readyCart({ connection }: Shopping, lines: number): Promise<string> {
  const cartId = await makeReadyCart(connection, ...nextSkus(lines));
  const option = optionOf((await ask(connection, shippingOptions(cartId), 200)).body);
  await ask(connection, chooseOption(cartId, option), 200);
  return cartId;
}

function merchant({ adminKey }: Shopping, path: string, body: unknown): Exchange {
  const headers = { authorization: `Bearer ${adminKey}`, 'idempotency-key': randomUUID() };
  return { method: 'POST', path: `/admin/v1/${path}`, headers, body };
}

/** The id of the order and of its first line. */
async function makeOrder(shopping: Shopping): Promise<{ readonly orderId: string; readonly lineId: string }> {
  const { connection } = shopping;
  const { body } = await ask(connection, checkout(await readyCart(shopping, 2)), 201);
  const { order, lines }: { order: { id: string }; lines: { id: string }[] } = JSON.parse(body.toString());
  return { orderId: order.id, lineId: lines[0]?.id ?? '' };
}

const limitedCode = 'LIMITED';

/** A code that may be used a million times, so that every use of it is held. */
async function offerLimitedCode(shopping: Shopping): Promise<void> {
  const offer = { kind: 'percent-off-order', rate: '0.10' };
  const draft = { title: 'Limited', codes: [limitedCode], offer, limits: { usesMax: 1_000_000 } };
  const answer = await shopping.connection.send(merchant(shopping, 'promotions', draft));
  if (answer.status !== 201 && answer.status !== 409) throw new Error(`No promotion: ${answer.body.toString()}`);
}

/** Codes that nobody has named yet. */
const uniqueCodes: string[] = [];

async function nextUniqueCode(shopping: Shopping): Promise<string> {
  const code = uniqueCodes.pop();
  if (code !== undefined) return code;
  const draft = { title: 'Unique', offer: { kind: 'percent-off-order', rate: '0.10' }, hasUniqueCodes: true };
  const { id }: { id: string } = JSON.parse(
    (await ask(shopping.connection, merchant(shopping, 'promotions', draft), 201)).body.toString(),
  );
  const made = merchant(shopping, `promotions/${id}/codes`, { count: 1_000, usesMax: 1 });
  await ask(shopping.connection, made, 201);
  const headers = { authorization: `Bearer ${shopping.adminKey}` };
  const list: Exchange = { method: 'GET', path: `/admin/v1/promotions/${id}/codes/export`, headers };
  const file = (await ask(shopping.connection, list, 200)).body.toString();
  for (const row of file.trim().split('\n').slice(1)) uniqueCodes.push(row.split(',')[0] ?? '');
  return nextUniqueCode(shopping);
}

async function issueCard(shopping: Shopping): Promise<string> {
  const draft = { amount: { amount: 500, currency: 'EUR' } };
  const { body } = await ask(shopping.connection, merchant(shopping, 'gift-cards', draft), 201);
  const card: { code: string } = JSON.parse(body.toString());
  return card.code;
}

const read = { status: 200, isOfJourney: false, isFollowed: false } as const;
const cart = { isOfJourney: true, isFollowed: false } as const;
const order = { status: 201, isOfJourney: false, isFollowed: true } as const;

const checkoutOf = (lines: number): Operation => ({
  ...order,
  name: `checkout-${lines}`,
  title: `checkout of ${lines === 1 ? 'one line' : `${lines} lines`}`,
  isOfJourney: lines === 2,
  prepare: async (shopping) => checkout(await readyCart(shopping, lines)),
});

export const operations: readonly Operation[] = [
  {
    ...read,
    name: 'product',
    title: 'product page, not cached',
    prepare: async () => get(`/v1/products/${handleOf(turn++ % 500)}?${cacheBuster()}`),
  },
  {
    ...read,
    name: 'list',
    title: 'list of 20, not cached',
    prepare: async () => get(`/v1/products?limit=20&${cacheBuster()}`),
  },
  {
    ...cart,
    name: 'new-cart',
    title: 'new cart with its first line',
    status: 201,
    prepare: async ({ connection }) => newCart(await cachedSkus(connection, 1), randomUUID()),
  },
  {
    ...cart,
    name: 'add-line',
    title: 'add a line',
    status: 201,
    prepare: async ({ connection }) => {
      const [first = '', second = ''] = await cachedSkus(connection, 2);
      return addLine(await makeCart(connection, first), second, randomUUID());
    },
  },
  {
    ...cart,
    name: 'details',
    title: 'email and address',
    status: 200,
    prepare: async ({ connection }) => deliverTo(await makeCart(connection, ...nextSkus(2))),
  },
  {
    ...cart,
    name: 'options',
    title: 'shipping options',
    status: 200,
    prepare: async ({ connection }) => {
      return shippingOptions(await makeReadyCart(connection, ...nextSkus(2)));
    },
  },
  {
    ...cart,
    name: 'option',
    title: 'choice of the option',
    status: 200,
    prepare: async ({ connection }) => {
      const cartId = await makeReadyCart(connection, ...nextSkus(2));
      return chooseOption(cartId, optionOf((await ask(connection, shippingOptions(cartId), 200)).body));
    },
  },
  {
    ...read,
    name: 'name-code',
    title: 'a cart names a limited code',
    prepare: async (shopping) => {
      await offerLimitedCode(shopping);
      return changeCart(await makeReadyCart(shopping.connection, ...nextSkus(2)), { discountCodes: [limitedCode] });
    },
  },
  {
    ...read,
    name: 'name-unique',
    title: 'a cart names a unique code',
    prepare: async (shopping) => {
      const discountCodes = [await nextUniqueCode(shopping)];
      return changeCart(await makeReadyCart(shopping.connection, ...nextSkus(2)), { discountCodes });
    },
  },
  ...[1, 2, 5, 20].map(checkoutOf),
  {
    ...order,
    name: 'checkout-unique',
    title: 'checkout of 2 lines with a unique code',
    prepare: async (shopping) => {
      const cartId = await readyCart(shopping, 2);
      await ask(shopping.connection, changeCart(cartId, { discountCodes: [await nextUniqueCode(shopping)] }), 200);
      return checkout(cartId);
    },
  },
  {
    ...order,
    name: 'checkout-code',
    title: 'checkout of 2 lines with a limited code',
    prepare: async (shopping) => {
      await offerLimitedCode(shopping);
      const cartId = await readyCart(shopping, 2);
      await ask(shopping.connection, changeCart(cartId, { discountCodes: [limitedCode] }), 200);
      return checkout(cartId);
    },
  },
  {
    ...order,
    name: 'checkout-card',
    title: 'checkout of 2 lines, partly by gift card',
    prepare: async (shopping) => {
      const cartId = await readyCart(shopping, 2);
      await ask(shopping.connection, changeCart(cartId, { giftCards: [await issueCard(shopping)] }), 200);
      return checkout(cartId);
    },
  },
  {
    ...order,
    name: 'fulfillment',
    title: 'merchant ships an order of 2 lines',
    prepare: async (shopping) => {
      const { orderId } = await makeOrder(shopping);
      return merchant(shopping, `orders/${orderId}/fulfillments`, { shipUnpaid: true });
    },
  },
  {
    ...order,
    name: 'refund',
    title: 'merchant refunds one line of 2',
    prepare: async (shopping) => {
      const { orderId, lineId } = await makeOrder(shopping);
      return merchant(shopping, `orders/${orderId}/refunds`, { lines: [{ lineId, quantity: 1 }] });
    },
  },
];
