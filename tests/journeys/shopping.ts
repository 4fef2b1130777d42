/**
 * What journeys do again and again: a merchant puts a product up, a shopper fills a cart and checks out, and witnesses say
 * afterwards what became of stock, money and orders. Every answer is checked against its contract on the way.
 */
import { afterAll, beforeAll, expect } from 'vitest';
import type * as z from 'zod';
import { CartView } from '../../shared/contracts/cart/http.ts';
import { Product } from '../../shared/contracts/catalog/products.ts';
import { StockView } from '../../shared/contracts/inventory/http.ts';
import { LoggedEvent } from '../../shared/contracts/notifications/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { OrderListItem } from '../../shared/contracts/orders/order-lists-http.ts';
import { SandboxLedgerView } from '../../shared/contracts/sandbox/http.ts';
import { Page } from '../../shared/http/pagination.ts';
import { patienceMs } from '../../shared/testing/patience.ts';
import type { Address } from '../../shared/values/address.ts';
import { type Answer, type Client, createClient, expectStatus, newKey, type Send } from './client.ts';
import { type ShopOptions, startShop, type TestShop } from './server.ts';

export interface Journey extends Client {
  readonly shop: TestShop;
  /** Asks as the merchant, under a fresh key where none is given. */
  admin(method: string, path: string, json?: unknown, more?: Send): Promise<Answer>;
  /** What the shop has logged as errors: defects of ours, and neighbours that broke. */
  errorsLogged(): string[];
  /** Answers the errors that were logged until then: what the end itself cuts off is no defect. */
  end(): Promise<readonly string[]>;
}

/** A neighbour that is late on a busy machine is no defect: what its lateness breaks is seen in answers. */
const isDelay = /no answer within \d+ ms/;

/** Starts an empty shop with a client for it. */
export async function startJourney(options: ShopOptions = {}): Promise<Journey> {
  const shop = await startShop(options);
  const client = createClient(shop);
  const errorsLogged = (): string[] =>
    shop
      .log()
      .split('\n')
      .filter((line) => line.includes('"level":"error"') || /uncaught/i.test(line))
      .filter((line) => !isDelay.test(line));
  return {
    ...client,
    shop,
    admin: (method, path, json, more) =>
      client.send(method, path, {
        ...(method === 'GET' ? {} : { idempotencyKey: newKey() }),
        ...more,
        json,
        isAdmin: true,
      }),
    errorsLogged,
    end: async () => {
      client.close();
      const errors = errorsLogged();
      await shop.stop();
      return errors;
    },
  };
}

/** A shop for all tests of a file, started empty before them. At the end nothing of what they did may have been a defect. */
export function journeyOfFile(options: ShopOptions = {}): Journey {
  let started: Journey | undefined;
  const journey = (): Journey => {
    if (started === undefined) throw new Error('The shop starts before all tests, and has not started yet');
    return started;
  };
  beforeAll(async () => {
    started = await startJourney(options);
  });
  afterAll(async () => {
    if (started !== undefined) expect(await started.end()).toEqual([]);
  });
  return {
    get shop() {
      return journey().shop;
    },
    send: (...given) => journey().send(...given),
    admin: (...given) => journey().admin(...given),
    errorsLogged: () => journey().errorsLogged(),
    close: () => journey().close(),
    end: () => journey().end(),
  };
}

export interface Goods {
  readonly sku: string;
  readonly stock: number;
  readonly priceMinor: number;
  readonly currency?: string;
}

/** Puts up a product with one variant, whose handle is the SKU in lower case. */
export async function putUp(
  journey: Journey,
  { sku, stock, priceMinor, currency = 'EUR' }: Goods,
): Promise<z.infer<typeof Product>> {
  const answer = await journey.admin('POST', '/admin/v1/products', {
    handle: sku.toLowerCase().replaceAll('_', '-'),
    title: `Product ${sku}`,
    status: 'active',
    variants: [{ sku, price: { amount: priceMinor, currency }, quantity: stock }],
  });
  return expectStatus(answer, 201).as(Product);
}

