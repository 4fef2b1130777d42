/** Health and dead letters over HTTP. */

import * as api from '../../shared/contracts/observer/http.ts';
import { type App, createApp, json, refused, serve } from '../../shared/http/app.ts';
import { replayedHeader } from '../../shared/http/idempotency.ts';
import { answerPage } from '../../shared/http/page.ts';
import { noSuch } from '../../shared/values/result.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import { contextOf, type ObserverEnv } from './context.ts';
import { lettersPage, readLetter, replay, shopHealth } from './service/desk.ts';
import type { DeadLetterRow } from './store.ts';

export const app: App<ObserverEnv> = createApp();

serve(app, api.listDeadLetters, (call) =>
  answerPage(call, {
    name: 'dead-letters',
    key: ['string'],
    rowsAfter: (after, limit) =>
      lettersPage(contextOf(call.env), { status: call.query.status, before: after?.[0] ?? null, limit }),
    keyOf: ({ id }) => [id],
    view: viewOf,
  }),
);

serve(app, api.readDeadLetter, async ({ env, params, actor }) => {
  const row = await readLetter(contextOf(env), params.id);
  return row === undefined ? refused(noSuch('dead letter'), actor) : json(viewOf(row));
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
  const { bodySha256: _bodySha256, messageId: _messageId, replayKey: _replayKey, ...shown } = row;
  return {
    ...shown,
    firstDeadAt: toTimestamp(row.firstDeadAt),
    deadAt: toTimestamp(row.deadAt),
    replayedAt: row.replayedAt === null ? null : toTimestamp(row.replayedAt),
    body: JSON.parse(row.body),
  };
}
