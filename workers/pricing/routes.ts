/** The admin operations on markets and shipping rates. */
import * as api from '../../shared/contracts/pricing-http.ts';
import { type App, type Call, createApp, json, refused, serve } from '../../shared/http/app.ts';
import { etagOf, ifMatchAllows, ifNoneMatchHits } from '../../shared/http/conditional.ts';
import { idempotencyKeyOf, replayedHeader } from '../../shared/http/idempotency.ts';
import type { IdKind } from '../../shared/values/ids.ts';
import {
  addShippingRate,
  changeMarket,
  changeShippingRate,
  type Edit,
  type IsExpected,
  openMarket,
  removeShippingRate,
} from './domain/edit.ts';
import type { PricingSettings } from './domain/settings.ts';
import type { SettingsMemory } from './memory.ts';
import { type Versioned, write } from './service.ts';
import type { PricingStore } from './store.ts';

/** What the routes need of their Worker, made from its bindings. */
export interface PricingDesk {
  readonly memory: SettingsMemory;
  readonly now: () => number;
  readonly newId: (kind: IdKind) => string;
}

type AnyCall<Env extends object> = Pick<Call<Env, unknown, unknown, unknown>, 'actor' | 'env' | 'c'>;

/** Builds the app. Merchants read what is stored, not what an isolate remembers. */
export function pricingApp<Env extends object>(desk: PricingDesk, storeOf: (env: Env) => PricingStore): App<Env> {
  const app = createApp<Env>();

  const change = async <Value extends Versioned | null>(
    call: AnyCall<Env>,
    status: number,
    decide: (settings: PricingSettings) => Edit<Value>,
  ): Promise<Response> => {
    const { actor, env, c } = call;
    const key = c.req.method === 'DELETE' ? null : await idempotencyKeyOf(c.req.raw, actor, await c.req.text(), false);
    if (key instanceof Response) return key;
    const result = await write(storeOf(env), desk.memory, {
      decide,
      status,
      key,
      changedBy: `${actor.kind}:${actor.id}`,
      now: desk.now(),
    });
    if (!result.ok) return refused(result.refusal, actor);
    const { body, version, isReplay } = result.value;
    if (result.value.status === 204) return new Response(null, { status: 204 });
    const headers = { 'content-type': 'application/json', etag: etagOf(version), ...(isReplay ? replayedHeader : {}) };
    return new Response(body, { status: result.value.status, headers });
  };

  const show = (call: AnyCall<Env>, row: Versioned | undefined): Response => {
    if (row === undefined) return refused({ code: 'not-found' }, call.actor);
    const etag = etagOf(row.version);
    if (ifNoneMatchHits(call.c.req.header('if-none-match'), etag))
      return new Response(null, { status: 304, headers: { etag } });
    return json(row, 200, { etag });
  };

  const expected = ({ c }: AnyCall<Env>): IsExpected => {
    const header = c.req.header('if-match');
    return (version) => ifMatchAllows(header, version);
  };

  serve(app, api.listMarkets, async ({ env }) => {
    const { markets } = await storeOf(env).load();
    return json({ items: markets, next: null });
  });
  serve(app, api.createMarket, (call) =>
    change(call, 201, (settings) => openMarket(settings, desk.newId('market'), call.body)),
  );
  serve(app, api.readMarket, async (call) => {
    const { markets } = await storeOf(call.env).load();
    return show(
      call,
      markets.find((market) => market.id === call.params.id),
    );
  });
  serve(app, api.patchMarket, (call) =>
    change(call, 200, (settings) => changeMarket(settings, call.params.id, call.body, expected(call))),
  );

  serve(app, api.listShippingRates, async ({ env, query }) => {
    const { shippingRates } = await storeOf(env).load();
    return json({
      items: shippingRates.filter((rate) => query.market === undefined || rate.marketId === query.market),
      next: null,
    });
  });
  serve(app, api.createShippingRate, (call) =>
    change(call, 201, (settings) => addShippingRate(settings, desk.newId('shippingRate'), call.body)),
  );
  serve(app, api.readShippingRate, async (call) => {
    const { shippingRates } = await storeOf(call.env).load();
    return show(
      call,
      shippingRates.find((rate) => rate.id === call.params.id),
    );
  });
  serve(app, api.patchShippingRate, (call) =>
    change(call, 200, (settings) => changeShippingRate(settings, call.params.id, call.body, expected(call))),
  );
  serve(app, api.deleteShippingRate, (call) =>
    change(call, 204, (settings) => removeShippingRate(settings, call.params.id, expected(call))),
  );
  return app;
}
