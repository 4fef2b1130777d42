/**
 * What merchants set up, over HTTP: the same five operations for every kind of row, and the entries of price lists. Merchants
 * read what is stored, not what an isolate remembers.
 */
import * as markets from '../../../shared/contracts/pricing/http.ts';
import * as lists from '../../../shared/contracts/pricing/price-lists-http.ts';
import * as promotions from '../../../shared/contracts/pricing/promotions-http.ts';
import * as taxes from '../../../shared/contracts/pricing/taxes-http.ts';
import { type App, type Call, json, refused, serve } from '../../../shared/http/app.ts';
import { etagOf, ifMatchAllows, ifNoneMatchHits } from '../../../shared/http/conditional.ts';
import { once } from '../../../shared/http/d1-idempotency.ts';
import { answerPage } from '../../../shared/http/page.ts';
import { contextOf, type PricingEnv } from '../context.ts';
import { type Edit, type IsExpected, type RowKind, removeRow } from '../domain/edit.ts';
import { addShippingRate, changeMarket, changeShippingRate, openMarket } from '../domain/edit-markets.ts';
import { addPriceList, changeListPrices, changePriceList } from '../domain/edit-price-lists.ts';
import { addPromotion, changePromotion } from '../domain/edit-promotions.ts';
import { addTaxRate, changeTaxRate } from '../domain/edit-taxes.ts';
import type { PricingSettings } from '../domain/settings.ts';
import { listPricesPage, storedSettings, type Versioned, write } from '../service/settings.ts';

type AnyCall = Pick<Call<PricingEnv, unknown, unknown, unknown>, 'actor' | 'idempotency' | 'env' | 'c'>;

type PageCall = AnyCall & {
  readonly query: { readonly limit: number; readonly cursor?: string | undefined };
};

export function serveSettings(app: App<PricingEnv>): void {
  serve(app, markets.listMarkets, async ({ env }) =>
    json({ items: (await storedSettings(contextOf(env))).markets, next: null }),
  );

  serve(app, markets.createMarket, (call) =>
    change(call, 201, (now) => openMarket(now, contextOf(call.env).newId('market'), call.body)),
  );

  serve(app, markets.readMarket, (call) => show(call, 'markets'));

  serve(app, markets.patchMarket, (call) =>
    change(call, 200, (now, isExpected) => changeMarket(now, call.params.id, call.body, isExpected)),
  );

  serve(app, markets.listShippingRates, async ({ env, query }) => {
    const { shippingRates } = await storedSettings(contextOf(env));
    const items = shippingRates.filter((rate) => query.market === undefined || rate.marketId === query.market);
    return json({ items, next: null });
  });

  serve(app, markets.createShippingRate, (call) =>
    change(call, 201, (now) => addShippingRate(now, contextOf(call.env).newId('shippingRate'), call.body)),
  );

  serve(app, markets.readShippingRate, (call) => show(call, 'shippingRates'));

  serve(app, markets.patchShippingRate, (call) =>
    change(call, 200, (now, isExpected) => changeShippingRate(now, call.params.id, call.body, isExpected)),
  );

  serve(app, markets.deleteShippingRate, (call) => remove(call, 'shippingRates'));

  serve(app, promotions.listPromotions, (call) => list(call, 'promotions'));

  serve(app, promotions.createPromotion, (call) =>
    change(call, 201, (now) => addPromotion(now, contextOf(call.env).newId('promotion'), call.body)),
  );

  serve(app, promotions.readPromotion, (call) => show(call, 'promotions'));

  serve(app, promotions.patchPromotion, (call) =>
    change(call, 200, (now, isExpected) => changePromotion(now, call.params.id, call.body, isExpected)),
  );

  serve(app, promotions.deletePromotion, (call) => remove(call, 'promotions'));

  serve(app, taxes.listTaxRates, (call) => list(call, 'taxRates'));

  serve(app, taxes.createTaxRate, (call) =>
    change(call, 201, (now) => addTaxRate(now, contextOf(call.env).newId('taxRate'), call.body)),
  );

  serve(app, taxes.readTaxRate, (call) => show(call, 'taxRates'));

  serve(app, taxes.patchTaxRate, (call) =>
    change(call, 200, (now, isExpected) => changeTaxRate(now, call.params.id, call.body, isExpected)),
  );

  serve(app, taxes.deleteTaxRate, (call) => remove(call, 'taxRates'));

  serve(app, lists.listPriceLists, (call) => list(call, 'priceLists'));

  serve(app, lists.createPriceList, (call) =>
    change(call, 201, (now) => addPriceList(now, contextOf(call.env).newId('priceList'), call.body)),
  );

  serve(app, lists.readPriceList, (call) => show(call, 'priceLists'));

  serve(app, lists.patchPriceList, (call) =>
    change(call, 200, (now, isExpected) => changePriceList(now, call.params.id, call.body, isExpected)),
  );

  serve(app, lists.deletePriceList, (call) => remove(call, 'priceLists'));

  serve(app, lists.patchListPrices, (call) =>
    change(call, 200, (now, isExpected) => changeListPrices(now, call.params.id, call.body, isExpected)),
  );

  serve(app, lists.listListPrices, async (call) => {
    const { id } = call.params;
    const { priceLists } = await storedSettings(contextOf(call.env));
    if (!priceLists.some((list) => list.id === id)) return refused({ code: 'not-found' }, call.actor);
    return answerPage(call, {
      name: `list-prices ${id}`,
      key: ['string', 'string'],
      rowsAfter: (after, limit) => listPricesPage(contextOf(call.env), id, after ?? ['', ''], limit),
      keyOf: ({ variantId, currency }) => [variantId, currency],
      view: (price) => price,
    });
  });
}

async function change<Value extends Versioned | null>(
  call: AnyCall,
  status: 200 | 201 | 204,
  decide: (settings: PricingSettings, isExpected: IsExpected) => Edit<Value>,
): Promise<Response> {
  const { actor, env, c } = call;
  const context = contextOf(env);
  const ifMatch = c.req.header('if-match');
  return once(context, call, async (attempt) => {
    const result = await write(context, {
      decide: (settings) => decide(settings, (version) => ifMatchAllows(ifMatch, version)),
      also: (value) => attempt.answered(recordOf(value, status)),
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
function list(call: PageCall, kind: RowKind): Promise<Response> {
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
  if (row === undefined) return refused({ code: 'not-found' }, call.actor);
  const etag = etagOf(row.version);
  if (ifNoneMatchHits(call.c.req.header('if-none-match'), etag))
    return new Response(null, { status: 304, headers: { etag } });
  return json(row, 200, { etag });
}

function remove(call: AnyCall & { readonly params: { readonly id: string } }, kind: RowKind) {
  return change(call, 204, (settings, isExpected) => removeRow(settings, kind, call.params.id, isExpected));
}
