/**
 * Which taxes apply: a pure decision from a place and a class of products to rates. The merchant's table is the default; a
 * tax service would be another `TaxProvider` that was asked beforehand.
 */

import type { PlaceDetail } from '../../../shared/contracts/pricing/api.ts';
import type { TaxRateRow } from '../../../shared/contracts/pricing/taxes.ts';
import { isVatIdOf } from '../../../shared/values/vat-id.ts';
import type { TaxRate } from './cart.ts';
import type { QuoteCustomer } from './request.ts';
import type { Market } from './settings.ts';
import { liesIn, openDetails, type Place } from './zones.ts';

export const standardClass = 'standard';
export const shippingClass = 'shipping';

interface TaxDecision {
  readonly place: Place;
  readonly taxClass: string;
}

export interface TaxProvider {
  /** The rates in the order in which they are computed; null where it knows none for the class at the place. */
  rates(decision: TaxDecision): readonly TaxRate[] | null;
  /** What more must be known of the place before the rates of these classes are known. */
  needs(place: Place, taxClasses: ReadonlySet<string>): readonly PlaceDetail[];
}

export type TaxRelief = 'exempt' | 'reverse-charge' | null;

/** The merchant's own table: every rate whose zone holds the place, lowest priority first. */
export function tableProvider(rows: readonly TaxRateRow[]): TaxProvider {
  return {
    rates: ({ place, taxClass }) => {
      const found = rows
        .filter((row) => row.taxClass === taxClass && liesIn(place, row.zone))
        .sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1))
        .map(({ name, rate, isCompound }): TaxRate => (isCompound ? { name, rate, isCompound } : { name, rate }));
      return found.length === 0 ? null : found;
    },
    needs: (place, taxClasses) => {
      const asked = rows.filter(({ taxClass }) => taxClasses.has(taxClass));
      const needed = new Set(asked.flatMap(({ zone }) => openDetails(place, zone)));
      return (['region', 'postalCode'] as const).filter((detail) => needed.has(detail));
    },
  };
}

interface TaxesAt {
  /** The same class always gets the same list. */
  of(taxClass: string): readonly TaxRate[];
  /** What is said of shipping itself; null leaves it to the market. */
  readonly shipping: readonly TaxRate[] | null;
}

/**
 * The rates at one place. A class without rates is taxed like `standard`, and where that has none either the market's flat
 * rate holds.
 */
export function taxesAt(place: Place, market: Market, provider: TaxProvider): TaxesAt {
  const flat: readonly TaxRate[] = [{ name: market.name, rate: market.taxRate }];
  const standard = provider.rates({ place, taxClass: standardClass }) ?? flat;
  const known = new Map<string, readonly TaxRate[]>([[standardClass, standard]]);
  return {
    of: (taxClass) => {
      const rates = known.get(taxClass) ?? provider.rates({ place, taxClass }) ?? standard;
      known.set(taxClass, rates);
      return rates;
    },
    shipping: provider.rates({ place, taxClass: shippingClass }),
  };
}

/** Why this customer is charged no tax; null for everyone else. */
export function reliefOf({ isTaxExempt, vatId }: QuoteCustomer, market: Market, { country }: Place): TaxRelief {
  if (isTaxExempt) return 'exempt';
  const isBusiness = vatId !== null && isVatIdOf(country, vatId);
  return market.hasReverseCharge && isBusiness ? 'reverse-charge' : null;
}
