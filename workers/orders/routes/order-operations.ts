/** What merchants do with orders over HTTP: parse, call, answer. */

import type * as z from 'zod';
import type { ByHand } from '../../../shared/contracts/cart/api.ts';
import type { HandInput } from '../../../shared/contracts/cart/by-hand-http.ts';
import * as corrections from '../../../shared/contracts/orders/corrections-http.ts';
import * as edits from '../../../shared/contracts/orders/edits-http.ts';
import * as money from '../../../shared/contracts/orders/order-money-http.ts';
import * as returns from '../../../shared/contracts/orders/returns-http.ts';
import * as shipments from '../../../shared/contracts/orders/shipments-http.ts';
import * as timeline from '../../../shared/contracts/orders/timeline-http.ts';
import type { Actor } from '../../../shared/http/actor.ts';
import { type App, type Call, json, refused, serve } from '../../../shared/http/app.ts';
import {
  currenciesOf,
  currenciesOfDiscount,
  currencyAt,
  discountByHandOf,
  goodsOf,
  handPriceOf,
  type SentCurrency,
} from '../../../shared/quoting/by-hand.ts';
import { noSuch } from '../../../shared/values/result.ts';
import type { OrdersEnv } from '../context.ts';
import type { Tracking } from '../domain/order/operation.ts';
import type { AddedLine, OrderCommand } from '../service/order-commands.ts';
import { checkoutOfOrder } from '../service/orders.ts';
import { callFacts, privateHeaders, respond } from './answers.ts';

/** Puts a command to the order, once per key. */
async function operate(
  { params, actor, idempotency, env }: Call<OrdersEnv, { readonly orderId: string }, unknown, unknown>,
  command: OrderCommand,
  currencies: readonly SentCurrency[] = [],
): Promise<Response> {
  const found = checkoutOfOrder(env, params.orderId);
  if (found === null) return refused(noSuch('order'), actor);
  const { checkoutId, stub } = found;
  const asked = { checkoutId, command, currencies, actor: `${actor.kind}:${actor.id}` };
  return respond(await stub.operate({ ...asked, ...callFacts(actor, idempotency) }));
}

type SentTracking = { readonly [Field in keyof Tracking]?: Tracking[Field] | undefined };

function trackingOf({ carrier = null, number = null, url = null }: SentTracking): Tracking {
  return { carrier, number, url };
}

type EditBody = z.infer<typeof edits.previewEdit.body & object>;

/** What an edit is to change, with who makes its prices by hand. */
function changesOf(
  { lines = [], add = [], shippingAddress, billingAddress, discount }: EditBody,
  { kind, id }: Actor,
  at: number,
) {
  const by = { actor: `${kind}:${id}`, at };
  const byHandOf = (input: HandInput): { readonly byHand?: ByHand } => {
    const price = handPriceOf(input);
    return price === null ? {} : { byHand: { price, reason: input.reason ?? '', ...by } };
  };
  return {
    lines: lines.map((line) => ({ lineId: line.lineId, quantity: line.quantity, ...byHandOf(line) })),
    added: add.map((line): AddedLine => {
      const { variantId, sku, custom, quantity } = line;
      return {
        variantId,
        sku,
        custom: custom === undefined ? undefined : goodsOf(custom),
        quantity,
        ...byHandOf(line),
      };
    }),
    shippingAddress,
    billingAddress,
    discountByHand: discount === undefined ? undefined : discountByHandOf(discount, by),
  };
}

function currenciesIn({ lines = [], add = [], discount }: EditBody): SentCurrency[] {
  return [
    ...lines.flatMap((line, index) => currenciesOf(line, `/lines/${index}`)),
    ...add.flatMap((line, index) => currenciesOf(line, `/add/${index}`)),
    ...currenciesOfDiscount(discount?.discount, '/discount/discount'),
  ];
}

