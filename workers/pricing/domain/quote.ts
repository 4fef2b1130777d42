/**
 * What a cart costs in its market: the pricing engine fed with the settings of a merchant. The order of lines changes nothing
 * but where a tied cent falls, and a cart that returns to the same lines returns to the same numbers.
 */
import type {
  PricingRefusal,
  Quote,
  QuotedLine,
  QuoteLine,
  QuoteRequest,
  ShippingOption,
} from '../../../shared/contracts/pricing.ts';
import { type Currency, multiply, sumOf } from '../../../shared/values/money.ts';
import { accept, assert, type Result, refuse } from '../../../shared/values/result.ts';
import type { Cart, DiscountedEntry, TaxRate } from './cart.ts';
import { price } from './price.ts';
import { chooseMarket, type Market, type PricingSettings, type ShippingRate } from './settings.ts';

const untaxed: readonly TaxRate[] = [];

/** Prices a cart. Refused when the market does not sell in the currency, or when the shipping option is not one of it. */
export function quote(settings: PricingSettings, request: QuoteRequest): Result<Quote, PricingRefusal> {
  const chosen = chooseMarket(settings, request);
  if (!chosen.ok) return chosen;
  const { market, country, currency } = chosen.value;

  const rates = settings.shippingRates.filter((rate) => rate.marketId === market.id);
  const mustShip = request.lines.some((line) => line.requiresShipping);
  const shippingOptions = mustShip ? shippingOptionsOf(rates, currency, subtotalOf(request.lines)) : [];
  const shipping = chooseShipping(shippingOptions, request.shippingOptionId, rates, mustShip);
  if (!shipping.ok) return shipping;

  const priced = price(cartOf(request.lines, shipping.value, market));
  assert(priced.ok, 'a cart without rebates costs no less than nothing');
  const { lines, subtotalMinor, discountMinor, shippingMinor, taxMinor, totalMinor } = priced.value;
  return accept({
    pricingVersion: settings.version,
    pricingSince: settings.changedAt,
    country,
    currency,
    pricesIncludeTax: market.pricesIncludeTax,
    lines: lines.map(quotedLine),
    shippingOptions,
    shippingOptionId: shipping.value?.id ?? null,
    subtotalMinor,
    discountMinor,
    shippingMinor,
    taxMinor,
    totalMinor,
  });
}

/** The cart as the engine takes it: one flat rate of the market, on shipping too. */
function cartOf(lines: readonly QuoteLine[], shipping: ShippingOption | null, market: Market): Cart {
  const taxRates = [{ name: market.id, rate: market.taxRate }];
  return {
    pricesIncludeTax: market.pricesIncludeTax,
    rounding: market.rounding,
    lines: lines.map(({ lineId, unitPriceMinor, quantity, isTaxable }) => ({
      key: lineId,
      unitPriceMinor,
      quantity,
      taxRates: isTaxable ? taxRates : untaxed,
      tags: [],
    })),
    shipping: shipping === null ? [] : [{ key: shipping.id, amountMinor: shipping.priceMinor, taxRates }],
    surcharges: [],
    codes: [],
    giftCards: [],
    promotions: [],
  };
}

/** The rates that have a price in the currency, cheapest first; free where the subtotal reaches their threshold. */
export function shippingOptionsOf(
  rates: readonly ShippingRate[],
  currency: Currency,
  subtotalMinor: number,
): ShippingOption[] {
  return rates
    .flatMap((rate) => {
      const price = rate.prices.find((one) => one.currency === currency);
      const threshold = rate.freeFrom.find((one) => one.currency === currency);
      if (price === undefined) return [];
      const isFree = threshold !== undefined && subtotalMinor >= threshold.amount;
      return [{ id: rate.id, name: rate.name, priceMinor: isFree ? 0 : price.amount }];
    })
    .sort((a, b) => a.priceMinor - b.priceMinor);
}

/**
 * The chosen option, else the cheapest. Where nothing is shipped the choice waits: it must exist, but it costs nothing. A
 * market without a rate in the currency ships for free, because a merchant who charges for shipping names a price.
 */
function chooseShipping(
  options: readonly ShippingOption[],
  wishedId: string | null,
  rates: readonly ShippingRate[],
  mustShip: boolean,
): Result<ShippingOption | null, PricingRefusal> {
  if (wishedId === null) return accept(options[0] ?? null);
  const known = mustShip ? options : rates;
  if (!known.some((option) => option.id === wishedId))
    return refuse({ code: 'unknown-shipping-option', shippingOptionId: wishedId });
  return accept(options.find((option) => option.id === wishedId) ?? null);
}

/** What the lines are listed at: the base of the thresholds for free shipping. */
function subtotalOf(lines: readonly QuoteLine[]): number {
  return sumOf(lines.map(({ unitPriceMinor, quantity }) => multiply(unitPriceMinor, quantity)));
}

function quotedLine({ key, listedMinor, discountMinor, taxMinor }: DiscountedEntry): QuotedLine {
  return { lineId: key, subtotalMinor: listedMinor, discountMinor, taxMinor, totalMinor: listedMinor - discountMinor };
}
