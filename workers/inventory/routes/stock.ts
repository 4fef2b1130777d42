/** The inventory over HTTP: parse, call, answer. */
import * as operations from '../../../shared/contracts/inventory/http.ts';
import { type App, json, refused, serve } from '../../../shared/http/app.ts';
import { etagOf } from '../../../shared/http/conditional.ts';
import { serveOnce } from '../../../shared/http/d1-idempotency.ts';
import { replayedHeader } from '../../../shared/http/idempotency.ts';
import { decodeCursor, encodeCursor, invalidCursor, nextLink } from '../../../shared/http/pagination.ts';
import { problem } from '../../../shared/http/problem.ts';
import { contextOf, type InventoryEnv } from '../context.ts';
import { createLocation, editLocation, locations } from '../service/locations.ts';
import { adjust, changeSettings, movementsOf, stockOf, stockPage } from '../service/stock.ts';
import { exactView, viewOfMovement, viewOfRow } from '../view.ts';

export function serveStock(app: App<InventoryEnv>): void {
  serve(app, operations.listStock, async ({ query, actor, env, c }) => {
    const after = query.cursor === undefined ? [''] : decodeCursor(query.cursor, 'stock', ['string']);
    if (after === null) return invalidCursor(actor);
    const rows = await stockPage(contextOf(env), after[0] ?? '', query.prefix ?? '', query.limit + 1);
    const items = rows.slice(0, query.limit).map(viewOfRow);
    const last = items.at(-1);
    const next = rows.length > query.limit && last !== undefined ? encodeCursor('stock', [last.sku ?? '']) : null;
    return json({ items, next }, 200, nextLink(c.req.url, next));
  });

  serve(app, operations.getStock, async ({ params, actor, env }) => {
    const now = Date.now();
    const found = await stockOf(contextOf(env), params.sku, now);
    if (found === null) return refused({ code: 'not-found' }, actor);
    const { stockUnitId, answer } = found;
    return json(exactView(params.sku, stockUnitId, answer), 200, { etag: etagOf(answer.version) });
  });

  serve(app, operations.adjustStock, async ({ params, body, actor, idempotency, env }) => {
    const now = Date.now();
    const result = await adjust(
      contextOf(env),
      { sku: params.sku, change: body, locationId: body.locationId, reason: body.reason, actor: actor.id, now },
      idempotency,
    );
    if (!result.ok) return refused(result.refusal, actor);
    const { stockUnitId, answer } = result.value;
    return json(exactView(params.sku, stockUnitId, answer), 200, {
      etag: etagOf(answer.version),
      ...(answer.isReplayed ? replayedHeader : {}),
    });
  });

  serve(app, operations.listMovements, async ({ params, query, actor, env, c }) => {
    const list = `movements:${params.sku}`;
    const after = query.cursor === undefined ? [0] : decodeCursor(query.cursor, list, ['number']);
    if (after === null) return invalidCursor(actor);
    const rows = await movementsOf(contextOf(env), params.sku, after[0] ?? 0, query.limit + 1);
    if (rows === null) return refused({ code: 'not-found' }, actor);
    const items = rows.slice(0, query.limit).map(viewOfMovement);
    const last = items.at(-1);
    const next = rows.length > query.limit && last !== undefined ? encodeCursor(list, [last.sequence]) : null;
    return json({ items, next }, 200, nextLink(c.req.url, next));
  });

  serveOnce(app, operations.changeStockSettings, contextOf, async ({ params, body, actor, env }) => {
    const { floor, safety, lowStockAt, availableFrom } = body;
    const settings = {
      ...(safety === undefined ? {} : { safety }),
      ...(lowStockAt === undefined ? {} : { lowStockAt }),
      ...(availableFrom === undefined
        ? {}
        : { availableFrom: availableFrom === null ? null : Date.parse(availableFrom) }),
    };
    const result = await changeSettings(contextOf(env), { sku: params.sku, floor, settings, now: Date.now() });
    if (!result.ok) return refused(result.refusal, actor);
    const { stockUnitId, answer } = result.value;
    return json(exactView(params.sku, stockUnitId, answer), 200, { etag: etagOf(answer.version) });
  });

  serve(app, operations.listLocations, async ({ env }) => json({ items: await locations(contextOf(env)), next: null }));

  serveOnce(app, operations.createLocation, contextOf, async ({ body, actor, env }) => {
    const created = await createLocation(contextOf(env), body);
    if (created.ok) return json(created.value, 201);
    const detail = `There is a location with the id "${body.id}".`;
    return problem('location-taken', { detail, errors: [{ pointer: '/id', detail }], requestId: actor.requestId });
  });

  serveOnce(app, operations.editLocation, contextOf, async ({ params, body, actor, env }) => {
    const edited = await editLocation(contextOf(env), params.id, body);
    return edited.ok ? json(edited.value) : refused(edited.refusal, actor);
  });
}
