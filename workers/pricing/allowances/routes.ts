/** The admin operations on gift cards and store credit: parse, call, answer. */

import {
  type AllowanceLevels,
  giftCardBalance,
  storeCreditBalance,
} from '../../../shared/contracts/pricing/allowances.ts';
import type { GiftCardView } from '../../../shared/contracts/pricing/gift-cards-http.ts';
import * as api from '../../../shared/contracts/pricing/gift-cards-http.ts';
import { secretsOf } from '../../../shared/digest/shop-secrets.ts';
import { type App, type Call, json, refused, serve } from '../../../shared/http/app.ts';
import { once, serveOnce } from '../../../shared/http/d1-idempotency.ts';
import { answerPage, type PageCall } from '../../../shared/http/page.ts';
import type { IdempotencyKey } from '../../../shared/values/idempotency.ts';
import type { Currency } from '../../../shared/values/money.ts';
import type { Refusal, Result } from '../../../shared/values/result.ts';
import { noSuch } from '../../../shared/values/result.ts';
import { contextOf, type PricingEnv } from '../context.ts';
import type { Entry, Exact } from './service/changes.ts';
import { makeCode } from './service/codes.ts';
import * as service from './service/gift-cards.ts';
import { movementsOf } from './service/holds.ts';
import { seal, unseal } from './service/sealing.ts';
import { codeOfSold } from './service/sold-cards.ts';
import { adjustStoreCredit, storeCreditOf, storeCreditPage } from './service/store-credit.ts';
import { giftCardView, listedCardView, listedCreditView, movementView, storeCreditView, untouched } from './view.ts';

type AnyCall = Pick<Call<PricingEnv, unknown, unknown, unknown>, 'actor' | 'idempotency' | 'env' | 'c'>;