export const address = {
  firstName: 'Ada',
  lastName: 'Example',
  address1: 'Main Street 1',
  city: 'Berlin',
  postalCode: '10115',
  country: 'DE',
} as const;

/** Where the rest of the world lives: an address that its country takes, with a telephone number and so without an e-mail. */
export function addressIn(country: string): Address {
  const phone = '030 1234';
  const place = places[country] ?? { city: 'Town' };
  return { firstName: 'Ada', lastName: 'Example', address1: 'Main Street 1', ...place, country, phone };
}
const places: Readonly<Record<string, Pick<Address, 'city' | 'region' | 'postalCode'>>> = {
  AU: { city: 'Sydney', region: 'NSW', postalCode: '2000' },
  AT: { city: 'Wien', postalCode: '1010' },
  BH: { city: 'Manama', postalCode: '317' },
  CA: { city: 'Toronto', region: 'ON', postalCode: 'M5H 2N2' },
  CH: { city: 'Bern', postalCode: '3011' },
  DE: { city: 'Berlin', postalCode: '10115' },
  FR: { city: 'Paris', postalCode: '75001' },
  GB: { city: 'London', postalCode: 'SW1A 1AA' },
  HK: { city: 'Mong Kok', region: 'Kowloon' },
  HU: { city: 'Budapest', postalCode: '1011' },
  IN: { city: 'Mumbai', region: 'MH', postalCode: '400001' },
  JO: { city: 'Amman', postalCode: '11183' },
  JP: { city: 'Chiyoda-ku', region: 'JP-13', postalCode: '100-0001' },
  KR: { city: 'Jongno-gu', region: 'Seoul', postalCode: '03051' },
  KW: { city: 'Kuwait City', postalCode: '54541' },
  MX: { city: 'Oaxaca', region: 'OAX', postalCode: '68000' },
  NO: { city: 'Oslo', postalCode: '0150' },
  NZ: { city: 'Wellington', postalCode: '6011' },
  OM: { city: 'Muscat', postalCode: '133' },
  SG: { city: 'Singapore', postalCode: '238801' },
  TW: { city: 'Zhongzheng', region: 'Taipei', postalCode: '100' },
  US: { city: 'New York', region: 'NY', postalCode: '10001' },
  ZA: { city: 'Cape Town', postalCode: '8001' },
};

export interface Wish {
  readonly sku: string;
  readonly quantity: number;
}

/** A cart with these lines, which knows where it goes. */
export async function fillCart(client: Client, ...wishes: readonly Wish[]): Promise<CartView> {
  const cart = expectStatus(await client.send('POST', '/v1/carts', { json: { lines: wishes } }), 201).as(CartView);
  const json = { shippingAddress: addressIn(cart.country) };
  return expectStatus(await client.send('PATCH', `/v1/carts/${cart.id}`, { json }), 200).as(CartView);
}

export const readCart = async (client: Client, cartId: string): Promise<CartView> =>
  expectStatus(await client.send('GET', `/v1/carts/${cartId}`), 200).as(CartView);

export interface Payment {
  readonly provider: 'manual' | 'sandbox';
  readonly token?: string;
  readonly method?: string;
}
export const manual: Payment = { provider: 'manual' };
export const sandbox = (token: string): Payment => ({ provider: 'sandbox', token });
/** A card that works. */
export const card = sandbox('ok');

/** Checks a cart out, with a payment or without, under a fresh key unless one is given. */
export function checkOut(client: Client, cartId: string, payment: Payment | null, more: Send = {}): Promise<Answer> {
  const json = payment === null ? { cartId } : { cartId, payment };
  return client.send('POST', '/v1/checkouts', { idempotencyKey: newKey(), json, ...more });
}

export function complete(client: Client, checkoutId: string, payment: Payment, more: Send = {}): Promise<Answer> {
  return client.send('POST', `/v1/checkouts/${checkoutId}/complete`, {
    idempotencyKey: newKey(),
    json: { payment },
    ...more,
  });
}

export async function readCheckout(client: Client, checkoutId: string): Promise<CheckoutView> {
  return expectStatus(await client.send('GET', `/v1/checkouts/${checkoutId}`), 200).as(CheckoutView);
}

