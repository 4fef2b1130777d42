/**
 * Pricing: which market a shopper is in and what a cart costs, answered from settings held in memory, and the admin
 * operations that change them. It receives no events, so there is no events.ts.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import { drizzle } from 'drizzle-orm/d1';
import type { MarketChoice, PricingApi, PricingRefusal, Quote, QuoteRequest } from '../../shared/contracts/pricing.ts';
import { reportDefect } from '../../shared/messaging/d1.ts';
import { makeId } from '../../shared/values/ids.ts';
import { accept, type Result } from '../../shared/values/result.ts';
import { quote } from './domain/quote.ts';
import { chooseMarket, type MarketWish, type PricingSettings } from './domain/settings.ts';
import { SettingsMemory } from './memory.ts';
import { pricingApp } from './routes.ts';
import { PricingStore } from './store.ts';

export interface PricingEnv {
  readonly DB: D1Database;
}

const memory = new SettingsMemory();
const storeOf = (env: PricingEnv) => new PricingStore(drizzle(env.DB));
const app = pricingApp<PricingEnv>(
  {
    memory,
    now: () => Date.now(),
    newId: (kind) => makeId(kind, { now: Date.now(), random: crypto.getRandomValues(new Uint8Array(16)) }),
  },
  storeOf,
);

export default class PricingService extends WorkerEntrypoint<PricingEnv> implements PricingApi {
  override async fetch(request: Request): Promise<Response> {
    return app.fetch(request, this.env, this.ctx);
  }

  async market(wish: MarketWish): Promise<Result<MarketChoice, PricingRefusal>> {
    const chosen = chooseMarket(await this.#settings(), wish);
    if (!chosen.ok) return chosen;
    const { marketId, country, currency } = chosen.value;
    return accept({ marketId, country, currency });
  }

  async quote(request: QuoteRequest): Promise<Result<Quote, PricingRefusal>> {
    const settings = await this.#settings();
    const { asOf } = request;
    if (asOf === undefined || asOf >= settings.changedAt) return quote(settings, request);
    return quote((await storeOf(this.env).settingsAt(asOf)) ?? settings, request);
  }

  #settings(): Promise<PricingSettings> {
    return memory.read(storeOf(this.env), {
      now: Date.now(),
      later: (work) => this.ctx.waitUntil(work),
      report: reportDefect,
    });
  }
}
