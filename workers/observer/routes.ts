/** Health and dead letters over HTTP. */
import * as api from '../../shared/contracts/observer/http.ts';
import { type App, createApp, json, refused, serve } from '../../shared/http/app.ts';
import { replayedHeader } from '../../shared/http/idempotency.ts';
import { decodeCursor, encodeCursor, invalidCursor, nextLink } from '../../shared/http/pagination.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import { contextOf, type ObserverEnv } from './context.ts';
import { lettersPage, readLetter, replay, shopHealth } from './service/desk.ts';
import type { DeadLetterRow } from './store.ts';

export const app: App<ObserverEnv> = createApp();

serve(app, api.listDeadLetters, async ({ env, query, actor, c }) => {
  const key = query.cursor === undefined ? null : decodeCursor(query.cursor, 'dead-letters', ['string']);
  if (key === null && query.cursor !== undefined) return invalidCursor(actor);
  const before = key === null ? null : key[0];
  const rows = await lettersPage(contextOf(env), { status: query.status, before, limit: query.limit + 1 });
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  const next = rows.length > shown.length && last !== undefined ? encodeCursor('dead-letters', [last.id]) : null;
  return json({ items: shown.map(viewOf), next }, 200, nextLink(c.req.url, next));
});

serve(app, api.readDeadLetter, async ({ env, params, actor }) => {
  const row = await readLetter(contextOf(env), params.id);
  return row === undefined ? refused({ code: 'not-found' }, actor) : json(viewOf(row));
});

serve(app, api.replayDeadLetter, async ({ env, params, query, actor, idempotency }) => {
  const result = await replay(contextOf(env), {
    id: params.id,
    isForced: query.force === 'true',
    key: idempotency?.key ?? null,
  });
  if (!result.ok) return refused(result.refusal, actor);
  return json(viewOf(result.value.letter), 200, result.value.isRetry ? replayedHeader : {});
});

serve(app, api.readShopHealth, async ({ env }) =>
  json(await shopHealth(contextOf(env)), 200, { 'cache-control': 'no-store' }),
);

function viewOf(row: DeadLetterRow): api.DeadLetter {
  return {
    id: row.id,
    status: row.status,
    queue: row.queue,
    subscriber: row.subscriber,
    eventId: row.eventId,
    eventType: row.eventType,
    deaths: row.deaths,
    firstDeadAt: toTimestamp(row.firstDeadAt),
    deadAt: toTimestamp(row.deadAt),
    replayedAt: row.replayedAt === null ? null : toTimestamp(row.replayedAt),
    body: JSON.parse(row.body),
  };
}
