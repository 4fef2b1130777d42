/**
 * How a cart can be sent and for how much: the merchant's rates that serve the address, carry everything in the cart, and
 * have a price in its currency. The server alone decides it.
 */
import type { PricingRefusal, ShippingOption } from '../../../shared/contracts/pricing/api.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import { amountIn } from './offers.ts';
import type { ShippingRate, ShippingRules } from './settings.ts';
import { liesIn, type Place } from './zones.ts';

export const defaultProfile = 'default';

const plainRules: ShippingRules = {
  ...{ kind: 'delivery', zones: [], profiles: [], weightMaxGrams: null, steps: [] },
  subtotalCounts: 'after-discounts',
};

/** What must be sent. */
interface Parcel {
  readonly place: Place;
  readonly currency: Currency;
  /** Of the goods that ship: the base of steps and of the thresholds for free shipping. Only asked for where a rate has some. */
  readonly subtotalMinor: (counts: ShippingRules['subtotalCounts']) => number;
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
      const isFree = threshold !== null && parcel.subtotalMinor(rules.subtotalCounts) >= threshold;
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

type Step = ShippingRules['steps'][number];

interface ReachedStep {
  readonly fromGrams: number;
  readonly fromMinor: number;
  readonly priceMinor: number;
}

/**
 * The price of the reached step that begins highest, or the listed one before the first; the first of two that begin
 * alike. Where one begins at a higher weight and another at a higher subtotal, the later of them.
 */
function priceBy({ steps, subtotalCounts }: ShippingRules, parcel: Parcel, listedMinor: number): number {
  const reached = steps.flatMap((step) => reachedStep(step, parcel, subtotalCounts) ?? []);
  const highest = reached.filter((one, index) => !reached.some((other, at) => isAbove(other, one, at < index)));
  return highest.at(-1)?.priceMinor ?? listedMinor;
}

function reachedStep(
  { fromGrams, fromSubtotals, prices }: Step,
  { currency, subtotalMinor, weightGrams }: Parcel,
  counts: ShippingRules['subtotalCounts'],
): ReachedStep | null {
  const fromMinor = fromSubtotals.length === 0 ? 0 : amountIn(fromSubtotals, currency);
  const priceMinor = amountIn(prices, currency);
  if (fromMinor === null || priceMinor === null || weightGrams < fromGrams) return null;
  if (fromMinor > 0 && subtotalMinor(counts) < fromMinor) return null;
  return { fromGrams, fromMinor, priceMinor };
}

function isAbove(other: ReachedStep, one: ReachedStep, isEarlier: boolean): boolean {
  const isAlike = other.fromGrams === one.fromGrams && other.fromMinor === one.fromMinor;
  return isAlike ? isEarlier : other.fromGrams >= one.fromGrams && other.fromMinor >= one.fromMinor;
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
