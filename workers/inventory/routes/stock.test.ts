/** The inventory over HTTP on a real database, without its objects: lists, and locations that are added once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actorHeader } from '../../../shared/http/actor.ts';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { app } from './app.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await migratedDatabase('inventory');
  const add = database.db.prepare(
    'insert into stock_units (id, sku, opening_quantity, floor, on_hand, available, as_of) values (?, ?, 1, 0, 1, 1, 0)',
  );
  await database.db.batch(['A', 'B', 'C'].map((sku) => add.bind(`stk_${sku}`, sku)));
});
afterAll(() => database.close());

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
  const noObjects = { getByName: () => Promise.reject(new Error('No route here asks a Stock object')) };
  const response = await app.fetch(request, { DB: database.db, STOCK: noObjects });
  return { status: response.status, headers: response.headers, body: await response.json<Record<string, unknown>>() };
}

describe('a new location', () => {
  const location = { id: 'loc_south', name: 'South' };

  test('is made once for a key, and the answer is given again', async () => {
    const key = { 'idempotency-key': 'south' };
    const first = await ask('POST', 'locations', location, key);
    const again = await ask('POST', 'locations', location, key);
    expect([first.status, again.status, again.body]).toEqual([201, 201, first.body]);
    expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    expect((await ask('POST', 'locations', { ...location, name: 'Other' }, key)).status).toBe(422);
  });

  test('is refused where there is one with that id', async () => {
    expect(await ask('POST', 'locations', { id: 'loc_main', name: 'Main' })).toMatchObject({
      status: 409,
      body: { code: 'location-taken', requestId: 'req_1', errors: [{ pointer: '/id' }] },
    });
  });
});

describe('a cursor', () => {
  test('leads through the list of stock', async () => {
    const first = await ask('GET', 'inventory?limit=2');
    const second = await ask('GET', `inventory?limit=2&cursor=${first.body.next}`);
    expect([first, second].map(({ body }) => body.items)).toMatchObject([[{ sku: 'A' }, { sku: 'B' }], [{ sku: 'C' }]]);
    expect(second.body.next).toBeNull();
  });

  test('of another list is refused', async () => {
    const { body } = await ask('GET', 'inventory?limit=1');
    for (const path of [`inventory/A/movements?cursor=${body.next}`, 'inventory?cursor=WzFd']) {
      expect(await ask('GET', path)).toMatchObject({
        status: 400,
        body: { code: 'invalid-cursor', requestId: 'req_1', errors: [{ pointer: '/query/cursor' }] },
      });
    }
  });
});
