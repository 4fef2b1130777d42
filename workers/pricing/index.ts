/**
 * Pricing: which market a shopper is in and what a cart costs, answered from settings held in memory, and the admin
 * operations that change them. It receives no events, so there is no events.ts.
 */
import type { OrdersApi } from '../../shared/contracts/orders/api.ts';
import type {
  MarketChoice,
  PricedQuote,
  PricingApi,
  PricingRefusal,
  QuoteRequest,
} from '../../shared/contracts/pricing/api.ts';
import type { CartExplanation } from '../../shared/contracts/pricing/explanation.ts';
import type { Shelf, ShelfApi, ShelfPrices, ShelfRequest } from '../../shared/contracts/pricing/shelf.ts';
import { databaseOf, reportDefect } from '../../shared/messaging/d1.ts';
import { chooseMarket, type MarketWish } from '../../shared/quoting/markets.ts';
import { makeId } from '../../shared/values/ids.ts';
import { type Packed, pack, unpack } from '../../shared/values/packed.ts';
import { accept, type Result } from '../../shared/values/result.ts';
import { AllowancesEntrypoint, type AllowancesEnv, allowancesOf } from './allowances/entrypoint.ts';
import { serveGiftCards } from './allowances/routes.ts';
import { pricingApp } from './routes/settings.ts';
import { PriceMemory } from './service/price-memory.ts';
import { QuoteDesk } from './service/quotes.ts';
import { type Moment, SettingsMemory } from './service/settings-memory.ts';
import { ShelfDesk } from './service/shelf.ts';
import { PricingStore } from './store/settings.ts';

export { AllowanceObject } from '../../durable-objects/allowance/object.ts';

export interface PricingEnv extends AllowancesEnv {
  readonly ORDERS: OrdersApi;
}

const memory = new SettingsMemory();
const prices = new PriceMemory();
const quotes = new QuoteDesk(memory, prices);
const shelves = new ShelfDesk(memory, prices);
const storeOf = (env: PricingEnv) => new PricingStore(databaseOf(env.DB));
const app = pricingApp<PricingEnv>(
  {
    memory,
    now: () => Date.now(),
    newId: (kind) => {
      const entropy = { now: Date.now(), random: crypto.getRandomValues(new Uint8Array(16)) };
      return makeId(kind, entropy);
    },
  },
  storeOf,
);
serveGiftCards(app, {
  allowancesOf,
  now: () => Date.now(),
  random: () => crypto.getRandomValues(new Uint8Array(16)),
});

export default class PricingService extends AllowancesEntrypoint<PricingEnv> implements PricingApi, ShelfApi {
  override async fetch(request: Request): Promise<Response> {
    return app.fetch(request, this.env, this.ctx);
  }

  async market(wish: MarketWish): Promise<Result<MarketChoice, PricingRefusal>> {
    const chosen = chooseMarket(await memory.read(storeOf(this.env), this.#moment()), wish);
    if (!chosen.ok) return chosen;
    const { marketId, country, currency } = chosen.value;
    return accept({ marketId, country, currency });
  }

  async quote(request: Packed<QuoteRequest>): Promise<Packed<Result<PricedQuote, PricingRefusal>>> {
    return pack(await quotes.quote(storeOf(this.env), unpack(request), this.#moment(), this.env.ORDERS));
  }

  explain(request: QuoteRequest): Promise<Result<CartExplanation, PricingRefusal>> {
    return quotes.explain(storeOf(this.env), request, this.#moment(), this.env.ORDERS);
  }

  shelf(): Promise<Shelf> {
    return shelves.shelf(storeOf(this.env), this.#moment());
  }

  shelfPrices(request: ShelfRequest): Promise<ShelfPrices> {
    return shelves.prices(storeOf(this.env), request, this.#moment());
  }

  #moment(): Moment {
    return { now: Date.now(), later: (work) => this.ctx.waitUntil(work), report: reportDefect };
  }
}