export function serveOrderOperations(app: App<OrdersEnv>): void {
  serve(app, shipments.fulfillOrder, (call) => {
    const { lines, locationId, tracking, capture, shipUnpaid = false } = call.body;
    return operate(call, {
      type: 'fulfill',
      lines: lines?.map((line) => ({ ...line, locationId: line.locationId ?? null })) ?? null,
      locationId: locationId ?? null,
      tracking: tracking === undefined ? null : trackingOf(tracking),
      isCaptured: capture ?? null,
      isUnpaidFine: shipUnpaid,
    });
  });

  serve(app, shipments.trackFulfillment, (call) => {
    const tracking = trackingOf(call.body.tracking);
    return operate(call, { type: 'track', fulfillmentId: call.params.fulfillmentId, tracking });
  });

  serve(app, corrections.cancelFulfillment, (call) =>
    operate(call, { type: 'unfulfill', fulfillmentId: call.params.fulfillmentId }),
  );

  serve(app, money.cancelOrder, (call) => {
    const { note = null, restock: isRestocked, refund: isRefunded } = call.body;
    return operate(call, { type: 'cancel', note, isRestocked, isRefunded });
  });

  serve(app, money.captureOrder, (call) => {
    const { amount } = call.body;
    return operate(call, { type: 'capture', amountMinor: amount?.amount ?? null }, currencyAt(amount, '/amount'));
  });

  serve(app, money.collectPayment, (call) => {
    const { amount, note = null } = call.body;
    return operate(call, { type: 'collect', amountMinor: amount.amount, note }, currencyAt(amount, '/amount'));
  });

  serve(app, money.refundOrder, (call) => {
    const { lines = [], shipping, amount, note = null } = call.body;
    const sent = shipping === 'all' ? undefined : shipping;
    const shippingMinor = shipping === 'all' ? shipping : (sent?.amount ?? 0);
    const units = lines.map(({ amount: own, ...line }) => ({ ...line, amountMinor: own?.amount }));
    const command = { type: 'refund', lines: units, shippingMinor, otherMinor: amount?.amount ?? 0, note } as const;
    return operate(call, command, [
      ...currencyAt(sent, '/shipping'),
      ...currencyAt(amount, '/amount'),
      ...lines.flatMap((line, index) => currencyAt(line.amount, `/lines/${index}/amount`)),
    ]);
  });

  serve(app, returns.requestReturn, (call) => {
    const { lines, exchange = [], note = null, approve = false } = call.body;
    const returned = lines.map((line) => ({ ...line, reason: line.reason ?? null }));
    return operate(call, { type: 'request-return', lines: returned, exchange, note, isApproved: approve });
  });

  serve(app, returns.decideReturn, (call) => {
    const { action, note = null } = call.body;
    return operate(call, { type: 'decide-return', returnId: call.params.returnId, action, note });
  });

  serve(app, returns.receiveReturn, (call) => {
    const { lines, locationId = null, refund = true } = call.body;
    const received = lines?.map(({ lineId, quantity, condition = 'sellable', restock = true }) => {
      return { lineId, quantity, condition, isRestocked: restock };
    });
    const { returnId } = call.params;
    return operate(call, { type: 'receive', returnId, lines: received ?? null, locationId, isRefunded: refund });
  });

  serve(app, returns.settleReturn, (call) => {
    const { as = null, note = null } = call.body;
    return operate(call, { type: 'settle-return', returnId: call.params.returnId, as, note });
  });

  serve(app, edits.previewEdit, async ({ params, body, actor, env }) => {
    const found = checkoutOfOrder(env, params.orderId);
    if (found === null) return refused(noSuch('order'), actor);
    const { requestId } = actor;
    const currencies = currenciesIn(body);
    const edit = { checkoutId: found.checkoutId, ...changesOf(body, actor, Date.now()), currencies, requestId };
    return respond(await found.stub.previewEdit(edit));
  });

  serve(app, edits.editOrder, (call) => {
    const { body, actor } = call;
    const command = { type: 'edit', ...changesOf(body, actor, Date.now()), token: body.token } as const;
    return operate(call, command, currenciesIn(body));
  });

  serve(app, corrections.changeOrder, (call) => {
    const sent = Object.entries(call.body).filter(([, value]) => value !== undefined);
    return operate(call, { type: 'correct', corrections: Object.fromEntries(sent) });
  });

  serve(app, timeline.addOrderNote, (call) => operate(call, { type: 'note', text: call.body.text }));

  serve(app, timeline.getOrderTimeline, async ({ params, actor, env }) => {
    const found = checkoutOfOrder(env, params.orderId);
    const items = found === null ? null : await found.stub.timeline(found.checkoutId);
    return items === null ? refused(noSuch('order'), actor) : json({ items, next: null }, 200, privateHeaders);
  });
}