export function serveGiftCards(app: App<PricingEnv>): void {
  const actorOf = ({ actor }: AnyCall) => `${actor.kind}:${actor.id}`;

  /** A card that was sold with its code; the code of any other nobody can tell. */
  const cardView =
    ({ env }: AnyCall) =>
    (...[card, levels, asOf]: Parameters<typeof giftCardView>): GiftCardView => ({
      ...giftCardView(card, levels, asOf),
      ...codeOfSold(card, secretsOf(env)),
    });

  /** An entry of the ledger under the request's own key, so that not even a crash makes one request count twice. */
  const entryOf = (call: AnyCall & { readonly idempotency: IdempotencyKey }, reason: string): Entry => ({
    key: `request:${call.idempotency.key}`,
    reason,
    actor: actorOf(call),
    now: contextOf(call.env).now(),
  });

  const answer = <Value>(call: AnyCall, result: Result<Value, Refusal>, view: (value: Value) => unknown): Response => {
    if (result.ok) return json(view(result.value));
    const { refusal } = result;
    // The key of a request that is older than its kept answer, now with another amount.
    return refused(refusal.code === 'credit-key-conflict' ? { code: 'idempotency-key-reused' } : refusal, call.actor);
  };

  const movements = (call: AnyCall & PageCall, name: string, currency: Currency): Promise<Response> => {
    const context = contextOf(call.env);
    return answerPage(call, {
      name: `balance:${name}`,
      key: ['number'],
      rowsAfter: (after, limit) =>
        movementsOf(context, name, { afterSequence: after?.[0] ?? 0, limit, now: context.now() }),
      keyOf: ({ sequence }) => [sequence],
      view: (row) => movementView(row, currency),
    });
  };

  serve(app, api.listGiftCards, (call) =>
    answerPage(call, {
      name: `gift-cards:${call.query.last4 ?? ''}:${call.query.orderId ?? ''}`,
      key: ['string'],
      rowsAfter: (after, limit) => {
        const last4 = call.query.last4?.toUpperCase() ?? null;
        const orderId = call.query.orderId ?? null;
        return service.giftCardPage(contextOf(call.env), { beforeId: after?.[0] ?? null, last4, orderId, limit });
      },
      keyOf: ({ row }) => [row.id],
      view: (listed) => ({ ...listedCardView(listed), ...codeOfSold(listed.row, secretsOf(call.env)) }),
    }),
  );

  serve(app, api.issueGiftCard, async (call) => {
    const { body: draft, env, c } = call;
    const context = contextOf(env);
    const code = draft.code ?? makeCode(context.random());
    const secret = c.req.header('idempotency-key')?.replaceAll('"', '') ?? '';
    const sealed = await seal(code, secret);
    const issue = { id: context.newId('giftCard'), draft, code, actor: actorOf(call), now: context.now() };
    const response = await once(context, call, async (attempt) => {
      const headers = { 'content-type': 'application/json', location: `/admin/v1/gift-cards/${issue.id}` };
      const bodyOf = (card: Parameters<typeof giftCardView>[0], shown: string) =>
        JSON.stringify({ ...giftCardView(card, untouched(card.amountMinor), issue.now), code: shown });
      const issued = await service.issueGiftCard(context, issue, (card) =>
        attempt.answered({ status: 201, headers, body: bodyOf(card, sealed) }),
      );
      if (!issued.ok) return refused(issued.refusal, call.actor);
      return new Response(bodyOf(issued.value, code), { status: 201, headers });
    });
    return response.headers.has('idempotency-replayed') ? unsealed(response, secret) : response;
  });

  serve(app, api.readGiftCard, async (call) => {
    const context = contextOf(call.env);
    const at = context.now();
    return show(call, 'gift card', await service.giftCardOf(context, call.params.id, at), cardView(call), at);
  });

  // The answers of changes are kept for their repetitions, and who may change cards may not read codes: so they tell none.
  serveOnce(app, api.patchGiftCard, contextOf, async (call) => {
    const context = contextOf(call.env);
    const change = { isDisabled: call.body.isDisabled, actor: actorOf(call), now: context.now() };
    const switched = await service.switchGiftCard(context, call.params.id, change);
    return show(call, 'gift card', switched, giftCardView, change.now);
  });

  serveOnce(app, api.adjustGiftCard, contextOf, async (call) => {
    const { params, body, env } = call;
    const entry = entryOf(call, body.reason);
    const changed = await service.adjustGiftCard(contextOf(env), params.id, body.amount, entry);
    return answer(call, changed, ({ row, levels }) => giftCardView(row, levels, entry.now));
  });

  serve(app, api.listGiftCardMovements, async (call) => {
    const context = contextOf(call.env);
    const found = await service.giftCardOf(context, call.params.id, context.now());
    if (found === null) return refused(noSuch('gift card'), call.actor);
    return movements(call, giftCardBalance(call.params.id), found.row.currency);
  });

  serve(app, api.listStoreCredits, (call) =>
    answerPage(call, {
      name: `store-credits:${call.query.customerId ?? ''}`,
      key: ['string', 'string'],
      rowsAfter: (after, limit) =>
        storeCreditPage(contextOf(call.env), { after, customerId: call.query.customerId ?? null, limit }),
      keyOf: ({ row }) => [row.customerId, row.currency],
      view: listedCreditView,
    }),
  );

  serveOnce(app, api.adjustStoreCredit, contextOf, async (call) => {
    const { body, env } = call;
    const entry = entryOf(call, body.reason);
    const changed = await adjustStoreCredit(contextOf(env), body.customerId, body.amount, entry);
    return answer(call, changed, ({ row, levels }) => storeCreditView(row, levels, entry.now));
  });

  serve(app, api.readStoreCredit, async (call) => {
    const context = contextOf(call.env);
    const at = context.now();
    const { customerId, currency } = call.params;
    return show(call, 'store credit', await storeCreditOf(context, customerId, currency, at), storeCreditView, at);
  });

  serve(app, api.listStoreCreditMovements, (call) => {
    const { customerId, currency } = call.params;
    return movements(call, storeCreditBalance(customerId, currency), currency);
  });
}

function show<Row>(
  { actor }: AnyCall,
  kind: 'gift card' | 'store credit',
  found: Exact<Row> | null,
  view: (row: Row, levels: AllowanceLevels, asOf: number) => unknown,
  at: number,
): Response {
  return found === null ? refused(noSuch(kind), actor) : json(view(found.row, found.levels, at));
}

/** A kept answer with its code as it was first shown; any other as it is. */
async function unsealed(response: Response, secret: string): Promise<Response> {
  if (response.status !== 201) return response;
  const body: { readonly code: string } = await response.json();
  return new Response(JSON.stringify({ ...body, code: await unseal(body.code, secret) }), response);
}
