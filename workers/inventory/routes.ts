/** The inventory over HTTP: parse, call, answer. */
import { drizzle } from 'drizzle-orm/d1';
import type * as z from 'zod';
import type { Movement } from '../../durable-objects/stock/object.ts';
import * as operations from '../../shared/contracts/inventory-http.ts';
import { type App, createApp, json, refused, serve } from '../../shared/http/app.ts';
import { etagOf } from '../../shared/http/conditional.ts';
import { once } from '../../shared/http/d1-idempotency.ts';
import { idempotencyKeyOf, replayedHeader } from '../../shared/http/idempotency.ts';
import { decodeCursor, encodeCursor, invalidCursor, nextLink } from '../../shared/http/pagination.ts';
import { problem } from '../../shared/http/problem.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import { type Level, totalsOf } from './domain.ts';
import type { InventoryEnv } from './env.ts';
import { adjust, createLocation, type Inventory, locations, movementsOf, stockOf, stockPage } from './service.ts';
import type { StockRow } from './store.ts';

export const app: App<InventoryEnv> = createApp();

const inventoryOf = (env: InventoryEnv): Inventory => ({ stock: env.STOCK, db: drizzle(env.DB) });

serve(app, operations.listStock, async ({ query, actor, env, c }) => {
  const after = query.cursor === undefined ? [''] : decodeCursor(query.cursor, 'stock', ['string']);
  if (after === null) return invalidCursor(actor);
  const rows = await stockPage(inventoryOf(env), after[0] ?? '', query.prefix ?? '', query.limit + 1);
  const items = rows.slice(0, query.limit).map(viewOfRow);
  const last = items.at(-1);
  const next = rows.length > query.limit && last !== undefined ? encodeCursor('stock', [last.sku ?? '']) : null;
  return json({ items, next }, 200, nextLink(c.req.url, next));
});

serve(app, operations.getStock, async ({ params, actor, env }) => {
  const now = Date.now();
  const found = await stockOf(inventoryOf(env), params.sku, now);
  if (found === null) return refused({ code: 'not-found' }, actor);
  const { stockUnitId, answer } = found;
  return json(view(params.sku, stockUnitId, answer, answer.asOf), 200, { etag: etagOf(answer.version) });
});

serve(app, operations.adjustStock, async ({ params, body, actor, env, c }) => {
  const now = Date.now();
  const idempotency = await idempotencyKeyOf(c.req.raw, actor, JSON.stringify(body), false);
  if (idempotency instanceof Response) return idempotency;
  const result = await adjust(
    inventoryOf(env),
    { sku: params.sku, change: body, locationId: body.locationId, reason: body.reason, actor: actor.id, now },
    idempotency,
  );
  if (!result.ok) return refused(result.refusal, actor);
  const { stockUnitId, answer } = result.value;
  return json(view(params.sku, stockUnitId, answer, answer.asOf), 200, {
    etag: etagOf(answer.version),
    ...(answer.isReplayed ? replayedHeader : {}),
  });
});

serve(app, operations.listMovements, async ({ params, query, actor, env, c }) => {
  const list = `movements:${params.sku}`;
  const after = query.cursor === undefined ? [0] : decodeCursor(query.cursor, list, ['number']);
  if (after === null) return invalidCursor(actor);
  const rows = await movementsOf(inventoryOf(env), params.sku, after[0] ?? 0, query.limit + 1);
  if (rows === null) return refused({ code: 'not-found' }, actor);
  const items = rows.slice(0, query.limit).map(viewOfMovement);
  const last = items.at(-1);
  const next = rows.length > query.limit && last !== undefined ? encodeCursor(list, [last.sequence]) : null;
  return json({ items, next }, 200, nextLink(c.req.url, next));
});

serve(app, operations.listLocations, async ({ env }) => json({ items: await locations(inventoryOf(env)), next: null }));

serve(app, operations.createLocation, async ({ body, actor, env, c }) => {
  const inventory = inventoryOf(env);
  const call = { request: c.req.raw, actor, bodyText: JSON.stringify(body), now: Date.now() };
  return once(inventory.db, call, async () => {
    const created = await createLocation(inventory, body);
    if (created.ok) return json(body, 201);
    const detail = `There is a location with the id "${body.id}".`;
    return problem('location-taken', { detail, errors: [{ pointer: '/id', detail }], requestId: actor.requestId });
  });
});

interface Levels {
  readonly floor: number;
  readonly levels: Readonly<Record<string, Level>>;
  readonly version: number;
}

function view(
  sku: string | null,
  stockUnitId: string,
  { floor, levels, version }: Levels,
  now: number,
): operations.StockView {
  const locations = Object.entries(levels).map(([locationId, level]) => ({
    locationId,
    ...level,
    available: level.onHand - level.held - level.committed,
  }));
  const policy = floor < 0 ? ('continue' as const) : ('deny' as const);
  return { sku, stockUnitId, ...totalsOf({ levels }), locations, policy, floor, version, asOf: toTimestamp(now) };
}

function viewOfRow(row: StockRow): operations.StockView {
  const levels = Object.fromEntries(row.levels.map(({ locationId, ...level }) => [locationId, level]));
  return view(row.sku, row.id, { floor: row.floor, levels, version: row.sequence }, row.asOf);
}

function viewOfMovement({ sequence, event }: Movement): z.infer<typeof operations.MovementView> {
  const { type, at, ...facts } = event;
  const common = { sequence, type, at: toTimestamp(at) };
  if ('parts' in facts)
    return {
      ...common,
      key: facts.key,
      parts: facts.parts.map((part) => ({ locationId: part.poolId, quantity: part.quantity })),
    };
  if ('delta' in facts)
    return { ...common, locationId: facts.locationId, delta: facts.delta, reason: facts.reason, actor: facts.actor };
  if ('levels' in facts) {
    return {
      ...common,
      parts: Object.entries(facts.levels).map(([locationId, quantity]) => ({ locationId, quantity })),
    };
  }
  return 'key' in facts ? { ...common, key: facts.key } : common;
}
