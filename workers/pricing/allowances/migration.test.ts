/** The migration of a shop that sells already: nothing of it is lost, and its database holds what gift cards need. */
import { drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { once } from '../../../shared/http/d1-idempotency.ts';
import { emptyDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { loadSettings } from '../store/settings.ts';
import { addGiftCard, type GiftCard, listGiftCards } from './store.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await emptyDatabase('pricing');
});
afterAll(() => database.close());

const card: GiftCard = {
  id: 'gft_1',
  codeHash: 'hash',
  last4: 'ABCD',
  currency: 'EUR',
  amountMinor: 100,
  expiresAt: null,
  note: null,
  createdAt: 1,
  createdBy: 'key:admin',
};

test('a database with settings keeps them and takes gift cards', async () => {
  await database.migrate(9);
  await database.db.exec(`update markets set name = 'Deutschland' where is_default = 1`);
  const before = await database.db
    .prepare('select (select count(*) from markets) as markets, (select count(*) from shipping_rates) as rates')
    .first();

  await database.migrate();

  const db = drizzle(database.db);
  const { markets, shippingRates } = await loadSettings(db);
  expect({ markets: markets.length, rates: shippingRates.length }).toEqual(before);
  expect(markets.find(({ isDefault }) => isDefault)?.name).toBe('Deutschland');
  for (const market of markets) expect(market).toMatchObject({ orderMinimums: [], variantMaximums: [] });
  for (const rate of shippingRates) expect(rate.subtotalCounts).toBe('after-discounts');
  expect(await addGiftCard(db, card, [])).toBe(true);
  expect(await addGiftCard(db, { ...card, id: 'gft_2' }, [])).toBe(false);
  expect(await listGiftCards(db, { beforeId: null, last4: null, limit: 10 })).toEqual([{ row: card, levels: null }]);
});

test('an idempotency key works in it', async () => {
  const actor = {
    kind: 'key',
    id: 'a',
    scopes: [],
    region: 'weur',
    country: null,
    requestId: 'r',
    traceparent: '',
  } as const;
  const call = { actor: { ...actor, scopes: [] }, idempotency: { key: 'k', fingerprint: 'f' } };
  const desk = { db: drizzle(database.db), now: () => 1_000 };
  let runs = 0;
  const run = async () => new Response(String(++runs));
  await once(desk, call, run);
  expect(await (await once(desk, call, run)).text()).toBe('1');
});