/** The order of a completed checkout. Throws when there is none. */
export function orderOf(checkout: CheckoutView): NonNullable<CheckoutView['order']> {
  if (checkout.order === null) throw new Error(`The checkout ${checkout.id} is ${checkout.status} and has no order`);
  return checkout.order;
}

/** Buys one SKU to the end and answers the completed checkout. */
export async function buy(client: Client, wish: Wish, payment: Payment = card): Promise<CheckoutView> {
  const cart = await fillCart(client, wish);
  const idempotencyKey = newKey();
  const answer = await untilFinal(() => checkOut(client, cart.id, payment, { idempotencyKey }));
  return expectStatus(answer, 200, 201).as(CheckoutView);
}

/** Asks the same under the same key, as clients are told to, while a busy shop says that it is still at it. */
export const untilFinal = (ask: () => Promise<Answer>): Promise<Answer> => until(ask, isFinal);

const isFinal = ({ status, text }: Answer): boolean =>
  status !== 202 && !(status === 409 && /"code":"(?:request|operation)-in-progress"/.test(text));

export async function stockOf(journey: Journey, sku: string): Promise<StockView> {
  return expectStatus(await journey.admin('GET', `/admin/v1/inventory/${sku}`), 200).as(StockView);
}

/** What the payment provider says itself, of one order or of all. */
export async function ledgerOf(client: Client, orderId?: string): Promise<SandboxLedgerView> {
  const query = orderId === undefined ? '' : `?orderId=${orderId}`;
  return expectStatus(await client.send('GET', `/sandbox/ledger${query}`), 200).as(SandboxLedgerView);
}

/** The id of the order that a checkout has become or would have become. */
export const orderIdOfCheckout = (checkoutId: string): string => `ord_${checkoutId.slice('chk_'.length, 33)}`;

/** All orders as the merchant's list has them, page by page. */
export async function listOrders(journey: Journey): Promise<OrderListItem[]> {
  const items: OrderListItem[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await journey.admin('GET', `/admin/v1/orders?limit=100${query}`);
    const page: z.infer<typeof OrderPage> = expectStatus(answer, 200).as(OrderPage);
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}
const OrderPage = Page(OrderListItem);

/** All events of a type from the log, in the order of their arrival. */
export async function listEvents(journey: Journey, type: string): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  for (;;) {
    const after = events.at(-1)?.position ?? 0;
    const answer = await journey.admin('GET', `/admin/v1/events?type=${type}&after=${after}&limit=100`);
    const page = expectStatus(answer, 200).as(EventPage);
    if (page.items.length === 0) return events;
    events.push(...page.items);
  }
}
const EventPage = Page(LoggedEvent);

/**
 * Asks again until the answer pleases. Throws with the last answer when it never does. A question that throws is not asked again: a
 * refusal of what was acknowledged is a fault at once, and who waits for something that is not there yet asks for the answer itself.
 */
export async function until<Value>(
  ask: () => Promise<Value>,
  isGood: (value: Value) => boolean,
  withinMs = patienceMs,
): Promise<Value> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const value = await ask();
    if (isGood(value)) return value;
    if (performance.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${JSON.stringify(value)}`);
    await pause(100);
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** How long work may take before a moment comes: the later tries are for machines that were too slow for the earlier ones. */
const leadsMs = [2_000, 8_000, 30_000];

/**
 * Does what must be over before a moment that the work is given, and answers that moment with what came of it. Work that was late
 * proves nothing, whether it threw or not: it is done anew before a moment that is further away.
 */
export async function inTime<Value>(work: (moment: string) => Promise<Value>): Promise<readonly [string, Value]> {
  let failure: unknown = new Error(`This machine does not get ready within ${leadsMs.at(-1)} ms`);
  for (const leadMs of leadsMs) {
    const at = Date.now() + leadMs;
    const moment = new Date(at).toISOString();
    try {
      const value = await work(moment);
      if (Date.now() < at) return [moment, value];
    } catch (error) {
      if (Date.now() < at) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** Waits until a moment is over. */
export const untilAfter = (moment: string): Promise<void> => pause(Math.max(0, Date.parse(moment) - Date.now()) + 50);
