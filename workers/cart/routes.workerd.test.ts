/**
 * Changes of a cart under an `Idempotency-Key`, over HTTP and on the real object: the first answer comes again whatever has
 * changed since, an answer that is lost after its commit makes no second cart, and what is not final may be tried again.
 */
import { createExecutionContext, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CartObject } from '../../durable-objects/cart/object.ts';
import type { VariantSnapshot } from '../../shared/contracts/catalog/api.ts';
import type { Quote } from '../../shared/contracts/pricing/api.ts';
import { actorHeader } from '../../shared/http/actor.ts';
import { wrongCodesHeader } from '../../shared/http/door.ts';
import { quotedAs, quotingBy } from '../../shared/testing/pricing.ts';
import { accept, refuse } from '../../shared/values/result.ts';
import type { CartEnv } from './context.ts';
import { app } from './routes.ts';
import type { CartStub } from './service/cart-object.ts';
import { forgetMerchant } from './service/carts.ts';
import { variantOf } from './testing/script.ts';

const objects: { getByName(name: string, options: object): DurableObjectStub } = Reflect.get(env, 'CARTS');

const quoteNothing: Omit<Quote, 'lines' | 'country' | 'currency'> = {
  pricingVersion: 1,
  pricingSince: 0,
  pricesIncludeTax: true,
  shippingOptions: [],
  shippingOptionId: null,
  subtotalMinor: 0,
  discountMinor: 0,
  shippingMinor: 0,
  taxMinor: 0,
  totalMinor: 0,
  isUnshippable: false,
  shippingDiscountMinor: 0,
  discounts: [],
  rejectedCodes: [],
  taxLines: [],
  taxRelief: null,
  giftCards: [],
  dueMinor: 0,
  allowances: [],
};

/** A shop of one's own: what the catalogue knows, what pricing refuses, and whether answers get as far as storage. */
class Shop {
  readonly variants = new Map<string, VariantSnapshot>();
  /** The object does its work, and its answer does not arrive. */
  isAnswerLost = false;
  isOptionOffered = true;
  /** Variants of which every cart is offered one. */
  gifts: readonly string[] = [];
  readonly objectCalls: string[] = [];
  #sent = 0;

  /** A fresh SKU, because what the catalogue said is remembered for a moment. */
  putUp(number = 0): string {
    const sku = `SKU-${crypto.randomUUID()}`;
    this.variants.set(sku, { ...variantOf(number, 990), sku, variantId: `var_${sku}` });
    return sku;
  }

