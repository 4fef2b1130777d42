/**
 * A catalog on plain Node for tests: its own routes on a given database, and neighbours that remember what they were told.
 * Requests come as the router sends them, from a merchant.
 */
import type { StockCount, StockOpening } from '../../../shared/contracts/inventory/api.ts';
import { actorHeader } from '../../../shared/http/actor.ts';
import { type CatalogEnv, contextOf } from '../context.ts';
import { app } from '../routes/app.ts';
import { runJobs } from '../service/jobs.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}

export interface TestCatalog {
  readonly env: CatalogEnv;
  /** Everything that the inventory was asked to open. */
  readonly openings: StockOpening[];
  /** Everything that the inventory was told to be counted. */
  readonly counted: StockCount[];
  /** What the inventory has of each unit at the default location: as it was opened and counted, unless a test says otherwise. */
  readonly onHand: Map<string, number>;
  /** Units that the inventory does not let count. */
  readonly refusesCounts: Set<string>;
  /** Works off the jobs to their end, as their object does. */
  runJobs(): Promise<void>;
  /** Done by the inventory while it opens stock: a test puts a rival there. */
  whileOpening: () => Promise<void>;
  /** A string is sent as it is, anything else as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  importCsv(csv: string, query?: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

/** Where the merchant of a test sells, and in which currency: not always that of the country. */
const markets = (
  [
    ['US', 'USD'],
    ['CH', 'EUR'],
  ] as const
).map(([country, currency]) => ({
  id: `mkt_${country}`,
  name: country,
  countries: [country],
  currencies: [currency],
  isDefault: false,
  isFallback: false,
  listsTag: '',
}));

const actor = JSON.stringify({
  kind: 'key',
  id: 'k1',
  scopes: ['*'],
  region: 'weur',
  country: null,
  requestId: 'req_1',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
});

/** A catalogue without products, collections and imports, on a database that an earlier test has used. */
export async function emptiedCatalog(db: D1Database): Promise<TestCatalog> {
  for (const table of ['products', 'collections', 'imports', 'import_chunks', 'outbox', 'idempotency_keys'])
    await db.prepare(`delete from ${table}`).run();
  return testCatalog(db);
}

export function testCatalog(db: D1Database): TestCatalog {
  const openings: StockOpening[] = [];
  const counted: StockCount[] = [];
  const refusesCounts = new Set<string>();
  const onHand = new Map<string, number>();
  const unused = () => Promise.reject(new Error('The catalog does not ask this'));
  const made: TestCatalog = {
    openings,
    counted,
    refusesCounts,
    onHand,
    whileOpening: async () => {},
    runJobs: async () => {
      while ((await runJobs(contextOf(made.env, null), Number.POSITIVE_INFINITY)) !== null);
    },
    env: {
      DB: db,
      OUTBOX_RELAY: { getByName: () => ({ arm: async () => {} }) },
      JOBS: { getByName: () => ({ arm: async () => {}, done: () => made.runJobs() }) },
      INVENTORY: {
        openStock: async (opened) => {
          openings.push(...opened);
          for (const { stockUnitId, quantity } of opened)
            if (!onHand.has(stockUnitId)) onHand.set(stockUnitId, quantity);
          await made.whileOpening();
        },
        count: async (counts) => {
          counted.push(...counts);
          for (const { stockUnitId, change } of counts)
            if (!refusesCounts.has(stockUnitId))
              onHand.set(stockUnitId, 'set' in change ? change.set : (onHand.get(stockUnitId) ?? 0) + change.add);
          return counts.map(({ stockUnitId }) => stockUnitId).filter((id) => refusesCounts.has(id));
        },
        onHand: async (stockUnitIds) =>
          stockUnitIds.map((stockUnitId) => ({ stockUnitId, onHand: onHand.get(stockUnitId) ?? 0 })),
        hold: unused,
        commitHolds: unused,
        undoHolds: unused,
        handledEvents: unused,
      },
      PRICING: {
        shelf: async () => ({ version: 1, until: null, ageMs: 0, markets }),
        shelfPrices: unused,
      },
      NOTIFICATIONS: { handledEvents: unused },
      INVENTORY_INBOX: unusedQueue(),
      NOTIFICATIONS_INBOX: unusedQueue(),
    },
    call: (method, path, body, headers = {}) => {
      const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      return send(made.env, path, { method, headers: { ...type, ...headers }, ...sent });
    },
    importCsv: (csv, query = '', headers = {}) =>
      send(made.env, `/admin/v1/imports${query}`, {
        method: 'POST',
        headers: { 'content-type': 'text/csv', ...headers },
        body: csv,
      }),
  };
  return made;
}

async function send(
  env: CatalogEnv,
  path: string,
  init: { method: string; headers: Record<string, string>; body?: string },
): Promise<Answer> {
  const request = new Request(`http://shop.test${path}`, {
    ...init,
    headers: { ...init.headers, [actorHeader]: actor },
  });
  const context = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };
  const response = await app.fetch(request, env, context);
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
}

function unusedQueue(): CatalogEnv['INVENTORY_INBOX'] {
  const refuse = () => Promise.reject(new Error('Only the relay sends events'));
  return { send: refuse, sendBatch: refuse, metrics: refuse };
}
