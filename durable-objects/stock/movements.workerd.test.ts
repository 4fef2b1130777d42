/**
 * The Stock object with several units at once: steps that go together, ranks that outlive it, and what has run low told
 * once and never lost to a newer event.
 */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { StockLow } from '../../shared/events/inventory.ts';
import { subscriptions } from '../../shared/events/subscriptions.ts';
import { evictObject } from '../../shared/testing/evict.ts';
import type { UnitCommand } from '../../workers/inventory/domain/decide.ts';
import type { UnitStep } from '../../workers/inventory/domain/steps.ts';
import type { StockObjectStub } from '../../workers/inventory/service/stock.ts';

type Stub = DurableObjectStub & StockObjectStub;
const objects: { getByName(name: string): Stub } = Reflect.get(env, 'STOCK');

/** Ahead of the clock of the runtime, so that no alarm rings into a test. */
const now = Date.now() + 24 * 60 * 60 * 1_000;
const until = now + 60_000;
const key = 'chk_1';

const [one, two] = ['stk_one', 'stk_two'] as const;

/** An object with two open units of five each, at two places. */
async function opened(): Promise<Stub> {
  const stub = objects.getByName(crypto.randomUUID());
  const opening: UnitCommand = { type: 'open', levels: { loc_a: 3, loc_b: 2 }, floor: 0, now };
  await stub.executeAll(both(opening));
  return stub;
}

const both = (command: UnitCommand): UnitStep[] => [one, two].map((stockUnitId) => ({ stockUnitId, command }));
const step = (stockUnitId: string, command: UnitCommand): UnitStep => ({ stockUnitId, command });
const hold = (quantity: number, under = key): UnitCommand => ({ type: 'hold', key: under, quantity, until, now });
const ship = (quantity: number): UnitCommand => ({
  type: 'ship',
  key,
  fulfillmentKey: 'ful_1',
  items: [{ locationId: 'loc_a', quantity }],
  now,
});
const refusalsOf = async (answers: Promise<{ refusal: { code: string } | null }[]>) =>
  (await answers).map(({ refusal }) => refusal?.code ?? 'accepted');

describe('steps to several units', () => {
  test('end at the first that is refused', async () => {
    const stub = await opened();
    const steps = [step(one, hold(6)), step(two, hold(1))];
    expect(await refusalsOf(stub.executeAll(steps))).toEqual(['insufficient-stock']);
    expect(await stub.movements(two, 1, 10)).toEqual([]);
  });

  test('that go together happen all or not at all, also after an eviction', async () => {
    const stub = await opened();
    await stub.executeAll(both(hold(3)));
    await stub.executeAll(both({ type: 'commit', key, now }));
    await evictObject(stub);
    expect(await refusalsOf(stub.executeAll([step(one, ship(2)), step(two, ship(4))], 'all'))).toEqual([
      'accepted',
      'not-committed',
    ]);
    expect(await stub.allocations(key, [one, two])).toEqual(
      [one, two].map((stockUnitId) => ({ stockUnitId, locationId: 'loc_a', quantity: 3 })),
    );
    for (const _again of [1, 2]) {
      const steps = [step(one, ship(2)), step(two, ship(3))];
      expect(await refusalsOf(stub.executeAll(steps, 'all'))).toEqual(['accepted', 'accepted']);
      await evictObject(stub);
    }
    expect(await stub.allocations(key, [one, two])).toEqual([{ stockUnitId: one, locationId: 'loc_a', quantity: 1 }]);
  });

  test('that are only asked about leave nothing', async () => {
    const stub = await opened();
    expect(await refusalsOf(stub.executeAll(both(hold(5)), 'check'))).toEqual(['accepted', 'accepted']);
    expect(await stub.movements(one, 1, 10)).toEqual([]);
  });
});

describe('units that are touched for the first time', () => {
  const opening = { levels: { loc_a: 5 }, floor: 0 };
  const first = (command: UnitCommand): UnitStep[] => both(command).map((one) => ({ ...one, opening }));
  const typesOf = async (stub: Stub) => (await stub.movements(one, 0, 10)).map(({ event }) => event.type);
  const told = (stub: Stub) =>
    runInDurableObject(stub, (_instance, { storage }) =>
      storage.sql
        .exec<{ event_id: string }>('select event_id from outbox order by position')
        .toArray()
        .map((row) => row.event_id),
    );

  test('begin and are held in one commit that tells of both together', async () => {
    const stub = objects.getByName(crypto.randomUUID());
    expect(await refusalsOf(stub.executeAll(first(hold(5))))).toEqual(['accepted', 'accepted']);
    expect([await typesOf(stub), await told(stub)]).toEqual([
      ['stock-opened', 'hold-placed'],
      [`${one}/2`, `${two}/2`],
    ]);
  });

  test('begin also when what was asked of them is refused, and never begin twice', async () => {
    const stub = objects.getByName(crypto.randomUUID());
    expect(await refusalsOf(stub.executeAll(first(hold(6))))).toEqual(['insufficient-stock']);
    expect(await typesOf(stub)).toEqual(['stock-opened']);
    await evictObject(stub);
    expect(await refusalsOf(stub.executeAll(first(hold(2))))).toEqual(['accepted', 'accepted']);
    expect(await typesOf(stub)).toEqual(['stock-opened', 'hold-placed']);
  });

  test('do not begin because somebody asks', async () => {
    const stub = objects.getByName(crypto.randomUUID());
    expect(await refusalsOf(stub.executeAll(first(hold(5)), 'check'))).toEqual(['accepted', 'accepted']);
    expect(await typesOf(stub)).toEqual([]);
  });
});

describe('the ranks of locations', () => {
  test('decide where goods are taken from, after an eviction too, and an older list changes nothing', async () => {
    const stub = await opened();
    await stub.rankLocations({ revision: 2, ranks: { loc_a: 1, loc_b: 0 } });
    await stub.rankLocations({ revision: 1, ranks: { loc_a: 0, loc_b: 1 } });
    await evictObject(stub);
    await stub.executeAll([step(one, hold(3)), step(one, { type: 'commit', key, now })]);
    expect(await stub.allocations(key, [one])).toEqual([
      { stockUnitId: one, locationId: 'loc_b', quantity: 2 },
      { stockUnitId: one, locationId: 'loc_a', quantity: 1 },
    ]);
  });
});

describe('stock that runs low', () => {
  // What the table of subscriptions says of this event is its own matter: here somebody listens.
  Reflect.set(subscriptions, StockLow.type, ['notifications']);

  const told = (stub: Stub) =>
    runInDurableObject(stub, (_instance, state) =>
      state.storage.sql
        .exec<{ envelope: string }>('select envelope from outbox order by position')
        .toArray()
        .map((row) => JSON.parse(row.envelope))
        .filter(({ type }) => type === StockLow.type),
    );

  test('is told once per crossing, and newer levels do not take its place', async () => {
    const stub = await opened();
    const tell = (command: UnitCommand) => stub.executeAll([step(one, command)]);
    await tell({ type: 'change-settings', lowStockAt: 2, now });
    expect(await told(stub)).toEqual([]);
    await tell(hold(3));
    await tell(hold(1, 'chk_2'));
    expect(await told(stub)).toMatchObject([{ subject: one, data: { stockUnitId: one, available: 2, lowStockAt: 2 } }]);
    await tell({ type: 'undo', key, now });
    await tell(hold(2, 'chk_3'));
    expect((await told(stub)).map(({ data }) => StockLow.data.parse(data).available)).toEqual([2, 2]);
  });
});
