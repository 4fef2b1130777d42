/**
 * Promotions, price lists and tax rates over HTTP on a real database, and the quotes that they lead to: now, and as of a
 * moment before a change.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { PriceList } from '../../../shared/contracts/pricing/price-lists.ts';
import { Promotion } from '../../../shared/contracts/pricing/promotions.ts';
import { TaxRateRow } from '../../../shared/contracts/pricing/taxes.ts';
import { type Actor, actorHeader } from '../../../shared/http/actor.ts';
import { emptyDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { type IdKind, makeId } from '../../../shared/values/ids.ts';
import { contextOf, type PricingEnv } from '../context.ts';
import type { QuoteRequest } from '../domain/request.ts';
import { app } from '../routes/app.ts';
import { pricingEnv } from '../testing/env.ts';
import { line } from '../testing/settings.ts';
import { PriceMemory } from './price-memory.ts';
import { QuoteDesk } from './quotes.ts';
import { settingsBytesMax } from './settings.ts';
import { SettingsMemory } from './settings-memory.ts';

let now = Date.UTC(2030, 10, 21);
const actor: Actor = {
  kind: 'key',
  id: 'admin',
  scopes: ['*'],
  region: 'weur',
  country: null,
  requestId: 'req_test',
  traceparent: '',
};
let database: TestDatabase;
let env: PricingEnv;
let made = 0;
const newId = (kind: IdKind) => {
  made += 1;
  const entropy = { now: now + made, random: new Uint8Array(16) };
  return makeId(kind, entropy);
};

beforeAll(async () => {
  database = await emptyDatabase('pricing');
  await database.migrate(2);
  await database.migrate();
  env = pricingEnv(database.db);
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterAll(async () => {
  vi.useRealTimers();
  await database.close();
});

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  now += 1_000;
  vi.setSystemTime(now);
  const request = new Request(`http://pricing${path}`, {
    method,
    headers: { [actorHeader]: JSON.stringify(actor), 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await app.fetch(request, env);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
}

const variantId = makeId('variant', { now: 1, random: new Uint8Array(16) });
const cart: QuoteRequest = {
  country: 'DE',
  currency: 'EUR',
  shippingOptionId: null,
  lines: [line('cup', 1000, 2, { variantId, requiresShipping: false })],
};

async function quoted(changes: Partial<QuoteRequest> = {}) {
  const moment = { now, later: () => undefined, report: (message: string) => expect.unreachable(message) };
  const { quotes, source } = contextOf(env);
  const answer = await quotes.quote(source, { ...cart, ...changes }, moment);
  if (!answer.ok) throw new Error(answer.refusal.code);
  return answer.value;
}

/** The quote of a moment that has passed, by an isolate that knows nothing yet. */
async function quotedAsOf(asOf: number) {
  const desk = new QuoteDesk(new SettingsMemory(), new PriceMemory());
  const moment = { now, later: () => undefined, report: (message: string) => expect.unreachable(message) };
  const answer = await desk.quote(contextOf(env).source, { ...cart, asOf }, moment);
  if (!answer.ok) throw new Error(answer.refusal.code);
  return answer.value;
}

const rows = [
  {
    path: '/admin/v1/promotions',
    schema: Promotion,
    draft: { title: 'Spring', offer: { kind: 'percent-off-order', rate: '0.1' }, codes: ['spring'] },
    patch: { priority: 5 },
    wrong: { offer: { kind: 'percent-off-order', rate: '1.5' } },
    pointer: '/offer/rate',
  },
  {
    path: '/admin/v1/price-lists',
    schema: PriceList,
    draft: { name: 'Trade', customerGroups: ['trade'] },
    patch: { adjustment: { direction: 'down', rate: '0.2' } },
    wrong: { marketIds: ['nope'] },
    pointer: '/marketIds/0',
  },
  {
    path: '/admin/v1/tax-rates',
    schema: TaxRateRow,
    draft: { name: 'Books', rate: '0.07', zone: { country: 'DE' }, taxClass: 'reduced' },
    patch: { isCompound: true },
    wrong: { zone: { country: 'Germany' } },
    pointer: '/zone/country',
  },
];

