/**
 * Answers quotes and explanations from memory: it finds the settings of the moment that is asked about and the list prices
 * that the cart needs, and leaves the arithmetic to the domain.
 */
import type { PricedQuote, PricingRefusal, QuoteRequest } from '../../shared/contracts/pricing.ts';
import type { CartExplanation } from '../../shared/contracts/pricing-explanation.ts';
import type { Result } from '../../shared/values/result.ts';
import { explain } from './domain/explain.ts';
import type { PriceBook } from './domain/price-lists.ts';
import { quote } from './domain/quote.ts';
import { listsOf } from './domain/reckoning.ts';
import type { PricingSettings } from './domain/settings.ts';
import type { Moment, SettingsMemory, SettingsSource } from './memory.ts';
import type { PriceMemory, PriceSource } from './price-memory.ts';

export interface QuoteSource extends SettingsSource, PriceSource {
  settingsAt(moment: number): Promise<PricingSettings | null>;
}

export class QuoteDesk {
  readonly #settings: SettingsMemory;
  readonly #prices: PriceMemory;

  constructor(settings: SettingsMemory, prices: PriceMemory) {
    this.#settings = settings;
    this.#prices = prices;
  }

  async quote(
    source: QuoteSource,
    request: QuoteRequest,
    moment: Moment,
  ): Promise<Result<PricedQuote, PricingRefusal>> {
    const { settings, dated, book } = await this.#prepare(source, request, moment);
    return quote(settings, dated, { book });
  }

  async explain(
    source: QuoteSource,
    request: QuoteRequest,
    moment: Moment,
  ): Promise<Result<CartExplanation, PricingRefusal>> {
    const { settings, dated, book } = await this.#prepare(source, request, moment);
    return explain(settings, dated, { book });
  }

  async #prepare(
    source: QuoteSource,
    request: QuoteRequest,
    moment: Moment,
  ): Promise<{ readonly settings: PricingSettings; readonly dated: QuoteRequest; readonly book: PriceBook }> {
    const { asOf } = request;
    const present = await this.#settings.read(source, moment);
    const isPast = asOf !== undefined && asOf < present.changedAt;
    const settings = isPast ? ((await source.settingsAt(asOf)) ?? present) : present;
    const dated = { ...request, now: request.now ?? asOf ?? moment.now };
    const book = await this.#prices.book(source, {
      lists: listsOf(settings, dated),
      variantIds: [...new Set(dated.lines.flatMap(({ variantId }) => variantId ?? []))],
      currency: dated.currency,
      version: settings.version,
    });
    return { settings, dated, book };
  }
}
