/** A batch of events in the read model: few statements, the newest levels, the last names; and databases of older shops. */
import { drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ProductChanged } from '../../shared/events/catalog.ts';
import { type Envelope, envelope } from '../../shared/events/envelope.ts';
import { StockChanged } from '../../shared/events/inventory.ts';
import { emptyDatabase, migratedDatabase, type TestDatabase } from '../../shared/testing/d1.ts';
import { receiveEvents } from './events.ts';
import { KnownUnits } from './service/known-units.ts';
import { keepNames } from './service/stock.ts';
import { listLocations } from './store/locations.ts';
import { MemoryStock } from './testing/memory-stock.ts';

const time = '2026-11-21T00:00:00.000Z';

let database: TestDatabase;
beforeAll(async () => {
  database = await migratedDatabase('inventory');
  await addUnits(database, ['a', 'b', 'c']);
});
afterAll(() => database.close());

async function addUnits({ db }: TestDatabase, names: readonly string[]): Promise<void> {
  const add = db.prepare(
    'insert into stock_units (id, sku, opening_quantity, floor, on_hand, available, as_of) values (?, ?, 9, 0, 9, 9, 0)',
  );
  await db.batch(names.map((name) => add.bind(`stk_${name}`, name.toUpperCase())));
}

function changed(name: string, sequence: number, onHand: number): Envelope {
  const facts = { id: `stk_${name}/${sequence}`, subject: `stk_${name}`, sequence, time };
  const totals = { onHand, held: 0, committed: 0, available: onHand };
  const levels = [{ locationId: 'loc_main', onHand, held: 0, committed: 0 }];
  return envelope(StockChanged, facts, { stockUnitId: `stk_${name}`, ...totals, levels, asOf: time });
}

/** Delivers events as one batch and answers how many statements that took. */
async function deliver(events: readonly Envelope[]): Promise<number> {
  let statements = 0;
  const counted = new Proxy(database.db, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== 'batch') return value.bind(target);
      return (batch: D1PreparedStatement[]) => {
        statements += batch.length;
        return target.batch(batch);
      };
    },
  });
  const answers: string[] = [];
  const messages = events.map((body) => ({
    id: body.id,
    timestamp: new Date(0),
    body,
    attempts: 1,
    ack: () => void answers.push('ack'),
    retry: () => void answers.push('retry'),
  }));
  const inventory = { stock: new MemoryStock(), db: drizzle(counted), known: new KnownUnits() };
  await receiveEvents(inventory, { messages }, 1);
  expect(answers).toEqual(events.map(() => 'ack'));
  return statements;
}

async function unit(name: string) {
  return database.db.prepare('select * from stock_units where id = ?').bind(`stk_${name}`).first();
}

/** The ids of the events, and the oldest ids that nobody needs any more. */
const receiptStatements = 2;

test('a batch of changes takes as many statements as one change, and the newest of each unit stays', async () => {
  const events = [changed('a', 3, 30), changed('b', 1, 11), changed('a', 2, 20), changed('b', 2, 12)];
  expect(await deliver(events)).toBe(3 + receiptStatements);
  expect(await unit('a')).toMatchObject({ on_hand: 30, available: 30, sequence: 3, as_of: Date.parse(time) });
  expect(await unit('b')).toMatchObject({ on_hand: 12, sequence: 2 });
  expect(JSON.parse(String((await unit('a'))?.levels))).toEqual([
    { locationId: 'loc_main', onHand: 30, held: 0, committed: 0 },
  ]);
});

test('a change that comes late changes nothing', async () => {
  await deliver([changed('c', 5, 50)]);
  await deliver([changed('c', 4, 40)]);
  expect(await unit('c')).toMatchObject({ on_hand: 50, sequence: 5 });
});

test('names that several events tell end as if each had been told alone', async () => {
  const told = [
    ['stk_a', 'X'],
    ['stk_b', 'A'],
    ['stk_c', 'X'],
    ['stk_b', 'B'],
  ] as const;
  const alone = await migratedDatabase('inventory');
  await addUnits(alone, ['a', 'b', 'c']);
  const db = drizzle(alone.db);
  for (const [stockUnitId, sku] of told) for (const statement of keepNames(db, [{ stockUnitId, sku }])) await statement;
  const names = 'select id, sku from stock_units order by id';
  const expected = await alone.db.prepare(names).all();
  await alone.close();

  const products = told.map(([stockUnitId, sku], index) => {
    const productId = `prd_${index}`;
    const facts = { id: productId, subject: productId, sequence: 1, time };
    const variants = [{ variantId: 'var_1', sku, stockUnitId }];
    const product = { productId, handle: 'cup', title: 'Cup', status: 'active' as const, version: 1, variants };
    return envelope(ProductChanged, facts, product);
  });
  expect(await deliver(products)).toBe(2 + receiptStatements);
  expect((await database.db.prepare(names).all()).results).toEqual(expected.results);
});

test('a database with locations and stock keeps both when locations get their ranks', async () => {
  const older = await emptyDatabase('inventory');
  await older.migrate(2);
  await addUnits(older, ['a']);
  await older.db.prepare("insert into locations (id, name, position) values ('loc_south', 'South', 1)").run();
  await older.migrate();
  expect(await listLocations(drizzle(older.db))).toEqual([
    { id: 'loc_main', name: 'Main warehouse', rank: 0, isActive: true },
    { id: 'loc_south', name: 'South', rank: 0, isActive: true },
  ]);
  expect(await older.db.prepare('select on_hand from stock_units').first('on_hand')).toBe(9);
  expect(await older.db.prepare('select count(*) as count from transfers').first('count')).toBe(0);
  await older.close();
});

test('where something lies follows the newest levels of each unit', async () => {
  await addUnits(database, ['moved']);
  const at = async () => {
    const lies = "select location_id from stocked_at where stock_unit_id = 'stk_moved' order by location_id";
    return (await database.db.prepare(lies).all<{ location_id: string }>()).results.map((row) => row.location_id);
  };
  const moved = (sequence: number, ...filled: readonly string[]) => {
    const event = changed('moved', sequence, filled.length);
    const levels = ['loc_main', 'loc_shop'].map((locationId) => ({
      ...{ locationId, held: 0, committed: 0 },
      onHand: filled.includes(locationId) ? 1 : 0,
    }));
    return { ...event, data: { ...StockChanged.data.parse(event.data), levels } };
  };
  await deliver([moved(2, 'loc_main', 'loc_shop')]);
  expect(await at()).toEqual(['loc_main', 'loc_shop']);
  await deliver([moved(1, 'loc_main')]);
  expect(await at()).toEqual(['loc_main', 'loc_shop']);
  await deliver([moved(3, 'loc_shop')]);
  expect(await at()).toEqual(['loc_shop']);
  await deliver([moved(4)]);
  expect(await at()).toEqual([]);
});
