/** Transfers over HTTP: parse, call, answer. */

import * as operations from '../../../shared/contracts/inventory/http.ts';
import type { Actor } from '../../../shared/http/actor.ts';
import { type App, json, refused, serve } from '../../../shared/http/app.ts';
import { serveOnce } from '../../../shared/http/d1-idempotency.ts';
import { answerPage } from '../../../shared/http/page.ts';
import { makeId, prefixes } from '../../../shared/values/ids.ts';
import type { Refusal, Result } from '../../../shared/values/result.ts';
import { noSuch } from '../../../shared/values/result.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import { contextOf, type InventoryEnv } from '../context.ts';
import {
  cancelTransfer,
  readTransfer,
  receiveTransfer,
  sendTransfer,
  startTransfer,
  transferPage,
} from '../service/transfers.ts';
import type { TransferRow } from '../store/transfers.ts';

export function serveTransfers(app: App<InventoryEnv>): void {
  serve(app, operations.listTransfers, (call) =>
    answerPage(call, {
      name: 'transfers',
      key: ['number', 'string'],
      rowsAfter: (after, limit) =>
        transferPage(contextOf(call.env), after === null ? null : { createdAt: after[0], id: after[1] }, limit),
      keyOf: ({ createdAt, id }) => [createdAt, id],
      view: viewOf,
    }),
  );

  serve(app, operations.getTransfer, async ({ params, actor, env }) => {
    const row = await readTransfer(contextOf(env), params.id);
    return row === undefined ? refused(noSuch('transfer'), actor) : json(viewOf(row));
  });

  serveOnce(app, operations.startTransfer, contextOf, async ({ body, actor, idempotency, env }) => {
    const now = Date.now();
    const id = transferIdOf(idempotency?.key ?? null, now);
    return answer(await startTransfer(contextOf(env), { id, ...body, now }), actor, 201);
  });

  serveOnce(app, operations.sendTransfer, contextOf, async ({ params, actor, env }) =>
    answer(await sendTransfer(contextOf(env), params.id, Date.now()), actor),
  );
  serveOnce(app, operations.receiveTransfer, contextOf, async ({ params, body, actor, env }) =>
    answer(await receiveTransfer(contextOf(env), params.id, body.items, Date.now()), actor),
  );
  serveOnce(app, operations.cancelTransfer, contextOf, async ({ params, actor, env }) =>
    answer(await cancelTransfer(contextOf(env), params.id, Date.now()), actor),
  );
}

function answer(result: Result<TransferRow, Refusal>, actor: Actor, status = 200): Response {
  return result.ok ? json(viewOf(result.value), status) : refused(result.refusal, actor);
}

/** Under an Idempotency-Key the id follows from it, so that a request that died half-way goes on with the same transfer. */
function transferIdOf(key: string | null, now: number): string {
  if (key !== null) return `${prefixes.transfer}_${key.slice(0, 26)}`;
  return makeId('transfer', { now, random: crypto.getRandomValues(new Uint8Array(16)) });
}

function viewOf({ version: _version, items, createdAt, updatedAt, ...row }: TransferRow): operations.TransferView {
  return {
    ...row,
    items: items.map(({ sku, quantity, received }) => ({ sku, quantity, received })),
    createdAt: toTimestamp(createdAt),
    updatedAt: toTimestamp(updatedAt),
  };
}
