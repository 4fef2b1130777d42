/**
 * What a cart costs: listed lines, shipping and a flat tax, in exact integer arithmetic. The order of lines changes nothing
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
import type { Currency } from '../../../shared/values/money.ts';
import { accept, assert, type Result, refuse } from '../../../shared/values/result.ts';
import { chooseMarket, type PricingSettings, type ShippingRate } from './settings.ts';
import { taxesOf } from './tax.ts';

/** Prices a cart. Refused when the market does not sell in the currency, or when the shipping option is not one of it. */
export function quote(settings: PricingSettings, request: QuoteRequest): Result<Quote, PricingRefusal> {
  const chosen = chooseMarket(settings, request);
  if (!chosen.ok) return chosen;
  const { market, country, currency } = chosen.value;

  const subtotals = request.lines.map(subtotalOf);
  const subtotalMinor = sum(subtotals);
  const rates = settings.shippingRates.filter((rate) => rate.marketId === market.id);
  const mustShip = request.lines.some((line) => line.requiresShipping);
  const shippingOptions = mustShip ? shippingOptionsOf(rates, currency, subtotalMinor) : [];
  const shipping = chooseShipping(shippingOptions, request.shippingOptionId, rates, mustShip);
  if (!shipping.ok) return shipping;
  const shippingMinor = shipping.value?.priceMinor ?? 0;

  const taxable = request.lines.map((line, index) => (line.isTaxable ? (subtotals[index] ?? 0) : 0));
  const taxes = taxesOf([...taxable, shippingMinor], market);
  const taxMinor = sum(taxes);
  const lines = request.lines.map((line, index) => quotedLine(line, subtotals[index] ?? 0, taxes[index] ?? 0));
  return accept({
    pricingVersion: settings.version,
    country,
    currency,
    pricesIncludeTax: market.pricesIncludeTax,
    lines,
    shippingOptions,
    shippingOptionId: shipping.value?.id ?? null,
    subtotalMinor,
    discountMinor: 0,
    shippingMinor,
    taxMinor,
    totalMinor: sum([subtotalMinor, shippingMinor, market.pricesIncludeTax ? 0 : taxMinor]),
  });
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

function subtotalOf({ unitPriceMinor, quantity }: QuoteLine): number {
  assert(unitPriceMinor >= 0 && quantity >= 0, 'a line has no negative price or quantity');
  return safe(BigInt(unitPriceMinor) * BigInt(quantity));
}

function quotedLine({ lineId }: QuoteLine, subtotalMinor: number, taxMinor: number): QuotedLine {
  return { lineId, subtotalMinor, discountMinor: 0, taxMinor, totalMinor: subtotalMinor };
}

function sum(amounts: readonly number[]): number {
  return safe(amounts.reduce((total, amount) => total + BigInt(amount), 0n));
}

function safe(amount: bigint): number {
  const number = Number(amount);
  assert(Number.isSafeInteger(number), 'an amount is a safe integer');
  return number;
}
