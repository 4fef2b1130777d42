/** The admin operations over HTTP on a real database: what is stored, what is refused and with which pointer. */
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Market, ShippingRate } from '../../../shared/contracts/pricing/markets.ts';
import { type Actor, actorHeader } from '../../../shared/http/actor.ts';
import { chooseMarket } from '../../../shared/quoting/markets.ts';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { type IdKind, makeId } from '../../../shared/values/ids.ts';
import { contextOf, type PricingEnv } from '../context.ts';
import { currentVersion, loadSettings } from '../store/settings.ts';
import { pricingEnv } from '../testing/env.ts';
import { app } from './app.ts';

const now = Date.UTC(2026, 10, 21);
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
let db: DrizzleD1Database;
let env: PricingEnv;
let made = 0;
const newId = (kind: IdKind) => {
  made += 1;
  const entropy = { now: now + made, random: new Uint8Array(16) };
  return makeId(kind, entropy);
};

beforeAll(async () => {
  database = await migratedDatabase('pricing');
  db = drizzle(database.db);
  env = pricingEnv(database.db);
});
afterAll(() => database.close());

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const request = new Request(`http://pricing${path}`, {
    method,
    headers: { [actorHeader]: JSON.stringify(actor), 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await app.fetch(request, env);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
}

async function marketOf(country: string): Promise<Market> {
  const { body } = await ask('GET', '/admin/v1/markets');
  return body.items.find((market: Market) => market.countries.includes(country));
}

const canada = { name: 'Canada', countries: ['CA'], currencies: ['CAD'], taxRate: '0.05', pricesIncludeTax: false };

describe('a new shop', () => {
  test('sells inside the Union with tax, in Britain, in the United States and to the rest of the world', async () => {
    const settings = await loadSettings(db);
    expect(settings.version).toBe(1);
    const wish = (country: string | null, currency: string | null) => {
      const chosen = chooseMarket(settings, { country, currency });
      if (!chosen.ok) return chosen.refusal.code;
      const { market, ...choice } = chosen.value;
      const rates = settings.shippingRates.filter((rate) => rate.marketId === market.id);
      return [choice.country, choice.currency, market.taxRate, market.pricesIncludeTax, rates.length];
    };
    expect(wish(null, null)).toEqual(['DE', 'EUR', '0.19', true, 2]);
    expect(wish('FR', 'EUR')).toEqual(['FR', 'EUR', '0.20', true, 2]);
    expect(wish(null, 'GBP')).toEqual(['GB', 'GBP', '0.20', true, 2]);
    expect(wish(null, 'USD')).toEqual(['US', 'USD', '0', false, 2]);
    expect(wish('JP', 'USD')).toEqual(['JP', 'USD', '0', false, 2]);
    expect(wish('DE', 'USD')).toBe('currency-not-in-market');
  });

  test('starts with rows that an admin could have written', async () => {
    const { markets, shippingRates } = await loadSettings(db);
    for (const market of markets) expect(Market.safeParse(market).error?.issues ?? []).toEqual([]);
    for (const rate of shippingRates) expect(ShippingRate.safeParse(rate).error?.issues ?? []).toEqual([]);
    expect(markets.filter((market) => market.isDefault).map((market) => market.name)).toEqual(['Germany']);
    const countries = markets.flatMap((market) => market.countries);
    expect(new Set(countries).size).toBe(countries.length);
  });

  test('lists its markets in the documented form', async () => {
    const { status, body } = await ask('GET', '/admin/v1/markets');
    expect(status).toBe(200);
    expect(body.next).toBeNull();
    expect(body.items[0]).toMatchObject({
      name: 'Germany',
      isDefault: true,
      rounding: { mode: 'half-up', level: 'line' },
      version: 1,
    });
  });
});

describe('a market', () => {
  test('is created, read, changed under its version, and known to this isolate at once', async () => {
    const created = await ask('POST', '/admin/v1/markets', canada);
    expect(created.status).toBe(201);
    expect(created.headers.get('etag')).toBe('"1"');
    expect(created.body).toMatchObject({ ...canada, isDefault: false, isFallback: false, version: 1 });
    const path = `/admin/v1/markets/${created.body.id}`;
    expect((await ask('GET', path)).body).toEqual(created.body);
    expect((await ask('GET', path, undefined, { 'if-none-match': '"1"' })).status).toBe(304);

    const patched = await ask('PATCH', path, { taxRate: '0.07' }, { 'if-match': '"1"' });
    expect(patched).toMatchObject({ status: 200, body: { ...canada, taxRate: '0.07', version: 2 } });
    const stale = await ask('PATCH', path, { taxRate: '0.08' }, { 'if-match': '"1"' });
    expect(stale).toMatchObject({ status: 412, body: { code: 'precondition-failed', version: 2 } });

    const later = () => expect.unreachable('the memory is warm');
    const { memory, source } = contextOf(env);
    const known = await memory.read(source, { now: Date.now(), later, report: later });
    expect(known).toEqual(await loadSettings(db));
    expect(known.markets.find((market) => market.id === created.body.id)?.taxRate).toBe('0.07');
  });

  test('becomes the default in place of the old one', async () => {
    const austria = await marketOf('AT');
    const patched = await ask('PATCH', `/admin/v1/markets/${austria.id}`, { isDefault: true });
    expect(patched.status).toBe(200);
    const germany = await marketOf('DE');
    expect(germany.isDefault).toBe(false);
    expect((await ask('PATCH', `/admin/v1/markets/${austria.id}`, { isDefault: false })).body.code).toBe(
      'default-market-needed',
    );
    expect((await ask('PATCH', `/admin/v1/markets/${germany.id}`, { isDefault: true })).status).toBe(200);
  });

  test('with a country of another is refused and changes nothing', async () => {
    const before = await currentVersion(db);
    const answer = await ask('POST', '/admin/v1/markets', { ...canada, countries: ['DE'] });
    expect(answer).toMatchObject({ status: 409, body: { code: 'country-taken', country: 'DE' } });
    expect(await currentVersion(db)).toBe(before);
  });

  test.each([
    { change: { taxRate: 0.05 }, pointer: '/taxRate' },
    { change: { taxRate: '1.1' }, pointer: '/taxRate' },
    { change: { taxRate: '-0.1' }, pointer: '/taxRate' },
    { change: { countries: ['Canada'] }, pointer: '/countries/0' },
    { change: { countries: ['MX', 'MX'] }, pointer: '/countries' },
    { change: { countries: [] }, pointer: '/countries' },
    { change: { currencies: [] }, pointer: '/currencies' },
    { change: { currencies: ['XXX'] }, pointer: '/currencies/0' },
    { change: { name: ' ' }, pointer: '/name' },
    { change: { name: 'a\u0000b' }, pointer: '/name' },
    { change: { rounding: { mode: 'up', level: 'line' } }, pointer: '/rounding/mode' },
    { change: { version: 9 }, pointer: '/version' },
  ])('with $change is refused at $pointer', async ({ change, pointer }) => {
    const answer = await ask('POST', '/admin/v1/markets', { ...canada, countries: ['MX'], ...change });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-input', errors: [{ pointer }] } });
  });

  test('that does not exist is not found, and an id of another kind is refused', async () => {
    expect((await ask('GET', `/admin/v1/markets/${newId('market')}`)).status).toBe(404);
    expect((await ask('PATCH', `/admin/v1/markets/${newId('market')}`, {})).status).toBe(404);
    expect((await ask('GET', '/admin/v1/markets/nope')).body.errors).toMatchObject([{ pointer: '/path/id' }]);
  });
});

describe('a shipping rate', () => {
  test('is created, listed by market, changed and removed', async () => {
    const germany = await marketOf('DE');
    const draft = { marketId: germany.id, name: 'Bike courier', prices: [{ amount: 700, currency: 'EUR' }] };
    const created = await ask('POST', '/admin/v1/shipping-rates', draft);
    expect(created).toMatchObject({ status: 201, body: { ...draft, freeFrom: [], version: 1 } });
    const path = `/admin/v1/shipping-rates/${created.body.id}`;
    const listed = await ask('GET', `/admin/v1/shipping-rates?market=${germany.id}`);
    expect(listed.body.items.map((rate: ShippingRate) => rate.name)).toEqual(['Standard', 'Express', 'Bike courier']);

    const patched = await ask('PATCH', path, { freeFrom: [{ amount: 9000, currency: 'EUR' }] });
    expect(patched).toMatchObject({ status: 200, body: { name: 'Bike courier', version: 2 } });
    expect((await ask('GET', path)).body).toEqual(patched.body);

    expect((await ask('DELETE', path, undefined, { 'if-match': '"1"' })).status).toBe(412);
    expect((await ask('DELETE', path)).status).toBe(204);
    expect((await ask('GET', path)).status).toBe(404);
    expect((await ask('DELETE', path)).status).toBe(404);
  });

  test.each([
    { change: { prices: [] }, pointer: '/prices' },
    { change: { prices: [{ amount: -1, currency: 'EUR' }] }, pointer: '/prices/0/amount' },
    { change: { prices: [{ amount: 1.5, currency: 'EUR' }] }, pointer: '/prices/0/amount' },
    {
      change: {
        freeFrom: [
          { amount: 1, currency: 'EUR' },
          { amount: 2, currency: 'EUR' },
        ],
      },
      pointer: '/freeFrom',
    },
    { change: { marketId: newId('market') }, pointer: '/marketId' },
    { change: { weight: 1 }, pointer: '/weight' },
  ])('with $change is refused at $pointer', async ({ change, pointer }) => {
    const germany = await marketOf('DE');
    const draft = { marketId: germany.id, name: 'Post', prices: [{ amount: 1, currency: 'EUR' }] };
    const answer = await ask('POST', '/admin/v1/shipping-rates', { ...draft, ...change });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-input', errors: [{ pointer }] } });
  });
});

describe('writes', () => {
  test('under one idempotency key happen once and answer the same; another body is refused', async () => {
    const key = { 'idempotency-key': 'open-norway' };
    const norway = { ...canada, name: 'Norway', countries: ['NO'], currencies: ['NOK'] };
    const first = await ask('POST', '/admin/v1/markets', norway, key);
    const again = await ask('POST', '/admin/v1/markets', norway, key);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = await ask('POST', '/admin/v1/markets', { ...norway, name: 'Norge' }, key);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
  });

  test('at the same moment all succeed, each with its own version', async () => {
    const before = await currentVersion(db);
    const germany = await marketOf('DE');
    const draft = { marketId: germany.id, name: 'Parallel', prices: [{ amount: 1, currency: 'EUR' }] };
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask('POST', '/admin/v1/shipping-rates', draft)));
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201, 201]);
    expect(await currentVersion(db)).toBe(before + 4);
  });

  test('of two markets for one country at the same moment end with one', async () => {
    const iceland = { ...canada, name: 'Iceland', countries: ['IS'], currencies: ['ISK'] };
    const answers = await Promise.all([1, 2].map(() => ask('POST', '/admin/v1/markets', iceland)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409]);
  });
});
