/**
 * How a cart can be sent and for how much: the merchant's rates that serve the address, carry everything in the cart, and
 * have a price in its currency. The server alone decides it.
 */
import type { PricingRefusal, ShippingOption } from '../../../shared/contracts/pricing.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import { amountIn } from './offers.ts';
import type { ShippingRate, ShippingRules } from './settings.ts';
import { liesIn, type Place } from './zones.ts';

export const defaultProfile = 'default';

const plainRules: ShippingRules = { kind: 'delivery', zones: [], profiles: [], weightMaxGrams: null, steps: [] };

/** What must be sent. */
export interface Parcel {
  readonly place: Place;
  readonly currency: Currency;
  /** What the lines are listed at: the base of steps and of the thresholds for free shipping. */
  readonly subtotalMinor: number;
  readonly weightGrams: number;
  readonly profiles: ReadonlySet<string>;
}

/** The rates that can take the parcel, cheapest first. */
export function shippingOptionsOf(rates: readonly ShippingRate[], parcel: Parcel): ShippingOption[] {
  return rates
    .flatMap((rate): ShippingOption[] => {
      const listedMinor = amountIn(rate.prices, parcel.currency);
      const rules: ShippingRules = { ...plainRules, ...rate };
      if (listedMinor === null || !canTake(rules, parcel)) return [];
      const threshold = amountIn(rate.freeFrom, parcel.currency);
      const isFree = threshold !== null && parcel.subtotalMinor >= threshold;
      const option = { id: rate.id, name: rate.name, priceMinor: isFree ? 0 : priceBy(rules, parcel, listedMinor) };
      return [rules.kind === 'pickup' ? { ...option, isPickup: true } : option];
    })
    .sort((a, b) => a.priceMinor - b.priceMinor);
}

function canTake({ zones, profiles, weightMaxGrams }: ShippingRules, parcel: Parcel): boolean {
  return (
    (zones.length === 0 || zones.some((zone) => liesIn(parcel.place, zone))) &&
    (profiles.length === 0 || [...parcel.profiles].every((profile) => profiles.includes(profile))) &&
    (weightMaxGrams === null || parcel.weightGrams <= weightMaxGrams)
  );
}

/** The price of the last step that the parcel reaches, or the listed one before the first. */
function priceBy(
  { steps }: ShippingRules,
  { currency, subtotalMinor, weightGrams }: Parcel,
  listedMinor: number,
): number {
  let priceMinor = listedMinor;
  for (const { fromGrams, fromSubtotals, prices } of steps) {
    const from = amountIn(fromSubtotals, currency);
    const isReached =
      weightGrams >= fromGrams && (fromSubtotals.length === 0 || (from !== null && subtotalMinor >= from));
    if (isReached) priceMinor = amountIn(prices, currency) ?? priceMinor;
  }
  return priceMinor;
}

/**
 * The chosen option, else the cheapest that is delivered. Where the market delivers at all nobody fetches goods without
 * having said so. Where nothing is shipped the choice waits: it must exist, but it costs nothing.
 */
export function chooseShipping(
  options: readonly ShippingOption[],
  wishedId: string | null,
  rates: readonly ShippingRate[],
  mustShip: boolean,
): Result<ShippingOption | null, PricingRefusal> {
  if (wishedId === null) {
    const isFetchedOnly = rates.every(({ kind }) => kind === 'pickup');
    return accept(options.find(({ isPickup }) => isFetchedOnly || isPickup !== true) ?? null);
  }
  const known = mustShip ? options : rates;
  if (!known.some((option) => option.id === wishedId))
    return refuse({ code: 'unknown-shipping-option', shippingOptionId: wishedId });
  return accept(options.find((option) => option.id === wishedId) ?? null);
}
