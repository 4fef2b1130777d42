/**
 * Answers quotes and explanations from memory: it finds the settings of the moment that is asked about and the list prices
 * that the cart needs, and leaves the arithmetic to the domain.
 */
import type { OrdersApi } from '../../../shared/contracts/orders/api.ts';
import type { MarketChoice, MarketWish, PricingRefusal, Quote } from '../../../shared/contracts/pricing/api.ts';
import type { CartExplanation } from '../../../shared/contracts/pricing/explanation.ts';
import { chooseMarket } from '../../../shared/quoting/markets.ts';
import { BoundedMap, megabyte } from '../../../shared/values/bounded-map.ts';
import { accept, type Result } from '../../../shared/values/result.ts';
import { minuteMs } from '../../../shared/values/time.ts';
import { namesOf, usesOf } from '../domain/allowance/wants.ts';
import { codesAt } from '../domain/codes.ts';
import { asksFirstOrder } from '../domain/eligibility.ts';
import { explain } from '../domain/explain.ts';
import { paymentMethodsOf } from '../domain/payment-methods.ts';
import { quote } from '../domain/quote.ts';
import { listsOf } from '../domain/reckoning.ts';
import type { QuoteRequest } from '../domain/request.ts';
import type { PricingSettings } from '../domain/settings.ts';
import { CodeMemory, type CodeSource } from './code-memory.ts';
import type { PriceMemory, PriceSource } from './price-memory.ts';
import type { Moment, SettingsMemory, SettingsSource } from './settings-memory.ts';

export interface QuoteSource extends SettingsSource, PriceSource, CodeSource {
  settingsAt(moment: number): Promise<PricingSettings | null>;
}

/** Some 10,000 customers. */
const buyersBytesMax = 2 * megabyte;

/** Customers who have ordered. That one has not is never remembered: the next moment may change it. */
class BuyerMemory {
  /** When each was known to have ordered. */
  readonly #since = new BoundedMap<string, number>(buyersBytesMax);

  /** Old news is asked for again, because an order may have been canceled. */
  knows(customer: string, now: number): boolean {
    const since = this.#since.get(customer) ?? Number.NEGATIVE_INFINITY;
    return now >= since && now - since < minuteMs;
  }

  add(customer: string, now: number): void {
    this.#since.set(customer, now);
  }
}

export class QuoteDesk {
  readonly #settings: SettingsMemory;
  readonly #prices: PriceMemory;
  readonly #codes: CodeMemory;
  readonly #buyers = new BuyerMemory();

  constructor(settings: SettingsMemory, prices: PriceMemory, codes = new CodeMemory()) {
    this.#settings = settings;
    this.#prices = prices;
    this.#codes = codes;
  }

  async market(
    source: SettingsSource,
    wish: MarketWish,
    moment: Moment,
  ): Promise<Result<MarketChoice, PricingRefusal>> {
    const chosen = chooseMarket(await this.#settings.read(source, moment), wish);
    if (!chosen.ok) return chosen;
    const { marketId, country, currency } = chosen.value;
    return accept({ marketId, country, currency });
  }

  /** @param untouched is told the allowances that nobody had begun to use a moment ago */
  async quote(
    source: QuoteSource,
    request: QuoteRequest,
    moment: Moment,
    orders?: OrdersApi,
    untouched?: Set<string>,
  ): Promise<Result<Quote, PricingRefusal>> {
    const { settings, dated, book, since } = await this.#prepare(source, request, moment, orders, untouched);
    const answer = quote(settings, dated, { book });
    if (!answer.ok || since <= answer.value.pricingSince) return answer;
    return accept({ ...answer.value, pricingSince: since });
  }

  /** By the settings of the moment: an order that waits for its money is held, or not, as the merchant has it now. */
  async shipsUnpaid(source: SettingsSource, paymentMethodId: string | null, moment: Moment): Promise<boolean> {
    const { methods } = paymentMethodsOf(await this.#settings.read(source, moment));
    return methods.some(({ id, shipsUnpaid }) => id === paymentMethodId && shipsUnpaid);
  }

  async explain(
    source: QuoteSource,
    request: QuoteRequest,
    moment: Moment,
    orders?: OrdersApi,
  ): Promise<Result<CartExplanation, PricingRefusal>> {
    const { settings, dated, book } = await this.#prepare(source, request, moment, orders);
    return explain(settings, dated, { book });
  }

  /** What the domain needs. `since`: when something else than settings last changed what the cart may cost. */
  async #prepare(
    source: QuoteSource,
    request: QuoteRequest,
    moment: Moment,
    orders: OrdersApi | undefined,
    untouched?: Set<string>,
  ) {
    const { asOf, customer } = request;
    const present = await this.#settings.read(source, moment);
    const isPast = asOf !== undefined && asOf < present.changedAt;
    const settings = isPast ? ((await source.settingsAt(asOf)) ?? present) : present;
    const [isFirstOrder, codes] = await Promise.all([
      this.#isFirstOrder(settings, request, moment, orders),
      this.#codes.find(source, settings, request.codes ?? [], moment, (code) => {
        if (code.isUntouched) untouched?.add(usesOf(code));
      }),
    ]);
    const buyer = customer === undefined || isFirstOrder === null ? {} : { customer: { ...customer, isFirstOrder } };
    const now = request.now ?? asOf ?? moment.now;
    const uniqueCodes = codesAt(codes, now);
    const dated = { ...request, ...buyer, now, ...(uniqueCodes.length === 0 ? {} : { uniqueCodes }) };
    const book = await this.#prices.book(source, {
      lists: listsOf(settings, dated),
      variantIds: [...new Set(dated.lines.flatMap(({ variantId }) => variantId ?? []))],
      currency: dated.currency,
      version: settings.version,
    });
    // Without an order of a moment ago, the cart may have cost less until then.
    const orderedAt = isFirstOrder === false ? moment.now : 0;
    const since = codes.reduce((last, { changedAt }) => Math.max(last, changedAt), orderedAt);
    return { settings, dated, book, since };
  }

  /**
   * Whether this is the customer's first order; null where no running promotion depends on it. An order that is priced
   * as of its own moment does not count itself. While orders does not answer, it is taken for a later order: a discount that is
   * missing is easier to put right than one too many.
   */
  async #isFirstOrder(
    { promotions }: PricingSettings,
    { customer, asOf, codes = [] }: QuoteRequest,
    { now, report }: Moment,
    orders: OrdersApi | undefined,
  ): Promise<boolean | null> {
    if (customer === undefined || customer.isFirstOrder || orders === undefined) return null;
    const names = namesOf(customer);
    if (names.length === 0) return null;
    if (!asksFirstOrder(promotions, codes)) return null;
    if (asOf === undefined && names.some((name) => this.#buyers.knows(name, now))) return false;
    try {
      const ordered = await Promise.all(names.map((name) => orders.hasOrdered(name, asOf ?? now)));
      if (asOf === undefined)
        for (const [index, name] of names.entries()) if (ordered[index] === true) this.#buyers.add(name, now);
      return !ordered.includes(true);
    } catch (error) {
      report('nobody answers whether a customer has ordered before; no promotion for first orders acts', error);
      return false;
    }
  }
}
