/**
 * Pricing: which market a shopper is in and what a cart costs, answered from settings held in memory, and the admin
 * operations that change them. It receives no events, so there is no events.ts.
 */
import type {
  MarketChoice,
  PricingApi,
  PricingRefusal,
  Quote,
  QuoteRequest,
} from '../../shared/contracts/pricing/api.ts';
import type { CartExplanation } from '../../shared/contracts/pricing/explanation.ts';
import type { Shelf, ShelfApi, ShelfPrices, ShelfRequest } from '../../shared/contracts/pricing/shelf.ts';
import { reportDefect } from '../../shared/messaging/d1.ts';
import { chooseMarket, type MarketWish } from '../../shared/quoting/markets.ts';
import { type Packed, pack, unpack } from '../../shared/values/packed.ts';
import { accept, type Result } from '../../shared/values/result.ts';
import { AllowancesEntrypoint } from './allowances/entrypoint.ts';
import { contextOf } from './context.ts';
import { app } from './routes/settings.ts';
import type { Moment } from './service/settings-memory.ts';

export { AllowanceObject } from '../../durable-objects/allowance/object.ts';

export default class PricingService extends AllowancesEntrypoint implements PricingApi, ShelfApi {
  override async fetch(request: Request): Promise<Response> {
    return app.fetch(request, this.env, this.ctx);
  }

  async market(wish: MarketWish): Promise<Result<MarketChoice, PricingRefusal>> {
    const { memory, source } = contextOf(this.env);
    const chosen = chooseMarket(await memory.read(source, this.#moment()), wish);
    if (!chosen.ok) return chosen;
    const { marketId, country, currency } = chosen.value;
    return accept({ marketId, country, currency });
  }

  async quote(request: Packed<QuoteRequest>): Promise<Packed<Result<Quote, PricingRefusal>>> {
    const { quotes, source, orders } = contextOf(this.env);
    return pack(await quotes.quote(source, unpack(request), this.#moment(), orders));
  }

  explain(request: QuoteRequest): Promise<Result<CartExplanation, PricingRefusal>> {
    const { quotes, source, orders } = contextOf(this.env);
    return quotes.explain(source, request, this.#moment(), orders);
  }

  shelf(): Promise<Shelf> {
    const { shelves, source } = contextOf(this.env);
    return shelves.shelf(source, this.#moment());
  }

  shelfPrices(request: ShelfRequest): Promise<ShelfPrices> {
    const { shelves, source } = contextOf(this.env);
    return shelves.prices(source, request, this.#moment());
  }

  #moment(): Moment {
    return { now: Date.now(), later: (work) => this.ctx.waitUntil(work), report: reportDefect };
  }
}
