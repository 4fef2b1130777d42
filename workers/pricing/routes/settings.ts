/**
 * What merchants set up, over HTTP: the same five operations for every kind of row, and the entries of price lists. Merchants
 * read what is stored, not what an isolate remembers.
 */
import type * as z from 'zod';
import {
  listListPrices,
  markets,
  patchListPrices,
  priceLists,
  promotions,
  shippingRates,
  taxRates,
} from '../../../shared/contracts/pricing/http.ts';
import { patchPaymentMethods, readPaymentMethods } from '../../../shared/contracts/pricing/payment-methods.ts';
import type { SettingsOperations } from '../../../shared/contracts/pricing/settings-operations.ts';
import { type App, type Call, json, refused, serve } from '../../../shared/http/app.ts';
import { etagOf, ifMatchAllows, ifNoneMatchHits } from '../../../shared/http/conditional.ts';
import { once } from '../../../shared/http/d1-idempotency.ts';
import { answerPage, type PageCall } from '../../../shared/http/page.ts';
import type { Statement } from '../../../shared/messaging/d1.ts';
import type { IdKind } from '../../../shared/values/ids.ts';
import { accept, noSuch, refuse } from '../../../shared/values/result.ts';
import { uniqueCodesRemoved, uniqueTwin } from '../codes/service/codes.ts';
import { contextOf, type PricingEnv } from '../context.ts';
import { type Edit, type EditRefusal, type IsExpected, removeRow } from '../domain/edit.ts';
import { marketEdits, shippingRateEdits } from '../domain/edit-markets.ts';
import { changePaymentMethods } from '../domain/edit-payment-methods.ts';
import { changeListPrices, priceListEdits } from '../domain/edit-price-lists.ts';
import { promotionEdits } from '../domain/edit-promotions.ts';
import { taxRateEdits } from '../domain/edit-taxes.ts';
import { paymentMethodsOf } from '../domain/payment-methods.ts';
import { type PaymentMethodsRow, type PricingSettings, type RowKind, rowNames } from '../domain/settings.ts';
import { listPricesPage, storedSettings, type Versioned, write } from '../service/settings.ts';

type AnyCall = Pick<Call<PricingEnv, unknown, unknown, unknown>, 'actor' | 'idempotency' | 'env' | 'c'>;

export function serveSettings(app: App<PricingEnv>): void {
  serve(app, markets.list, async ({ env }) =>
    json({ items: (await storedSettings(contextOf(env))).markets, next: null }),
  );
  serveRows(app, markets, { kind: 'markets', id: 'market', ...marketEdits });

  serve(app, shippingRates.list, async ({ env, query }) => {
    const stored = await storedSettings(contextOf(env));
    const items = stored.shippingRates.filter((rate) => query.market === undefined || rate.marketId === query.market);
    return json({ items, next: null });
  });
  serveRows(app, shippingRates, { kind: 'shippingRates', id: 'shippingRate', ...shippingRateEdits });

  serve(app, promotions.list, (call) => list(call, 'promotions'));
  serveRows(app, promotions, {
    ...{ kind: 'promotions', id: 'promotion', ...promotionEdits },
    barredBy: ({ env }, { codes }) => uniqueTwin(contextOf(env), codes ?? []),
    alsoRemoves: ({ env }, id) => uniqueCodesRemoved(contextOf(env), id, contextOf(env).now()),
  });

  serve(app, taxRates.list, (call) => list(call, 'taxRates'));
  serveRows(app, taxRates, { kind: 'taxRates', id: 'taxRate', ...taxRateEdits });

  serve(app, priceLists.list, (call) => list(call, 'priceLists'));
  serveRows(app, priceLists, { kind: 'priceLists', id: 'priceList', ...priceListEdits });
  serveListPrices(app);
  servePaymentMethods(app);
}

/** The ways to pay are one list under one version. */
function servePaymentMethods(app: App<PricingEnv>): void {
  const viewOf = ({ methods, version }: PaymentMethodsRow, { providers }: ReturnType<typeof contextOf>) => ({
    methods: methods.map((method) => ({ ...method, isConfigured: providers.includes(method.provider) })),
    version,
  });

  serve(app, readPaymentMethods, async (call) => {
    const context = contextOf(call.env);
    return showVersion(call, viewOf(paymentMethodsOf(await storedSettings(context)), context));
  });

  serve(app, patchPaymentMethods, (call) =>
    change(call, 200, (now, isExpected) => {
      const edit = changePaymentMethods(now, call.body, isExpected);
      return edit.ok ? accept({ ...edit.value, value: viewOf(edit.value.value, contextOf(call.env)) }) : edit;
    }),
  );
}

