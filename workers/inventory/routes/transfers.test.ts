/** Transfers, settings and locations over HTTP on a real database, with Stock objects in memory. */
import { drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MovementView, StockView, TransferView } from '../../../shared/contracts/inventory/http.ts';
import { actorHeader } from '../../../shared/http/actor.ts';
import { commit } from '../../../shared/messaging/d1.ts';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { decideStock, emptyStock, evolveStock } from '../domain/decide.ts';
import { KnownUnits } from '../service/known-units.ts';
import { openStock } from '../service/stock.ts';
import { saveLevels, saveOpenings } from '../store/units.ts';
import { MemoryStock } from '../testing/memory-stock.ts';
import { app } from './app.ts';

let database: TestDatabase;
let stock = new MemoryStock();
beforeAll(async () => {
  database = await migratedDatabase('inventory');
  const openings = ['stk_000', 'stk_001'].map((stockUnitId, index) => ({
    stockUnitId,
    sku: `SKU-${index}`,
    quantity: 10,
    floor: 0,
  }));
  await openStock({ stock: new MemoryStock(), db: drizzle(database.db), known: new KnownUnits() }, openings, 0);
  await ask('POST', 'locations', { id: 'loc_shop', name: 'Shop' });
});
afterAll(() => database.close());
beforeEach(() => {
  stock = new MemoryStock();
});

const actor = JSON.stringify({
  kind: 'key',
  id: 'k1',
  scopes: ['*'],
  region: 'weur',
  country: null,
  requestId: 'req_1',
  traceparent: '',
});

