/** Draft orders: what the cart is asked, and that its refusals reach the merchant as they are. */
import { describe, expect, test } from 'vitest';
import { actorHeader, actorOf } from '../../../shared/http/actor.ts';
import { createApp } from '../../../shared/http/app.ts';
import { problem } from '../../../shared/http/problem.ts';
import { pack } from '../../../shared/values/packed.ts';
import type { OrdersEnv } from '../context.ts';
import { serveDraftOrders } from './draft-orders.ts';

const cartId = 'cart_01jd0123456789abcdefghjkmnw0s';
const zero = { amount: 0, currency: 'EUR' };
const cart = {
  ...{ id: cartId, version: 2, status: 'active', checkoutId: null, country: 'DE', currency: 'EUR' },
  ...{
    pricesIncludeTax: true,
    email: null,
    phone: null,
    customer: null,
    shippingAddress: null,
    billingAddress: null,
    shippingOptionId: null,
  },
  ...{
    discountCodes: [],
    giftCards: [],
    useStoreCredit: false,
    vatId: null,
    note: null,
    attributes: {},
    lines: [],
    discounts: [],
  },
  totals: Object.fromEntries(
    ['subtotal', 'discount', 'shipping', 'shippingDiscount', 'tax', 'total', 'giftCards', 'storeCredit', 'due'].map(
      (name) => [name, zero],
    ),
  ),
  ...{ rejectedCodes: [], taxLines: [], taxRelief: null, taxIsEstimated: false, pricingVersion: 1 },
  ...{ createdAt: '2027-01-15T08:00:00.000Z', updatedAt: '2027-01-15T08:00:00.000Z' },
  expiresAt: '2027-02-15T08:00:00.000Z',
};
const actor = {
  ...{ kind: 'key', id: 'admin', scopes: ['*'], region: 'weur', country: null },
  ...{ requestId: 'req_1', traceparent: '' },
};

/** The door for drafts before a cart Worker that answers as a test says, and what that was asked. */
function given(answers: readonly Response[]) {
  const app = createApp<OrdersEnv>();
  serveDraftOrders(app);
  const asked: { what: string; key: string | null; body: unknown }[] = [];
  const scopesSeen: string[][] = [];
  const left = [...answers];
  const nothing = { all: async () => ({ results: [] }), raw: async () => [] };
  const env = {
    // What is listed is tried with the store.
    DB: { prepare: () => ({ bind: () => nothing }) },
    CART: {
      read: async () => pack(null),
      fetch: async (request: Request) => {
        const what = `${request.method} ${new URL(request.url).pathname}`;
        scopesSeen.push(actorOf(request.headers).scopes);
        asked.push({ what, key: request.headers.get('idempotency-key'), body: await request.json() });
        return left.shift() ?? Response.error();
      },
    },
  };
  const draft = async (body: object, scopes = ['*']) => {
    const headers = {
      [actorHeader]: JSON.stringify({ ...actor, scopes }),
      'content-type': 'application/json',
      'idempotency-key': 'k',
    };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return app.fetch(new Request('http://orders/admin/v1/draft-orders', init), env);
  };
  return { draft, asked, scopesSeen };
}

/** What setting the customer and the discount is answered with. */
const unchanged = () => [Response.json(cart), Response.json(cart)];
const lines = [{ sku: 'CUP', quantity: 2 }];

describe('a draft order', () => {
  test('is a cart that is begun and filled under the key of the merchant', async () => {
    const { draft, asked } = given([Response.json(cart, { status: 201 }), ...unchanged(), Response.json(cart)]);
    const discount = { discount: { rate: '0.1' }, reason: 'Promised' };
    const answer = await draft({ country: 'DE', lines, email: 'ada@example.org', note: 'By phone', discount });
    expect(answer.status).toBe(201);
    // The cart's answer may be one that was kept before carts said this.
    const later = { offeredGifts: [], orderObstacles: [], rejectedGiftCards: [], rejectedStoreCredit: null };
    const shown = { ...cart, ...later };
    expect(await answer.json()).toEqual({
      id: cartId,
      checkoutToken: cartId,
      cart: shown,
      pricesByHand: [],
      discountByHand: null,
    });
    expect(asked).toEqual([
      { what: 'POST /v1/carts', key: 'k', body: { country: 'DE', lines } },
      {
        what: `PUT /admin/v1/carts/${cartId}/customer`,
        key: 'k',
        body: { customerId: null },
      },
      { what: `PUT /admin/v1/carts/${cartId}/discount`, key: 'k', body: discount },
      { what: `PATCH /v1/carts/${cartId}`, key: 'k', body: { email: 'ada@example.org', note: 'By phone' } },
    ]);
  });

  test('is for whom the merchant names, before anything is asked that only they may have', async () => {
    const { draft, asked } = given([
      Response.json(cart, { status: 201 }),
      problem('cart-frozen', { detail: 'It is being bought.' }),
    ]);
    const customer = { customerId: 'cus_1', groups: ['trade'] };
    expect((await draft({ lines, customer, discountCodes: ['TRADE'] })).status).toBe(409);
    expect(asked[1]).toMatchObject({ body: { ...customer, isTaxExempt: false } });
    expect(asked).toHaveLength(2);
  });

  test('is said to be a repetition when the cart says so', async () => {
    const replayed = Response.json(cart, { headers: { 'idempotency-replayed': 'true' } });
    const { draft } = given([Response.json(cart, { status: 201 }), ...unchanged(), replayed]);
    expect((await draft({ lines })).headers.get('idempotency-replayed')).toBe('true');
  });

  test('is refused with the very words of the cart', async () => {
    const { draft, asked } = given([problem('unknown-variant', { detail: 'There is no CUP.' })]);
    const answer = await draft({ lines });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ code: 'unknown-variant', detail: 'There is no CUP.' });
    expect(asked).toHaveLength(1);
  });

  test('takes no more of its merchant than the scope for drafts', async () => {
    const { draft, scopesSeen } = given([Response.json(cart, { status: 201 }), ...unchanged(), Response.json(cart)]);
    expect((await draft({ lines }, ['orders:write'])).status).toBe(403);
    expect((await draft({ lines }, ['draft-orders:write'])).status).toBe(201);
    expect(scopesSeen[1]).toEqual(['draft-orders:write', 'carts:write']);
  });

  test('needs lines', async () => {
    const { draft, asked } = given([]);
    expect((await draft({ lines: [] })).status).toBe(400);
    expect(asked).toEqual([]);
  });
});