/** The entries of a price list: too many to be part of the settings. */
function serveListPrices(app: App<PricingEnv>): void {
  serve(app, patchListPrices, (call) =>
    change(call, 200, (now, isExpected) => changeListPrices(now, call.params.id, call.body, isExpected)),
  );

  serve(app, listListPrices, async (call) => {
    const { id } = call.params;
    const stored = await storedSettings(contextOf(call.env));
    if (!stored.priceLists.some((list) => list.id === id)) return refused(noSuch('price list'), call.actor);
    return answerPage(call, {
      name: `list-prices ${id}`,
      key: ['string', 'string'],
      rowsAfter: (after, limit) => listPricesPage(contextOf(call.env), id, after ?? ['', ''], limit),
      keyOf: ({ variantId, currency }) => [variantId, currency],
      view: (price) => price,
    });
  });
}

type RemoveOperation = (typeof priceLists)['remove'];

interface Rows<Draft, Patch> {
  readonly kind: RowKind;
  readonly id: IdKind;
  add(settings: PricingSettings, id: string, draft: Draft): Edit<Versioned>;
  change(settings: PricingSettings, id: string, patch: Patch, isExpected: IsExpected): Edit<Versioned>;
  /** What the database says against a draft or a patch. Absent: nothing. */
  barredBy?(call: AnyCall, body: Draft | Patch): Promise<EditRefusal | null>;
  /** What goes in the commit that removes a row. */
  alsoRemoves?(call: AnyCall, id: string): readonly Statement[];
}

/** What is alike for every kind of row: one is added, read, changed and, unless the kind forbids it, removed. */
function serveRows<Row extends z.ZodType, Draft extends z.ZodType, Patch extends z.ZodType>(
  app: App<PricingEnv>,
  operations: Omit<SettingsOperations<Row, Draft, Patch>, 'list' | 'remove'> & { readonly remove?: RemoveOperation },
  rows: Rows<z.infer<Draft>, z.infer<Patch>>,
): void {
  const bar = async (call: AnyCall & { readonly body: z.infer<Draft> | z.infer<Patch> }) =>
    (await rows.barredBy?.(call, call.body)) ?? null;
  serve(app, operations.create, async (call) => {
    const bars = await bar(call);
    return change(call, 201, (now) =>
      bars === null ? rows.add(now, contextOf(call.env).newId(rows.id), call.body) : refuse(bars),
    );
  });
  serve(app, operations.read, (call) => show(call, rows.kind));
  serve(app, operations.change, async (call) => {
    const bars = await bar(call);
    return change(call, 200, (now, isExpected) =>
      bars === null ? rows.change(now, call.params.id, call.body, isExpected) : refuse(bars),
    );
  });
  if (operations.remove === undefined) return;
  serve(app, operations.remove, (call) =>
    change(
      call,
      204,
      (now, isExpected) => removeRow(now, rows.kind, call.params.id, isExpected),
      rows.alsoRemoves?.(call, call.params.id),
    ),
  );
}

async function change<Value extends Versioned | null>(
  call: AnyCall,
  status: 200 | 201 | 204,
  decide: (settings: PricingSettings, isExpected: IsExpected) => Edit<Value>,
  also: readonly Statement[] = [],
): Promise<Response> {
  const { actor, env, c } = call;
  const context = contextOf(env);
  const ifMatch = c.req.header('if-match');
  return once(context, call, async (attempt) => {
    const result = await write(context, {
      decide: (settings) => decide(settings, (version) => ifMatchAllows(ifMatch, version)),
      also: (value) => [...also, ...attempt.answered(recordOf(value, status))],
      changedBy: `${actor.kind}:${actor.id}`,
      now: context.now(),
    });
    if (!result.ok) return refused(result.refusal, actor);
    if (status === 204) return new Response(null, { status });
    const { body, headers } = recordOf(result.value, status);
    return new Response(body, { status, headers });
  });
}

function recordOf(value: Versioned | null, status: number) {
  const headers = { 'content-type': 'application/json', etag: etagOf(value?.version ?? 0) };
  return { status, headers, body: JSON.stringify(value) };
}

/** In the order of their ids, which is that of their making. */
function list(call: AnyCall & PageCall, kind: RowKind): Promise<Response> {
  return answerPage(call, {
    name: kind,
    key: ['string'],
    rowsAfter: async (after, limit) => {
      const rows: readonly { readonly id: string }[] = (await storedSettings(contextOf(call.env)))[kind];
      return rows.filter(({ id }) => after === null || id > after[0]).slice(0, limit);
    },
    keyOf: ({ id }) => [id],
    view: (row) => row,
  });
}

async function show(call: AnyCall & { readonly params: { readonly id: string } }, kind: RowKind) {
  const rows: readonly (Versioned & { readonly id: string })[] = (await storedSettings(contextOf(call.env)))[kind];
  const row = rows.find(({ id }) => id === call.params.id);
  return row === undefined ? refused(noSuch(rowNames[kind]), call.actor) : showVersion(call, row);
}

function showVersion(call: AnyCall, value: Versioned): Response {
  const etag = etagOf(value.version);
  if (ifNoneMatchHits(call.c.req.header('if-none-match'), etag))
    return new Response(null, { status: 304, headers: { etag } });
  return json(value, 200, { etag });
}
