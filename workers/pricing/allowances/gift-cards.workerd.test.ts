/**
 * Gift cards and store credit through the pricing Worker's own door, with its objects and its database: what merchants see,
 * what carts find, and what a checkout and a refund do to a balance.
 */
import { env, exports } from 'cloudflare:workers';
import { drizzle } from 'drizzle-orm/d1';
import { describe, expect, test, vi } from 'vitest';
import {
  type AllowancesApi,
  type GiftCardsApi,
  giftCardBalance,
  storeCreditBalance,
} from '../../../shared/contracts/pricing/allowances.ts';
import { actorHeader } from '../../../shared/http/actor.ts';
import { commit } from '../../../shared/messaging/d1.ts';
import { patience } from '../../../shared/testing/patience.ts';
import { money } from '../../../shared/values/money.ts';
import { soldActor, soldCardRows } from './service/sold-cards.ts';
import { addSoldCards } from './store.ts';

type Pricing = AllowancesApi & GiftCardsApi & { fetch(request: Request): Promise<Response> };
const pricing: Pricing = Reflect.get(exports, 'default');
const database: D1Database = Reflect.get(env, 'DB');

const actor = {
  kind: 'key',
  id: 'admin',
  scopes: ['*'],
  region: 'weur',
  country: null,
  requestId: 'req_test',
  traceparent: '',
};

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await pricing.fetch(
    new Request(`http://pricing/admin/v1/${path}`, {
      method,
      headers: {
        [actorHeader]: JSON.stringify(actor),
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  // biome-ignore lint/suspicious/noExplicitAny: the test looks into answers of every shape
  const answer: any = JSON.parse(text);
  return { status: response.status, headers: response.headers, text, body: answer };
}

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const issue = async (amount: number, draft: object = {}) =>
  (await ask('POST', 'gift-cards', { amount: eur(amount), ...draft })).body;

const now = () => Date.now();
const find = (code: string, currency: 'EUR' | 'USD' = 'EUR', at = now()) =>
  pricing.findGiftCards({ codes: [code], currency, now: at });
const pay = async (key: string, allowance: string, quantity: number) => {
  const wants = [{ allowance, quantity, limit: null }];
  const held = await pricing.holdAllowances({ key, wants, until: now() + 900_000, now: now() });
  return held.ok ? pricing.commitAllowances({ key, allowances: [allowance], now: now() }) : held;
};

async function everythingStored(): Promise<string> {
  const tables = ['gift_cards', 'allowance_levels', 'idempotency_keys'];
  const rows = await Promise.all(
    tables.map(async (table) => (await database.prepare(`select * from ${table}`).all()).results),
  );
  return JSON.stringify(rows);
}

describe('a card that is issued', () => {
  test('shows its code once, and keeps four characters of it', async () => {
    const { status, headers, body } = await ask('POST', 'gift-cards', { amount: eur(5_000), note: 'For Ada' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      initial: eur(5_000),
      balance: eur(5_000),
      held: eur(0),
      available: eur(5_000),
      note: 'For Ada',
    });
    expect(headers.get('location')).toBe(`/admin/v1/gift-cards/${body.id}`);
    expect(body.code.endsWith(body.last4)).toBe(true);
    const read = await ask('GET', `gift-cards/${body.id}`);
    expect(read.body).not.toHaveProperty('code');
    expect(await everythingStored()).not.toContain(body.code);
  });

  test('is the same card with the same code when the request is repeated, and its code is stored nowhere', async () => {
    const key = { 'idempotency-key': 'k-1' };
    const first = await ask('POST', 'gift-cards', { amount: eur(100) }, key);
    const second = await ask('POST', 'gift-cards', { amount: eur(100) }, key);
    expect(second.text).toBe(first.text);
    expect([second.status, second.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(await everythingStored()).not.toContain(first.body.code);
    expect(await ask('POST', 'gift-cards', { amount: eur(101) }, key)).toMatchObject({ status: 422 });
  });

  test('may have a code of the merchant’s own, which no second card gets', async () => {
    expect(await issue(100, { code: 'Summer 2026' })).toMatchObject({ code: 'Summer 2026', last4: '2026' });
    const second = await ask('POST', 'gift-cards', { amount: eur(100), code: 'SUMMER-2026' });
    expect(second).toMatchObject({ status: 409, body: { code: 'gift-card-code-taken' } });
  });

  test.each([
    [{ amount: eur(0) }, '/amount/amount'],
    [{ amount: eur(1.5) }, '/amount/amount'],
    [{ amount: { amount: 5, currency: 'EURO' } }, '/amount/currency'],
    [{ amount: eur(5), code: 'short' }, '/code'],
    [{ amount: eur(5), expiresAt: 'tomorrow' }, '/expiresAt'],
    [{ amount: eur(5), expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
  ])('is refused as %j', async (draft, pointer) => {
    expect(await ask('POST', 'gift-cards', draft)).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  });
});

describe('a card that was sold', () => {
  test('tells its code to who reads it, and no kept answer of a change has it', async () => {
    const secret: string = Reflect.get(env, 'VITRINE_SECRET');
    const facts = { orderId: 'ord_sold', createdBy: soldActor, note: null, now: now() };
    const unit = { lineId: 'lin_1', unit: 1, unitPrice: money(2_500, 'EUR') };
    const cards = await soldCardRows({ secret, newId: () => 'gft_01kdvdna00e008000000000010' }, facts, [unit]);
    const db = drizzle(database);
    await commit(db, addSoldCards(db, cards));
    const path = `gift-cards/${cards[0]?.id}`;
    const { code } = (await ask('GET', path)).body;
    expect(code).toMatch(/^[0-9A-Z-]{19}$/);
    const changes = [
      await ask('PATCH', path, { isDisabled: true }),
      await ask('PATCH', path, { isDisabled: false }),
      await ask('POST', `${path}/adjustments`, { amount: eur(-1_000), reason: 'Spent by telephone' }),
    ];
    for (const { status, body } of changes) {
      expect(status).toBe(200);
      expect(body).not.toHaveProperty('code');
    }
    expect(changes[2]?.body).toMatchObject({ balance: eur(1_500), orderId: 'ord_sold' });
    expect(await everythingStored()).not.toContain(code);
  });
});

describe('a code that a shopper types', () => {
  test('is found with what is left on its card', async () => {
    const { id, code, last4 } = await issue(5_000);
    await pay('chk_a', giftCardBalance(id), 1_200);
    const finding = { status: 'usable', cardId: id, last4, balanceMinor: 3_800, currency: 'EUR', expiresAt: null };
    expect(await find(code.toLowerCase().replaceAll('-', ' '))).toEqual([
      { ...finding, code: code.toLowerCase().replaceAll('-', ' ') },
    ]);
  });

  test('is told apart when it cannot pay', async () => {
    const { id, code, last4 } = await issue(100, { expiresAt: new Date(now() + 60_000).toISOString() });
    const which = { code, cardId: id, last4 };
    expect(await find('0000-0000-0000-0000')).toEqual([{ status: 'unknown', code: '0000-0000-0000-0000' }]);
    expect(await find(code, 'USD')).toEqual([{ status: 'wrong-currency', ...which }]);
    expect(await find(code, 'EUR', now() + 120_000)).toEqual([{ status: 'expired', ...which }]);
    expect(await ask('PATCH', `gift-cards/${id}`, { isDisabled: true })).toMatchObject({ body: { isDisabled: true } });
    expect(await find(code)).toEqual([{ status: 'disabled', ...which }]);
    expect(await pay('chk_b', giftCardBalance(id), 50)).toMatchObject({
      refusal: { code: 'gift-card-unusable', reason: 'disabled' },
    });
    await ask('PATCH', `gift-cards/${id}`, { isDisabled: false });
    expect(await pay('chk_c', giftCardBalance(id), 50)).toMatchObject({ ok: true });
  });
});

describe('a refund to a card', () => {
  test('pays once per key, also to a disabled card, and stands in the ledger', async () => {
    const { id } = await issue(1_000);
    await pay('chk_a', giftCardBalance(id), 1_000);
    await ask('PATCH', `gift-cards/${id}`, { isDisabled: true });
    const refund = { cardId: id, creditKey: 'ref_1', amountMinor: 400, reason: 'Return', now: now() };
    for (const _again of [1, 2])
      expect(await pricing.creditGiftCard(refund)).toEqual({ ok: true, value: { balanceMinor: 400 } });
    expect(await pricing.creditGiftCard({ ...refund, amountMinor: 401 })).toMatchObject({
      refusal: { code: 'credit-key-conflict' },
    });
    const { body } = await ask('GET', `gift-cards/${id}/movements`);
    expect(body.items.map(({ type, amount }: { type: string; amount?: object }) => [type, amount])).toEqual([
      ['balance-issued', eur(1_000)],
      ['hold-placed', eur(1_000)],
      ['hold-committed', eur(1_000)],
      ['balance-disabled', undefined],
      ['balance-credited', eur(400)],
    ]);
  });

  test('to a card that does not exist is refused', async () => {
    const refund = { cardId: 'gft_none', creditKey: 'ref_1', amountMinor: 400, reason: 'Return', now: now() };
    expect(await pricing.creditGiftCard(refund)).toEqual({ ok: false, refusal: { code: 'unknown-gift-card' } });
  });
});

describe('a balance that a merchant changes', () => {
  test('never goes below what is held and spent', async () => {
    const { id } = await issue(1_000);
    const adjust = (amount: number, key: string, currency = 'EUR') =>
      ask(
        'POST',
        `gift-cards/${id}/adjustments`,
        { amount: { amount, currency }, reason: 'Goodwill' },
        { 'idempotency-key': key },
      );
    await pay('chk_a', giftCardBalance(id), 300);
    expect(await adjust(-701, 'a')).toMatchObject({
      status: 409,
      body: { code: 'gift-card-insufficient', available: 700 },
    });
    expect(await adjust(-700, 'b')).toMatchObject({ status: 200, body: { balance: eur(0), initial: eur(1_000) } });
    expect(await adjust(50, 'c')).toMatchObject({ body: { balance: eur(50) } });
    expect(await adjust(50, 'c')).toMatchObject({ body: { balance: eur(50) } });
    expect(await adjust(50, 'd', 'USD')).toMatchObject({ status: 422, body: { code: 'wrong-currency' } });
  });
});

describe('store credit', () => {
  test('begins with its first payment, pays like a card, and is kept by currency', async () => {
    const customerId = 'cus_ada';
    const credit = (amount: number) =>
      ask('POST', 'store-credits', { customerId, amount: eur(amount), reason: 'Goodwill' });
    expect(await credit(-1)).toMatchObject({ status: 409, body: { code: 'store-credit-insufficient', available: 0 } });
    expect(await credit(900)).toMatchObject({ status: 200, body: { customerId, balance: eur(900) } });
    const name = storeCreditBalance(customerId, 'EUR');
    expect(await pay('chk_a', name, 901)).toMatchObject({
      refusal: { code: 'store-credit-insufficient', available: 900 },
    });
    expect(await pay('chk_b', name, 900)).toMatchObject({ ok: true });
    const nobody = storeCreditBalance('cus_nobody', 'EUR');
    expect(await pay('chk_c', nobody, 5)).toMatchObject({
      refusal: { code: 'store-credit-insufficient', available: 0 },
    });
    const request = {
      customerId,
      currency: 'EUR',
      creditKey: 'ref_1',
      amountMinor: 10,
      reason: 'Return',
      now: now(),
    } as const;
    for (const _again of [1, 2])
      expect(await pricing.creditStoreCredit(request)).toMatchObject({ value: { balanceMinor: 10 } });
    expect((await ask('GET', 'store-credits/cus_ada/EUR')).body).toMatchObject({ balance: eur(10), held: eur(0) });
    expect(await ask('GET', 'store-credits/cus_ada/USD')).toMatchObject({ status: 404 });
    expect((await ask('GET', 'store-credits/cus_ada/EUR/movements?limit=2')).body).toMatchObject({
      items: [
        { type: 'balance-issued' },
        { type: 'balance-credited', amount: eur(900), reason: 'Goodwill', actor: 'key:admin' },
      ],
      next: expect.any(String),
    });
  });
});

describe('a list', () => {
  test('shows cards newest first over its pages, and follows their balances', async () => {
    const cards = [await issue(100), await issue(200), await issue(300)];
    await pay('chk_a', giftCardBalance(cards[1].id), 50);
    const seen: string[] = [];
    let path = 'gift-cards?limit=2';
    for (let page = 0; page < 50; page += 1) {
      const { body } = await ask('GET', path);
      seen.push(...body.items.map((item: { id: string }) => item.id));
      if (body.next === null) break;
      path = `gift-cards?limit=2&cursor=${body.next}`;
    }
    expect(seen).toEqual([...new Set(seen)].sort().reverse());
    expect(seen).toEqual(expect.arrayContaining(cards.map(({ id }) => id)));
    await vi.waitFor(async () => {
      const { body } = await ask('GET', `gift-cards?last4=${cards[1].last4}`);
      expect(body.items[0].balance).toEqual(eur(150));
    }, patience);
    expect(await ask('GET', 'gift-cards?cursor=x')).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } });
  });
});