describe.each(rows)('a row of $path', ({ path, schema, draft, patch, wrong, pointer }) => {
  test('is created, listed, read, changed under its version, and removed', async () => {
    const created = await ask('POST', path, draft, { 'idempotency-key': `make-${path}` });
    expect(created.status).toBe(201);
    expect(schema.safeParse(created.body).error?.issues ?? []).toEqual([]);
    const again = await ask('POST', path, draft, { 'idempotency-key': `make-${path}` });
    expect(again).toMatchObject({ status: 201, body: created.body });
    const one = `${path}/${created.body.id}`;
    expect((await ask('GET', path)).body).toEqual({ items: [created.body], next: null });
    expect(await ask('GET', one)).toMatchObject({ status: 200, body: created.body });
    expect((await ask('GET', one, undefined, { 'if-none-match': '"1"' })).status).toBe(304);

    const patched = await ask('PATCH', one, patch, { 'if-match': '"1"' });
    expect(patched).toMatchObject({ status: 200, body: { ...created.body, ...patch, version: 2 } });
    expect((await ask('GET', one)).body).toEqual(patched.body);
    expect(await ask('PATCH', one, patch, { 'if-match': '"1"' })).toMatchObject({ status: 412, body: { version: 2 } });

    expect((await ask('DELETE', one)).status).toBe(204);
    expect((await ask('GET', one)).status).toBe(404);
    expect((await ask('PATCH', one, patch)).status).toBe(404);
    expect((await ask('DELETE', one)).status).toBe(404);
  });

  test('is found on one page or another, however many there are', async () => {
    const others = (await ask('GET', `${path}?limit=100`)).body.items.length;
    const made = [1, 2, 3].map(async () => (await ask('POST', path, { ...draft, codes: undefined })).body.id);
    const ids = await Promise.all(made);
    const first = await ask('GET', `${path}?limit=${others + 2}`);
    expect(first.body.items).toHaveLength(others + 2);
    expect(first.headers.get('link')).toContain('rel="next"');
    const second = await ask('GET', `${path}?limit=2&cursor=${first.body.next}`);
    expect(second.body).toMatchObject({ items: [{}], next: null });
    const seen = [...first.body.items, ...second.body.items].map(({ id }: { id: string }) => id);
    expect(seen).toEqual([...seen].sort());
    expect(seen).toEqual(expect.arrayContaining(ids));
    expect((await ask('GET', `${path}?cursor=abc`)).body.code).toBe('invalid-cursor');
    for (const id of ids) await ask('DELETE', `${path}/${id}`);
  });

  test('with a wrong field is refused at its pointer', async () => {
    const answer = await ask('POST', path, { ...draft, ...wrong });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-input', errors: [{ pointer }] } });
    expect((await ask('POST', path, { ...draft, surprise: 1 })).body.errors).toMatchObject([{ pointer: '/surprise' }]);
  });
});

test('two promotions never share a code, even when both are made at the same moment', async () => {
  const draft = { title: 'One', offer: { kind: 'free-shipping' }, codes: ['ONLY'] };
  const answers = await Promise.all([
    ask('POST', '/admin/v1/promotions', draft),
    ask('POST', '/admin/v1/promotions', { ...draft, codes: [' only'] }),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
    code: 'code-taken',
    discountCode: 'ONLY',
  });
});

describe('a quote', () => {
  test('follows a promotion that was made a moment ago, and remembers how it was before', async () => {
    const before = now;
    expect((await quoted()).discountMinor).toBe(0);
    const { body } = await ask('POST', '/admin/v1/promotions', {
      title: 'Tenth',
      offer: { kind: 'percent-off-order', rate: '0.1' },
    });
    expect((await quoted()).discounts).toEqual([
      { promotionId: body.id, title: 'Tenth', code: null, amountMinor: 200 },
    ]);
    expect((await quotedAsOf(before)).totalMinor).toBe(2000);
    expect((await ask('DELETE', `/admin/v1/promotions/${body.id}`)).status).toBe(204);
    expect((await quoted()).totalMinor).toBe(2000);
    expect((await quotedAsOf(now - 500)).totalMinor).toBe(1800);
  });

  test('follows the entries of a price list, and every former one', async () => {
    const list = await ask('POST', '/admin/v1/price-lists', { name: 'Sale' });
    const path = `/admin/v1/price-lists/${list.body.id}/prices`;
    const entry = { variantId, currency: 'EUR', amount: 800, compareAtAmount: 1000 };
    const moments = [now];
    expect((await ask('PATCH', path, { set: [entry] })).status).toBe(200);
    expect((await quoted()).lines[0]).toMatchObject({
      unitPriceMinor: 800,
      compareAtMinor: 1000,
      priceListId: list.body.id,
    });
    moments.push(now);
    expect((await ask('PATCH', path, { set: [{ ...entry, amount: 700 }] })).body.version).toBe(3);
    expect((await quoted()).totalMinor).toBe(1400);
    moments.push(now);
    await ask('PATCH', path, { remove: [{ variantId, currency: 'EUR' }] });
    expect((await quoted()).totalMinor).toBe(2000);
    moments.push(now);
    await ask('PATCH', path, { set: [entry] });
    await ask('DELETE', `/admin/v1/price-lists/${list.body.id}`);
    expect((await quoted()).totalMinor).toBe(2000);
    expect(await Promise.all(moments.map(async (at) => (await quotedAsOf(at)).totalMinor))).toEqual([
      2000, 1600, 1400, 2000,
    ]);
  });

  test("follows a tax rate in place of the market's flat one", async () => {
    const { body } = await ask('POST', '/admin/v1/tax-rates', { name: 'USt', rate: '0.07', zone: { country: 'DE' } });
    expect((await quoted()).taxLines).toEqual([{ name: 'USt', rate: '0.07', baseMinor: 1869, taxMinor: 131 }]);
    await ask('DELETE', `/admin/v1/tax-rates/${body.id}`);
    expect((await quoted()).taxLines).toEqual([{ name: 'Germany', rate: '0.19', baseMinor: 1681, taxMinor: 319 }]);
  });

  test('has the first settings of a shop, before all of this', async () => {
    const since = await database.db
      .prepare('select changed_at as at from settings_versions limit 1')
      .first<{ at: number }>();
    expect(await quotedAsOf(since?.at ?? 0)).toMatchObject({ pricingVersion: 1, totalMinor: 2000 });
  });
});