  get #pricing(): CartEnv['PRICING'] {
    return {
      market: async ({ country, currency }) =>
        country === 'AQ'
          ? refuse({ code: 'unknown-market', country, currency, detail: '' })
          : accept({ marketId: 'mkt_1', country: country ?? 'DE', currency: 'EUR' }),
      ...quotingBy(async ({ cart: { lines, country, currency, shippingOptionId } }) => {
        if (shippingOptionId !== null && !this.isOptionOffered)
          return refuse({ code: 'unknown-shipping-option', shippingOptionId });
        const unitPricesMinor = new Map(lines.map((line) => [line.lineId, line.unitPriceMinor]));
        const quoted = lines.map(({ lineId }) => ({
          lineId,
          subtotalMinor: 0,
          discountMinor: 0,
          taxMinor: 0,
          totalMinor: 0,
          unitPriceMinor: unitPricesMinor.get(lineId) ?? 0,
          compareAtMinor: null,
          priceListId: null,
          discounts: [],
        }));
        const offeredGifts = this.gifts.map((variantId) => ({
          promotionId: `of ${variantId}`,
          title: 'A gift',
          variantId,
          quantity: 1,
          allowances: [],
        }));
        return quotedAs({ ...quoteNothing, country, currency, lines: quoted, offeredGifts });
      }),
      explainCart: () => Promise.reject(new Error('Nobody asks why')),
      shelf: () => Promise.reject(new Error('Nobody asks where')),
      balances: async (allowances) => allowances.map(() => null),
      findGiftCards: async ({ codes }) => codes.map((code) => ({ status: 'unknown', code })),
    };
  }

  get env(): CartEnv {
    return {
      CARTS: { getByName: (name, options) => this.#reach(name, objects.getByName(name, options)) },
      CATALOG: {
        variants: async (request) =>
          'skus' in request
            ? request.skus.flatMap((sku) => this.variants.get(sku) ?? [])
            : [...this.variants.values()].filter(({ variantId }) => request.variantIds.includes(variantId)),
        variantRevision: async () => 1,
        standings: async (ids) =>
          [...this.variants.values()].flatMap(({ variantId, isSold, prices }) =>
            ids.includes(variantId)
              ? [
                  {
                    variantId,
                    isSold,
                    currencies: prices.map(({ currency }) => currency),
                    available: 9,
                    sellable: 9,
                    units: [],
                  },
                ]
              : [],
          ),
      },
      PRICING: this.#pricing,
      ORDERS: { letGoOfCart: async () => 'kept' },
      VITRINE_SECRET: 'a secret for tests only',
    };
  }

  /** The object of a name, bound to this shop's neighbours, for as long as the shop is open. */
  readonly #instances = new Map<string, CartObject>();

  #reach(name: string, stub: DurableObjectStub): CartStub {
    const on = async <Value>(call: (object: CartObject) => Promise<Value>): Promise<Value> =>
      runInDurableObject(stub, (_instance, state) => {
        const object = this.#instances.get(name) ?? new CartObject(state, this.env);
        this.#instances.set(name, object);
        return call(object);
      });
    const calling = async <Value>(label: string, call: (object: CartObject) => Promise<Value>): Promise<Value> => {
      this.objectCalls.push(label);
      const answer = await on(call);
      if (this.isAnswerLost) throw new Error('the answer is lost');
      return answer;
    };
    return {
      write: (write) => calling('write', (object) => object.write(write)),
      refuse: (early) => calling('refuse', (object) => object.refuse(early)),
      show: (asked) => calling('show', (object) => object.show(asked)),
      shippingOptions: (asked) => calling('shippingOptions', (object) => object.shippingOptions(asked)),
      paymentMethods: (asked) => calling('paymentMethods', (object) => object.paymentMethods(asked)),
      read: (cartId) => calling('read', (object) => object.read(cartId)),
      discard: (cartId, now) => on((object) => object.discard(cartId, now)),
      execute: (cartId, command) => on((object) => object.execute(cartId, command)),
      executeAll: (writes) => on((object) => object.executeAll(writes)),
    };
  }

  async send(method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    this.#sent += 1;
    const actor = {
      kind: 'guest',
      id: 'guest',
      scopes: [],
      region: 'weur',
      country: 'DE',
      requestId: `req_${this.#sent}`,
      traceparent: '',
    };
    const response = await app.fetch(
      new Request(`http://cart${path}`, {
        method,
        headers: { [actorHeader]: JSON.stringify(actor), 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
      this.env,
      createExecutionContext(),
    );
    const text = await response.text();
    return { status: response.status, text, headers: response.headers, body: JSON.parse(text) };
  }

  /** A cart with one line. */
  async cart(sku = this.putUp()): Promise<{ readonly path: string; readonly line: string; readonly sku: string }> {
    const { body } = await this.send('POST', '/v1/carts', { lines: [{ sku, quantity: 1 }] });
    return { path: `/v1/carts/${body.id}`, line: `/v1/carts/${body.id}/lines/${body.lines[0]?.id}`, sku };
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  readonly body: {
    readonly id?: string;
    readonly version?: number;
    readonly code?: string;
    readonly offeredGifts?: readonly { readonly variantId: string }[];
    readonly lines: readonly { readonly id: string; readonly unitPrice: { readonly amount: number } }[];
  };
}

const newKey = () => ({ 'idempotency-key': crypto.randomUUID() });
const kept = ['content-type', 'cache-control', 'etag', 'location'];

function expectReplay(again: Answer, first: Answer): void {
  expect(again.status).toBe(first.status);
  expect(again.text).toBe(first.text);
  expect(kept.map((name) => again.headers.get(name))).toEqual(kept.map((name) => first.headers.get(name)));
  expect(first.headers.get('idempotency-replayed')).toBeNull();
  expect(again.headers.get('idempotency-replayed')).toBe('true');
}

/** As if everything after this took place so much later. */
function waitFor(milliseconds: number): void {
  const now = Date.now() + milliseconds;
  vi.spyOn(Date, 'now').mockImplementation(() => now);
}
afterEach(() => vi.restoreAllMocks());

describe('a change that is repeated with its key', () => {
  test('makes one cart, and says again where it is and which version it has', async () => {
    const [shop, key] = [new Shop(), newKey()];
    const send = () => shop.send('POST', '/v1/carts', { lines: [{ sku, quantity: 2 }] }, key);
    const sku = shop.putUp();
    const first = await send();
    expect(first.status).toBe(201);
    expect(first.headers.get('location')).toBe(`/v1/carts/${first.body.id}`);
    expect(first.headers.get('etag')).toMatch(new RegExp(`^"${first.body.version}\\.[0-9a-z]+"$`));
    expectReplay(await send(), first);
  });

  test('makes one empty cart', async () => {
    const [shop, key] = [new Shop(), newKey()];
    const first = await shop.send('POST', '/v1/carts', {}, key);
    expect(first).toMatchObject({ status: 201, body: { version: 0, lines: [] } });
    expectReplay(await shop.send('POST', '/v1/carts', {}, key), first);
  });

  test('gets the answer of its time after other changes, for lines and for details', async () => {
    const shop = new Shop();
    const { path, line, sku } = await shop.cart();
    const changes = [
      ['POST', `${path}/lines`, { sku, quantity: 1 }],
      ['PATCH', line, { quantity: 7 }],
      ['PATCH', path, { note: 'Ring twice' }],
    ] as const;
    const sent = changes.map(([method, at, body]) => ({ method, at, body, key: newKey() }));
    const first: Answer[] = [];
    for (const { method, at, body, key } of sent) first.push(await shop.send(method, at, body, key));
    expect(first.map(({ status }) => status)).toEqual([201, 200, 200]);
    for (const [index, { method, at, body, key }] of sent.entries()) {
      const before = first[index];
      if (before !== undefined) expectReplay(await shop.send(method, at, body, key), before);
    }
  });

  test('is answered before anything is checked: the variant and the shipping option may be gone', async () => {
    const shop = new Shop();
    const { path } = await shop.cart();
    const sku = shop.putUp();
    const [lineKey, optionKey, cartKey] = [newKey(), newKey(), newKey()];
    const addLine = () => shop.send('POST', `${path}/lines`, { sku, quantity: 1 }, lineKey);
    const choose = () => shop.send('PATCH', path, { shippingOptionId: 'shp_1' }, optionKey);
    const create = () => shop.send('POST', '/v1/carts', { lines: [{ sku, quantity: 1 }] }, cartKey);
    const first = [await addLine(), await choose(), await create()];
    expect(first.map(({ status }) => status)).toEqual([201, 200, 201]);
    shop.variants.delete(sku);
    shop.isOptionOffered = false;
    waitFor(60_000);
    expect((await shop.send('POST', `${path}/lines`, { sku, quantity: 1 }, newKey())).body.code).toBe(
      'unknown-variant',
    );
    for (const [index, again] of [await addLine(), await choose(), await create()].entries()) {
      const before = first[index];
      if (before !== undefined) expectReplay(again, before);
    }
  });

  test('asks the object once, as a change without a key does', async () => {
    const shop = new Shop();
    const { path, sku } = await shop.cart();
    const callsOf = async (headers: Record<string, string>) => {
      shop.objectCalls.length = 0;
      await shop.send('POST', `${path}/lines`, { sku, quantity: 1 }, headers);
      return [...shop.objectCalls];
    };
    expect(await callsOf({})).toEqual(['write']);
    expect(await callsOf(newKey())).toEqual(['write']);
  });
});

describe('an edit by the merchant', () => {
  test('is in the next line, and a look that began before it is not kept', async () => {
    const shop = new Shop();
    const sku = shop.putUp();
    const priceOfNewCart = async () => {
      const { body } = await shop.send('POST', '/v1/carts', { lines: [{ sku, quantity: 1 }] }, newKey());
      return body.lines[0]?.unitPrice.amount ?? 0;
    };
    const raise = (by: number) => {
      const variant = shop.variants.get(sku);
      if (variant !== undefined)
        shop.variants.set(sku, {
          ...variant,
          prices: variant.prices.map((price) => ({ ...price, amountMinor: price.amountMinor + by })),
        });
    };
    const before = await priceOfNewCart();
    raise(1);
    expect(await priceOfNewCart()).toBe(before);
    forgetMerchant();
    expect(await priceOfNewCart()).toBe(before + 1);
    forgetMerchant();
    const early = priceOfNewCart();
    raise(1);
    forgetMerchant();
    await early;
    expect(await priceOfNewCart()).toBe(before + 2);
  });
});

describe('an answer that is lost after its commit', () => {
  test.each([1, 0])('leaves one cart of %i lines, and the retry gets the answer as it was', async (count) => {
    const [shop, key] = [new Shop(), newKey()];
    const lines = Array.from({ length: count }, () => ({ sku: shop.putUp(), quantity: 1 }));
    const create = () => shop.send('POST', '/v1/carts', { lines }, key);
    shop.isAnswerLost = true;
    vi.spyOn(console, 'error').mockImplementation(() => {});
    expect((await create()).status).toBe(500);
    shop.isAnswerLost = false;
    const found = await create();
    expect(found).toMatchObject({ status: 201, body: { version: count === 0 ? 0 : 2 } });
    expect(found.body.lines).toHaveLength(count);
    expect(found.headers.get('location')).toBe(`/v1/carts/${found.body.id}`);
    expect(found.headers.get('idempotency-replayed')).toBe('true');
    const again = await create();
    expect([again.text, again.headers.get('etag')]).toEqual([found.text, found.headers.get('etag')]);
  });

  test('of a line adds it once', async () => {
    const [shop, key] = [new Shop(), newKey()];
    const { path, sku } = await shop.cart();
    const addLine = () => shop.send('POST', `${path}/lines`, { sku, quantity: 1 }, key);
    vi.spyOn(console, 'error').mockImplementation(() => {});
    shop.isAnswerLost = true;
    expect((await addLine()).status).toBe(500);
    shop.isAnswerLost = false;
    expect(await addLine()).toMatchObject({ status: 201, body: { lines: [{ quantity: 2 }] } });
  });
});

describe('a refusal under a key', () => {
  test('is final when the shop has said no: it comes again although the change would go through now', async () => {
    const shop = new Shop();
    const { path } = await shop.cart();
    const unsold = shop.putUp(4);
    const refusals = [
      { body: { sku: `SKU-${crypto.randomUUID()}`, quantity: 1 }, code: 'unknown-variant', status: 422 },
      { body: { sku: unsold, quantity: 1 }, code: 'variant-unavailable', status: 409 },
    ];
    for (const { body, code, status } of refusals) {
      const key = newKey();
      const first = await shop.send('POST', `${path}/lines`, body, key);
      expect(first).toMatchObject({ status, body: { code } });
      shop.variants.set(body.sku, { ...variantOf(0, 990), sku: body.sku });
      expectReplay(await shop.send('POST', `${path}/lines`, body, key), first);
      const other = await shop.send('POST', `${path}/lines`, { ...body, quantity: 2 }, key);
      expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    }
  });

  test('of a new cart is final too', async () => {
    const [shop, key] = [new Shop(), newKey()];
    const first = await shop.send('POST', '/v1/carts', { country: 'AQ' }, key);
    expect(first).toMatchObject({ status: 422, body: { code: 'unknown-market' } });
    expectReplay(await shop.send('POST', '/v1/carts', { country: 'AQ' }, key), first);
    const other = await shop.send('POST', '/v1/carts', { country: 'FR' }, key);
    expect(other.body.code).toBe('idempotency-key-reused');
  });

  test('leaves the key free when it is about the input, the address or the version', async () => {
    const [shop, key] = [new Shop(), newKey()];
    const { path, line, sku } = await shop.cart();
    const addLine = (quantity: number, headers = {}) =>
      shop.send('POST', `${path}/lines`, { sku, quantity }, { ...key, ...headers });
    expect((await addLine(-1)).status).toBe(400);
    for (const tag of ['"999"', 'W/"2"', '"2", "3"', 'two'])
      expect((await addLine(1, { 'if-match': tag })).status, tag).toBe(412);
    expect((await addLine(1)).status).toBe(201);

    const lineKey = newKey();
    const gone = await shop.send('PATCH', `${path}/lines/lin_none`, { quantity: 2 }, lineKey);
    expect(gone.status).toBe(404);
    const again = await shop.send('PATCH', `${path}/lines/lin_none`, { quantity: 2 }, lineKey);
    expect(again.headers.get('idempotency-replayed')).toBeNull();
    expect((await shop.send('PATCH', line, { quantity: 2 }, newKey())).status).toBe(200);
  });
});

test('the router is told how many codes were wrong, once, and the change is done', async () => {
  const shop = new Shop();
  const { path } = await shop.cart();
  const key = newKey();
  const change = { note: 'Ring twice', giftCards: ['WRONG-1', ' wrong 1', 'WRONG-2', ' '] };
  const first = await shop.send('PATCH', path, change, key);
  expect([first.status, first.headers.get(wrongCodesHeader)]).toEqual([200, '3']);
  expect(first.text).toContain('Ring twice');
  expect(first.text).not.toMatch(/wrong/i);
  const again = await shop.send('PATCH', path, change, key);
  expectReplay(again, first);
  expect(again.headers.get(wrongCodesHeader)).toBeNull();
  expect((await shop.send('PATCH', path, { note: 'Once' })).headers.get(wrongCodesHeader)).toBeNull();
});

test('a gift is not offered where it is known that it is not sold, or not in the currency', async () => {
  const shop = new Shop();
  const [known, archived, elsewhere, unheardOf] = [shop.putUp(), shop.putUp(), shop.putUp(), shop.putUp()];
  const change = (sku: string, changes: Partial<VariantSnapshot>) => {
    const before = shop.variants.get(sku);
    if (before !== undefined) shop.variants.set(sku, { ...before, ...changes });
  };
  change(archived, { isSold: false });
  change(elsewhere, { prices: [{ currency: 'CHF', amountMinor: 900 }] });
  shop.gifts = [known, archived, elsewhere, unheardOf].map((sku) => `var_${sku}`);
  const { path } = await shop.cart(known);
  for (const sku of [archived, elsewhere])
    expect((await shop.send('POST', `${path}/lines`, { sku, quantity: 1 })).status).toBeGreaterThan(400);
  const { body } = await shop.send('PATCH', path, { note: 'Now it is known' });
  expect(body.offeredGifts?.map(({ variantId }) => variantId)).toEqual([`var_${known}`, `var_${unheardOf}`]);
});