async function ask(method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}) {
  const request = new Request(`http://shop.test/admin/v1/${path}`, {
    method,
    headers: { 'content-type': 'application/json', [actorHeader]: actor, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await app.fetch(request, { DB: database.db, STOCK: stock });
  return { status: response.status, headers: response.headers, body: await response.json<Record<string, unknown>>() };
}

const stockOf = async (sku = 'SKU-0') => StockView.parse((await ask('GET', `inventory/${sku}`)).body);
const draft = {
  fromLocationId: 'loc_main',
  toLocationId: 'loc_shop',
  items: [
    { sku: 'SKU-0', quantity: 6 },
    { sku: 'SKU-1', quantity: 2 },
  ],
};

async function started(mode: string): Promise<string> {
  const { status, body } = await ask('POST', 'inventory/transfers', { ...draft, mode });
  expect(status).toBe(201);
  return TransferView.parse(body).id;
}

describe('a transfer', () => {
  test('that is asked for moves nothing until it is sent, and is on hand nowhere while it travels', async () => {
    const id = await started('request');
    expect(await stockOf()).toMatchObject({ onHand: 10, available: 10, inTransit: 0 });
    for (const _again of [1, 2])
      expect(await ask('POST', `inventory/transfers/${id}/send`, {})).toMatchObject({
        status: 200,
        body: { status: 'in_transit' },
      });
    expect(await stockOf()).toMatchObject({ onHand: 4, available: 4, inTransit: 6 });
  });

  test('arrives in parts, each told as the sum so far', async () => {
    const id = await started('send');
    const receipts = `inventory/transfers/${id}/receipts`;
    for (const _again of [1, 2])
      expect(await ask('POST', receipts, { items: [{ sku: 'SKU-0', received: 2 }] })).toMatchObject({
        status: 200,
        body: { status: 'in_transit', items: [{ received: 2 }, { received: 0 }] },
      });
    expect(await stockOf()).toMatchObject({ onHand: 6, inTransit: 4 });
    expect(await ask('POST', receipts, { items: [{ sku: 'SKU-1', received: 1 }] })).toMatchObject({
      body: { status: 'in_transit', items: [{ received: 2 }, { received: 1 }] },
    });
    const rest = [
      { sku: 'SKU-0', received: 6 },
      { sku: 'SKU-1', received: 2 },
    ];
    expect(await ask('POST', receipts, { items: rest })).toMatchObject({ body: { status: 'received' } });
    expect(await stockOf()).toMatchObject({ onHand: 10, available: 10, inTransit: 0 });
    expect(stock.state('stk_000').levels.loc_shop).toEqual({ onHand: 6, held: 0, committed: 0 });
    expect(await ask('POST', `inventory/transfers/${id}/cancel`, {})).toMatchObject({
      status: 409,
      body: { code: 'transfer-state', state: 'received' },
    });
  });

  test('of which more arrives than was sent is refused, and nothing of the receipt is kept', async () => {
    const id = await started('send');
    const items = [
      { sku: 'SKU-1', received: 1 },
      { sku: 'SKU-0', received: 7 },
    ];
    expect(await ask('POST', `inventory/transfers/${id}/receipts`, { items })).toMatchObject({
      status: 409,
      body: { code: 'transfer-conflict', sku: 'SKU-0', sent: 6, errors: [{ pointer: '/items/1/received' }] },
    });
    expect(await stockOf('SKU-1')).toMatchObject({ onHand: 8, inTransit: 2 });
  });

  test('that is canceled on its way gives back what has not arrived', async () => {
    const id = await started('send');
    await ask('POST', `inventory/transfers/${id}/receipts`, { items: [{ sku: 'SKU-0', received: 1 }] });
    for (const [status, body] of [
      [200, { status: 'canceled' }],
      [200, { status: 'canceled' }],
    ] as const)
      expect(await ask('POST', `inventory/transfers/${id}/cancel`, {})).toMatchObject({ status, body });
    expect(stock.state('stk_000').levels).toMatchObject({ loc_main: { onHand: 9 }, loc_shop: { onHand: 1 } });
    expect(await ask('POST', `inventory/transfers/${id}/send`, {})).toMatchObject({ body: { code: 'transfer-state' } });
  });

  test('may be done at once, and again under its key is the same one', async () => {
    const asked = { ...draft, mode: 'immediate', note: 'by hand' };
    const key = { 'idempotency-key': 'transfer-1' };
    const [first, again] = [
      await ask('POST', 'inventory/transfers', asked, key),
      await ask('POST', 'inventory/transfers', asked, key),
    ];
    expect(first).toMatchObject({ status: 201, body: { status: 'received', note: 'by hand' } });
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(stock.state('stk_000').levels).toMatchObject({ loc_main: { onHand: 4 }, loc_shop: { onHand: 6 } });
    const read = await ask('GET', `inventory/transfers/${first.body.id}`);
    expect(read).toMatchObject({ status: 200, body: first.body });
  });

  test('of more than is free is refused whole and leaves no trace', async () => {
    const items = [draft.items[1], { sku: 'SKU-0', quantity: 11 }];
    expect(await ask('POST', 'inventory/transfers', { ...draft, items, mode: 'send' })).toMatchObject({
      status: 409,
      body: {
        ...{ code: 'insufficient-stock', sku: 'SKU-0', locationId: 'loc_main', requested: 11, available: 10 },
        errors: [{ pointer: '/items/1/quantity', detail: '11 of SKU-0 are to leave, and 10 are free there.' }],
      },
    });
    expect(await stockOf('SKU-1')).toMatchObject({ onHand: 10, inTransit: 0 });
    const { body } = await ask('GET', 'inventory/transfers?limit=100');
    expect(JSON.stringify(body)).not.toContain('"quantity":11');
  });

  test.each([
    [{ ...draft, toLocationId: 'loc_main' }, 400, 'invalid-input', '/toLocationId'],
    [{ ...draft, toLocationId: 'loc_moon' }, 422, 'unknown-location', '/toLocationId'],
    [{ ...draft, fromLocationId: 'loc_moon' }, 422, 'unknown-location', '/fromLocationId'],
    [{ ...draft, items: [draft.items[0], { sku: 'NONE', quantity: 1 }] }, 422, 'unknown-stock-unit', '/items/1/sku'],
    [{ ...draft, items: [draft.items[0], draft.items[0]] }, 400, 'invalid-input', '/items'],
  ])('that makes no sense is refused: %j', async (body, status, code, pointer) => {
    expect(await ask('POST', 'inventory/transfers', body)).toMatchObject({
      status,
      body: { code, errors: [{ pointer }] },
    });
  });

  test('is listed, the newest first, page by page', async () => {
    const first = await ask('GET', 'inventory/transfers?limit=2');
    const second = await ask('GET', `inventory/transfers?limit=2&cursor=${first.body.next}`);
    const ids = [first, second].flatMap(({ body }) =>
      TransferView.array()
        .parse(body.items)
        .map(({ id }) => id),
    );
    expect(new Set(ids).size).toBe(4);
  });
});

describe('the settings of a unit', () => {
  test('keep stock back, state a floor, and are shown', async () => {
    const changes = { safety: { loc_main: 3 }, floor: -2, lowStockAt: 4, availableFrom: '2027-01-01T00:00:00.000Z' };
    const changed = await ask('PATCH', 'inventory/SKU-0', changes);
    const shown = {
      onHand: 10,
      available: 7,
      floor: -2,
      policy: 'continue',
      lowStockAt: 4,
      availableFrom: '2027-01-01T00:00:00.000Z',
      locations: [{ locationId: 'loc_main', onHand: 10, safety: 3, available: 7 }],
    };
    expect(changed).toMatchObject({ status: 200, body: shown });
    expect(await ask('PATCH', 'inventory/SKU-0', { availableFrom: null })).toMatchObject({
      body: { availableFrom: null, lowStockAt: 4, available: 7 },
    });
    expect(await ask('PATCH', 'inventory/SKU-0', { safety: { loc_main: 0 }, floor: 0 })).toMatchObject({
      body: { available: 10, policy: 'deny' },
    });
  });

  test('name locations that exist, and change something', async () => {
    expect(await ask('PATCH', 'inventory/SKU-0', { safety: { loc_moon: 1 } })).toMatchObject({ status: 422 });
    expect(await ask('PATCH', 'inventory/SKU-0', {})).toMatchObject({ status: 400 });
    expect(await ask('PATCH', 'inventory/NONE', { lowStockAt: 1 })).toMatchObject({ status: 404 });
  });
});

describe('a location', () => {
  test('is renamed and ranked, and every object hears of the rank', async () => {
    expect(await ask('PATCH', 'locations/loc_shop', { name: 'The shop', rank: 2 })).toMatchObject({
      status: 200,
      body: { id: 'loc_shop', name: 'The shop', rank: 2, isActive: true },
    });
    expect(stock.ranked.ranks).toMatchObject({ loc_main: 0, loc_shop: 2 });
    const { revision } = stock.ranked;
    await ask('PATCH', 'locations/loc_shop', { rank: 0 });
    expect(stock.ranked.revision).toBeGreaterThan(revision);
    expect(await ask('PATCH', 'locations/loc_moon', { rank: 0 })).toMatchObject({ status: 404 });
  });

  test('goes out of use when nothing lies there, and then takes no goods', async () => {
    expect(await ask('PATCH', 'locations/loc_main', { isActive: false })).toMatchObject({
      status: 409,
      body: { code: 'location-in-use' },
    });
    await ask('POST', 'locations', { id: 'loc_old', name: 'Old' });
    expect(await ask('PATCH', 'locations/loc_old', { isActive: false })).toMatchObject({ body: { isActive: false } });
    const adjustment = { delta: 1, reason: 'found', locationId: 'loc_old' };
    expect(await ask('POST', 'inventory/SKU-0/adjustments', adjustment)).toMatchObject({
      status: 422,
      body: { code: 'unknown-location' },
    });
  });

  test('with stock in the read model stays in use', async () => {
    await ask('POST', 'locations', { id: 'loc_full', name: 'Full' });
    const levels = [{ locationId: 'loc_full', onHand: 1, held: 0, committed: 0 }];
    const totals = {
      id: 'stk_full',
      onHand: 1,
      held: 0,
      committed: 0,
      available: 1,
      shortfall: 0,
      sequence: 1,
      asOf: 0,
    };
    const db = drizzle(database.db);
    await saveOpenings(db, [{ stockUnitId: 'stk_full', sku: 'FULL', quantity: 0, floor: 0 }], 0);
    await commit(db, saveLevels(db, [{ ...totals, levels }]));
    expect(await ask('PATCH', 'locations/loc_full', { isActive: false })).toMatchObject({
      status: 409,
      body: { code: 'location-in-use' },
    });
  });
});

describe('an adjustment below zero', () => {
  test('says how many can be taken', async () => {
    expect(await ask('POST', 'inventory/SKU-0/adjustments', { delta: -11, reason: 'lost' })).toMatchObject({
      status: 409,
      body: {
        ...{ code: 'insufficient-stock', requested: 11, available: 10 },
        errors: [{ pointer: '/delta', detail: '11 are needed, and 10 are there.' }],
      },
    });
  });
});

test('the ledger shows every movement, and replays to the stock', async () => {
  await started('immediate');
  await ask('PATCH', 'inventory/SKU-0', { safety: { loc_shop: 1 }, floor: -1 });
  const parts = [{ locationId: 'loc_shop', quantity: 2 }];
  const items = parts.map((part) => ({ ...part, condition: 'damaged' as const }));
  for (const command of [
    { type: 'hold' as const, key: 'chk_1', quantity: 3, until: 1, now: 0 },
    { type: 'commit' as const, key: 'chk_1', now: 0 },
    { type: 'ship' as const, key: 'chk_1', fulfillmentKey: 'ful_1', items: parts, now: 0 },
    { type: 'unship' as const, key: 'chk_1', fulfillmentKey: 'ful_1', now: 0 },
    { type: 'release-committed' as const, key: 'chk_1', releaseKey: 'rel_1', quantity: 1, now: 0 },
    { type: 'restock' as const, restockKey: 'ret_1', items, now: 0 },
  ])
    expect((await stock.executeAll([{ stockUnitId: 'stk_000', command }]))[0]?.refusal).toBeNull();
  const { body } = await ask('GET', 'inventory/SKU-0/movements?limit=100');
  const movements = MovementView.array().parse(body.items);
  expect(movements.map(({ type }) => type)).toEqual([
    'stock-opened',
    'transfer-sent',
    'transfer-received',
    'floor-changed',
    'settings-changed',
    'hold-placed',
    'hold-committed',
    'stock-shipped',
    'shipment-undone',
    'commitment-released',
    'stock-restocked',
  ]);
  expect(movements.at(-1)).toMatchObject({ reference: 'ret_1', parts: items });
  expect(movements.find(({ type }) => type === 'stock-shipped')).toMatchObject({
    reference: 'ful_1',
    key: 'chk_1',
    parts,
  });
  const replayed = (stock.ledgers.get('stk_000') ?? []).reduce(evolveStock, emptyStock);
  expect(replayed.levels).toEqual(stock.state('stk_000').levels);
  expect(decideStock(replayed, { type: 'expire', now: 0 }).events).toEqual([]);
});
