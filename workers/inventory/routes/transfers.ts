/** Transfers over HTTP: parse, call, answer. */
import * as operations from '../../../shared/contracts/inventory/http.ts';
import type { Actor } from '../../../shared/http/actor.ts';
import { type App, json, refused, serve } from '../../../shared/http/app.ts';
import { once } from '../../../shared/http/d1-idempotency.ts';
import { idempotencyKeyOf } from '../../../shared/http/idempotency.ts';
import { decodeCursor, encodeCursor, invalidCursor, nextLink } from '../../../shared/http/pagination.ts';
import { makeId, prefixes } from '../../../shared/values/ids.ts';
import type { Refusal, Result } from '../../../shared/values/result.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import { contextOf, type InventoryEnv } from '../context.ts';
import type { WholeInventory } from '../service/stock.ts';
import {
  cancelTransfer,
  readTransfer,
  receiveTransfer,
  sendTransfer,
  startTransfer,
  transferPage,
} from '../service/transfers.ts';
import type { TransferRow } from '../store/transfers.ts';

const cursorKind = 'transfers';

export function serveTransfers(app: App<InventoryEnv>): void {
  serve(app, operations.listTransfers, async ({ query, actor, env, c }) => {
    const cursor =
      query.cursor === undefined ? undefined : decodeCursor(query.cursor, cursorKind, ['number', 'string']);
    if (cursor === null) return invalidCursor(actor);
    const before = cursor === undefined ? null : { createdAt: cursor[0], id: cursor[1] };
    const rows = await transferPage(contextOf(env), before, query.limit + 1);
    const items = rows.slice(0, query.limit);
    const last = items.at(-1);
    const next =
      rows.length > query.limit && last !== undefined ? encodeCursor(cursorKind, [last.createdAt, last.id]) : null;
    return json({ items: items.map(viewOf), next }, 200, nextLink(c.req.url, next));
  });

  serve(app, operations.getTransfer, async ({ params, actor, env }) => {
    const row = await readTransfer(contextOf(env), params.id);
    return row === undefined ? refused({ code: 'not-found' }, actor) : json(viewOf(row));
  });

  const change = async (
    { actor, env, c, body }: Asked,
    status: 200 | 201,
    run: (inventory: WholeInventory, now: number) => Promise<Result<TransferRow, Refusal>>,
  ): Promise<Response> => {
    const inventory = contextOf(env);
    const now = Date.now();
    const call = { request: c.req.raw, actor, bodyText: JSON.stringify(body), now };
    return once(inventory.db, call, async () => {
      const result = await run(inventory, now);
      return result.ok ? json(viewOf(result.value), status) : refused(result.refusal, actor);
    });
  };

  serve(app, operations.startTransfer, async (call) => {
    const { body, actor, c } = call;
    const key = await idempotencyKeyOf(c.req.raw, actor, JSON.stringify(body), false);
    if (key instanceof Response) return key;
    return change(call, 201, (inventory, now) =>
      startTransfer(inventory, { id: transferIdOf(key?.key ?? null, now), ...body, now }),
    );
  });

  serve(app, operations.sendTransfer, (call) =>
    change(call, 200, (inventory, now) => sendTransfer(inventory, call.params.id, now)),
  );
  serve(app, operations.receiveTransfer, (call) =>
    change(call, 200, (inventory, now) => receiveTransfer(inventory, call.params.id, call.body.items, now)),
  );
  serve(app, operations.cancelTransfer, (call) =>
    change(call, 200, (inventory, now) => cancelTransfer(inventory, call.params.id, now)),
  );
}

interface Asked {
  readonly actor: Actor;
  readonly env: InventoryEnv;
  readonly c: { readonly req: { readonly raw: Request } };
  readonly body: unknown;
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
