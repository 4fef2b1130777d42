/** The admin operations on unique codes: parse, call, answer. */

import * as api from '../../../shared/contracts/pricing/codes-http.ts';
import { sha256 } from '../../../shared/digest/sha256.ts';
import type { Actor } from '../../../shared/http/actor.ts';
import { type App, json, refused, serve } from '../../../shared/http/app.ts';
import { csvFile, csvStream, pagesOf } from '../../../shared/http/csv-stream.ts';
import { once, serveOnce } from '../../../shared/http/d1-idempotency.ts';
import { withContent } from '../../../shared/http/idempotency.ts';
import { answerPage } from '../../../shared/http/page.ts';
import { problem } from '../../../shared/http/problem.ts';
import { utf8Of } from '../../../shared/http/utf8.ts';
import type { IdempotencyKey } from '../../../shared/values/idempotency.ts';
import { noSuch } from '../../../shared/values/result.ts';
import { contextOf, type PricingEnv } from '../context.ts';
import { storedSettings } from '../service/settings.ts';
import * as service from './service/codes.ts';
import { codesOfCsv, listOfCodes } from './service/list-of-codes.ts';
import type { StoredCode } from './store.ts';
import { codeView, csvPieces, exactView } from './view.ts';

/** Codes per piece of a file. */
const exportedTogether = 2_000;

export function serveCodes(app: App<PricingEnv>): void {
  const isPromotion = async (env: PricingEnv, id: string) =>
    (await storedSettings(contextOf(env))).promotions.some((promotion) => promotion.id === id);
  const notFound = (actor: Actor) => refused(noSuch('promotion'), actor);

  serveOnce(app, api.createCodes, contextOf, async ({ params, body, actor, env, idempotency }) => {
    const desk = contextOf(env);
    const batch = batchOf(desk, params.id, actor, idempotency);
    const made = await ('codes' in body
      ? service.importCodes(desk, listOfCodes(body), batch)
      : service.generateCodes(desk, body, batch));
    return made.ok ? json(made.value, 201) : refused(made.refusal, actor);
  });

  serve(app, api.importCodes, async ({ params, actor, env, idempotency: given, c }) => {
    const text = utf8Of(await c.req.arrayBuffer());
    const { requestId } = actor;
    if (text === null) return problem('malformed-csv', { detail: 'The file is not UTF-8.', requestId });
    const desk = contextOf(env);
    const idempotency = await withContent(given, await sha256(text));
    return once(desk, { actor, idempotency }, async () => {
      const list = codesOfCsv(text);
      if (!list.ok) return refused(list.refusal, actor);
      const made = await service.importCodes(desk, list.value, batchOf(desk, params.id, actor, idempotency));
      return made.ok ? json(made.value, 201) : refused(made.refusal, actor);
    });
  });

  serve(app, api.listCodes, async (call) => {
    const { params, query, env, actor } = call;
    if (!(await isPromotion(env, params.id))) return notFound(actor);
    const { limit: _limit, cursor: _cursor, ...filter } = query;
    return answerPage(call, {
      name: `codes ${params.id} ${JSON.stringify([filter.search, filter.batchId, filter.status])}`,
      key: ['string'],
      rowsAfter: (after, limit) => service.codePage(contextOf(env), params.id, filter, after?.[0] ?? '', limit),
      keyOf: ({ code }) => [code],
      view: (code) => codeView(code),
    });
  });

  serve(app, api.exportCodes, async ({ params, query, env, actor }) => {
    if (!(await isPromotion(env, params.id))) return notFound(actor);
    const desk = contextOf(env);
    const pageAfter = (last: StoredCode | undefined) =>
      service.codePage(desk, params.id, query, last?.code ?? '', exportedTogether);
    const pages = pagesOf(pageAfter, exportedTogether);
    return csvFile('discount-codes.csv', csvStream(csvPieces(pages), { escapesFormulas: true }));
  });

  serve(app, api.readCode, async ({ params, env, actor }) => {
    const found = await service.codeOf(contextOf(env), params.id, params.codeId);
    return found === null ? notFound(actor) : json(exactView(found));
  });

  serveOnce(app, api.changeCode, contextOf, async ({ params, body, env, actor }) => {
    const changed = await service.changeCode(contextOf(env), params.id, params.codeId, body);
    return changed === null ? notFound(actor) : json(exactView(changed));
  });

  serve(app, api.deleteCode, async ({ params, env, actor }) => {
    const removed = await service.removeCodes(contextOf(env), params.id, { id: params.codeId });
    if (removed === 0) return notFound(actor);
    return new Response(null, { status: 204 });
  });

  serveOnce(app, api.changeCodes, contextOf, async ({ params, body, env, actor }) => {
    if (!(await isPromotion(env, params.id))) return notFound(actor);
    return json({ changed: await service.switchCodes(contextOf(env), params.id, body) });
  });

  serve(app, api.deleteCodes, async ({ params, query, env, actor }) => {
    if (!(await isPromotion(env, params.id))) return notFound(actor);
    await service.removeCodes(contextOf(env), params.id, query);
    return new Response(null, { status: 204 });
  });
}

function batchOf(
  desk: service.CodeDesk,
  promotionId: string,
  actor: Actor,
  idempotency: IdempotencyKey | null,
): service.Batch {
  const id = service.batchIdOf(desk, idempotency);
  return { id, promotionId, createdBy: `${actor.kind}:${actor.id}`, now: desk.now() };
}