describe('the entries of a price list', () => {
  const variantOf = (index: number) => makeId('variant', { now: index + 2, random: new Uint8Array(16) });

  test('are listed page by page, by variant', async () => {
    const { body } = await ask('POST', '/admin/v1/price-lists', { name: 'Long' });
    const path = `/admin/v1/price-lists/${body.id}/prices`;
    const set = [0, 1, 2, 3, 4].map((index) => ({ variantId: variantOf(index), currency: 'EUR', amount: index }));
    await ask('PATCH', path, { set });
    const first = await ask('GET', `${path}?limit=2`);
    expect(first.body.items.map((one: { amount: number }) => one.amount)).toEqual([0, 1]);
    expect(first.headers.get('link')).toContain('rel="next"');
    const second = await ask('GET', `${path}?limit=3&cursor=${first.body.next}`);
    expect(second.body).toMatchObject({ items: [{ amount: 2 }, { amount: 3 }, { amount: 4 }], next: null });
    expect((await ask('GET', `${path}?cursor=abc`)).body.code).toBe('invalid-cursor');
    expect((await ask('GET', `/admin/v1/price-lists/${newId('priceList')}/prices`)).status).toBe(404);
  });

  test('are written a thousand at a time, and no more', async () => {
    const { body } = await ask('POST', '/admin/v1/price-lists', { name: 'Longer' });
    const path = `/admin/v1/price-lists/${body.id}/prices`;
    const set = Array.from({ length: 1001 }, (_, index) => ({
      variantId: variantOf(index),
      currency: 'EUR',
      amount: 1,
    }));
    expect((await ask('PATCH', path, { set })).body.errors).toMatchObject([{ pointer: '/set' }]);
    expect((await ask('PATCH', path, { set: set.slice(1) })).status).toBe(200);
  });
});

test('an edit keeps the row that it changes, and no other', async () => {
  const kept = async () =>
    (await database.db.prepare('select count(*) as total from settings_rows').first<number>('total')) ?? 0;
  const { body } = await ask('POST', '/admin/v1/promotions', { title: 'Often', offer: { kind: 'free-shipping' } });
  const before = await kept();
  for (const priority of [1, 2, 3]) await ask('PATCH', `/admin/v1/promotions/${body.id}`, { priority });
  expect((await kept()) - before).toBe(3);
  await ask('DELETE', `/admin/v1/promotions/${body.id}`);
  expect((await kept()) - before).toBe(3);
});

test('settings that are too large are refused, and what makes them smaller is not', async () => {
  const items = { tags: Array.from({ length: 250 }, (_, index) => `${index}`.padStart(255, 'x')) };
  const draft = {
    title: 'Large',
    offer: { kind: 'buy-x-get-y', buy: { items, quantity: 1 }, get: { items, quantity: 1 } },
    conditions: { items },
  };
  let answer = await ask('POST', '/admin/v1/promotions', draft);
  const first = answer.body.id;
  for (let count = 1; count < 10 && answer.status === 201; count += 1)
    answer = await ask('POST', '/admin/v1/promotions', draft);
  expect(answer).toMatchObject({ status: 422, body: { code: 'settings-full', max: settingsBytesMax } });
  expect((await ask('DELETE', `/admin/v1/promotions/${first}`)).status).toBe(204);
});
