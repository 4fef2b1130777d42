/** The inventory over HTTP: parse, call, answer. */
import { inParts } from '../../../shared/bulk/jobs.ts';
import { answerJob, reportOf, serveBulkJobs } from '../../../shared/bulk/routes.ts';
import { rowsAtOnceMax } from '../../../shared/contracts/bulk.ts';
import * as operations from '../../../shared/contracts/inventory/http.ts';
import { type App, json, refused, serve } from '../../../shared/http/app.ts';
import { etagOf } from '../../../shared/http/conditional.ts';
import { serveOnce } from '../../../shared/http/d1-idempotency.ts';
import { replayedHeader } from '../../../shared/http/idempotency.ts';
import { answerPage } from '../../../shared/http/page.ts';
import { problem } from '../../../shared/http/problem.ts';
import { noSuch } from '../../../shared/values/result.ts';
import { armJobs, contextOf, type InventoryEnv } from '../context.ts';
import { countRows, countsPerStep } from '../service/counts.ts';
import { createLocation, editLocation, locations } from '../service/locations.ts';
import {
  adjust,
  changeSettings,
  movementsOf,
  type StockOfSku,
  shortfallOfSku,
  stockOf,
  stockPage,
} from '../service/stock.ts';
import { exactView, shortfallView, viewOfMovement, viewOfRow } from '../view.ts';

export function serveStock(app: App<InventoryEnv>): void {
  serve(app, operations.listStock, (call) =>
    answerPage(call, {
      name: 'stock',
      key: ['string'],
      rowsAfter: (after, limit) =>
        stockPage(contextOf(call.env), {
          afterSku: after?.[0] ?? '',
          prefix: call.query.prefix ?? '',
          isShort: call.query.shortfall !== undefined,
          limit,
        }),
      keyOf: ({ sku }) => [sku ?? ''],
      view: viewOfRow,
    }),
  );

  serve(app, operations.getStock, async ({ params, actor, env }) => {
    const found = await stockOf(contextOf(env), params.sku, Date.now());
    if (found === null) return refused(noSuch('SKU'), actor);
    return exactAnswer(params.sku, found);
  });

  serve(app, operations.readShortfall, async ({ params, actor, env }) => {
    const found = await shortfallOfSku(contextOf(env), params.sku, Date.now());
    if (found === null) return refused(noSuch('SKU'), actor);
    return json(shortfallView(params.sku, found.answer, found.promises));
  });

  serve(app, operations.adjustStock, async ({ params, body, actor, idempotency, env }) => {
    const now = Date.now();
    const result = await adjust(
      contextOf(env),
      { sku: params.sku, change: body, locationId: body.locationId, reason: body.reason, actor: actor.id, now },
      idempotency,
    );
    return result.ok ? exactAnswer(params.sku, result.value) : refused(result.refusal, actor);
  });

  serveOnce(
    app,
    operations.setLevels,
    contextOf,
    async ({ body: { rows, reason }, actor, idempotency, env }, attempt) => {
      const listKey = idempotency?.key ?? actor.requestId;
      const now = Date.now();
      if (rows.length <= rowsAtOnceMax)
        return json(reportOf(await countRows(contextOf(env), rows, listKey, { reason, actor: actor.id, now })));
      const settings = { actor: actor.id, reason, traceparent: actor.traceparent };
      const list = { parts: inParts(rows, countsPerStep), settings, now };
      return answerJob({ db: contextOf(env).db, arm: () => armJobs(env) }, operations.setLevels.path, list, attempt);
    },
  );
  serveBulkJobs(app, operations.levelJobs, (env) => contextOf(env).db);

  serve(app, operations.listMovements, (call) => {
    const { sku } = call.params;
    return answerPage(call, {
      name: `movements:${sku}`,
      key: ['number'],
      rowsAfter: (after, limit) => movementsOf(contextOf(call.env), sku, after?.[0] ?? 0, limit),
      keyOf: ({ sequence }) => [sequence],
      view: viewOfMovement,
    });
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
    return result.ok ? exactAnswer(params.sku, result.value) : refused(result.refusal, actor);
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

function exactAnswer(sku: string, { stockUnitId, answer }: StockOfSku): Response {
  const headers = { etag: etagOf(answer.version), ...(answer.isReplayed ? replayedHeader : {}) };
  return json(exactView(sku, stockUnitId, answer), 200, headers);
}
