/** The inventory over HTTP: parse, call, answer. */
import { drizzle } from 'drizzle-orm/d1';
import type * as z from 'zod';
import type { Movement } from '../../durable-objects/stock/object.ts';
import * as operations from '../../shared/contracts/inventory-http.ts';
import { type App, createApp, json, refused, serve } from '../../shared/http/app.ts';
import { etagOf } from '../../shared/http/conditional.ts';
import { idempotencyKeyOf, replayedHeader } from '../../shared/http/idempotency.ts';
import { decodeCursor, encodeCursor, nextLink } from '../../shared/http/pagination.ts';
import { problem } from '../../shared/http/problem.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import { type Level, totalsOf } from './domain.ts';
import type { InventoryEnv } from './env.ts';
import { adjust, command, type Inventory } from './service.ts';
import { addLocation, listLocations, listUnits, type StockRow, unitBySku } from './store.ts';

export const app: App<InventoryEnv> = createApp();

const inventoryOf = (env: InventoryEnv): Inventory => ({ stock: env.STOCK, db: drizzle(env.DB) });

serve(app, operations.listStock, async ({ query, env, c }) => {
  const after = query.cursor === undefined ? [''] : decodeCursor(query.cursor, 1);
  if (after === null) return problem('invalid-cursor');
  const rows = await listUnits(drizzle(env.DB), String(after[0]), query.prefix ?? '', query.limit + 1);
  const items = rows.slice(0, query.limit).map(viewOfRow);
  const last = items.at(-1);
  const next = rows.length > query.limit && last !== undefined ? encodeCursor([last.sku ?? '']) : null;
  return json({ items, next }, 200, nextLink(c.req.url, next));
});

serve(app, operations.getStock, async ({ params, actor, env }) => {
  const now = Date.now();
  const inventory = inventoryOf(env);
  const unit = await unitBySku(inventory.db, params.sku);
  const answer = unit === undefined ? null : await command(inventory, unit.id, { type: 'expire', now });
  if (unit === undefined || answer === null) return refused({ code: 'not-found' }, actor);
  return json(view(params.sku, unit.id, answer, now), 200, { etag: etagOf(answer.version) });
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
  return json(view(params.sku, stockUnitId, answer, now), 200, {
    etag: etagOf(answer.version),
    ...(answer.isReplayed ? replayedHeader : {}),
  });
});

serve(app, operations.listMovements, async ({ params, query, actor, env, c }) => {
  const after = query.cursor === undefined ? [0] : decodeCursor(query.cursor, 1);
  if (after === null) return problem('invalid-cursor');
  const unit = await unitBySku(drizzle(env.DB), params.sku);
  if (unit === undefined) return refused({ code: 'not-found' }, actor);
  const rows = await env.STOCK.getByName(unit.id).movements(unit.id, Number(after[0]), query.limit + 1);
  const items = rows.slice(0, query.limit).map(viewOfMovement);
  const last = items.at(-1);
  const next = rows.length > query.limit && last !== undefined ? encodeCursor([last.sequence]) : null;
  return json({ items, next }, 200, nextLink(c.req.url, next));
});

serve(app, operations.listLocations, async ({ env }) =>
  json({ items: await listLocations(drizzle(env.DB)), next: null }),
);

serve(app, operations.createLocation, async ({ body, actor, env }) => {
  if (await addLocation(drizzle(env.DB), body)) return json(body, 201);
  return refused({ code: 'handle-taken' }, actor);
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

/** A unit that was never touched has no levels yet: what it opened with is at the default location. */
function viewOfRow(row: StockRow): operations.StockView {
  const stored =
    row.levels.length > 0 ? row.levels : [{ locationId: 'loc_main', onHand: row.onHand, held: 0, committed: 0 }];
  const levels = Object.fromEntries(stored.map(({ locationId, ...level }) => [locationId, level]));
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
