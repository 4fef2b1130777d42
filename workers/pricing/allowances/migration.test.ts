/** The migration of a shop that sells already: nothing of it is lost, and its database holds what gift cards need. */
import { drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { once } from '../../../shared/http/d1-idempotency.ts';
import { emptyDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { addCodes, removeCodes } from '../codes/store.ts';
import { loadSettings } from '../store/settings.ts';
import { promotion } from '../testing/settings.ts';
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
  ...{ orderId: null, lineId: null, unit: null },
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
  expect(await listGiftCards(db, { beforeId: null, last4: null, orderId: null, limit: 10 })).toMatchObject([
    { row: card, levels: null },
  ]);
});

test('a promotion of a former form has the rules of today, and takes unique codes', async () => {
  const old = await emptyDatabase('pricing');
  try {
    await old.migrate(14);
    const {
      hasUniqueCodes: _h,
      excludesSaleItems: _e,
      ...row
    } = promotion('pro_1', {
      kind: 'percent-off-items',
      rate: '0.1',
    });
    const {
      maxAmounts: _m,
      unitsPerOrderMax: _u,
      unitsFirst: _f,
      ...offer
    } = { maxAmounts: [], ...row.offer } as Record<string, unknown>;
    const { minItemsSubtotals: _s, ...conditions } = row.conditions;
    await old.db
      .prepare(`insert into settings_rows (kind, id, since, until, body) values ('promotions', 'pro_1', 1, null, ?)`)
      .bind(JSON.stringify({ ...row, offer, conditions }))
      .run();
    await old.migrate();
    const db = drizzle(old.db);
    expect((await loadSettings(db)).promotions).toEqual([
      promotion('pro_1', { kind: 'percent-off-items', rate: '0.1' }),
    ]);
    const batch = { id: 'cbt_1', promotionId: 'pro_1', createdBy: 'k', now: 1 };
    const code = (id: string) => [{ id, code: 'A', usesMax: 1 }];
    expect(await addCodes(db, code('cod_1'), batch)).toBe(1);
    expect(await addCodes(db, code('cod_2'), batch)).toBe(1);
    await removeCodes(db, 'pro_1', { id: 'cod_1' }, 2);
    expect(await addCodes(db, code('cod_2'), batch)).toBe(2);
  } finally {
    await old.close();
  }
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
