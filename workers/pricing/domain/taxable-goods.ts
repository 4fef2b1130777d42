/**
 * What a cart is charged for, as the engine takes it: lines and shipping with the rates of their place. A shopper who is charged
 * no tax gets prices without the tax inside them, and his cart is that of a market whose prices exclude tax. The amounts of
 * promotions stay what the merchant named.
 */
import type { QuoteLine, ShippingOption } from '../../../shared/contracts/pricing/api.ts';
import { multiply } from '../../../shared/values/money.ts';
import type { CartLine, Shipment, TaxRate } from './cart.ts';
import type { UnitPrice } from './price-lists.ts';
import type { QuoteCustomer } from './request.ts';
import type { Market } from './settings.ts';
import { netOfParts, type Worth } from './shipping-tax.ts';
import { taxed } from './tax.ts';
import { reliefOf, standardClass, type TaxProvider, type TaxRelief, taxesAt } from './tax-tables.ts';
import type { Place } from './zones.ts';

interface TaxableGoods {
  readonly relief: TaxRelief;
  readonly pricesIncludeTax: boolean;
  readonly lines: readonly CartLine[];
  readonly unitPrices: readonly UnitPrice[];
  /** The shipment of an option. What is paid for the lines after discounts is only asked for where it decides the price. */
  readonly shipmentFor: (option: ShippingOption, paidMinorOf: () => readonly number[]) => Shipment;
}

interface Charged {
  readonly lines: readonly QuoteLine[];
  /** As listed in the market. */
  readonly unitPrices: readonly UnitPrice[];
}

interface TaxSituation {
  readonly market: Market;
  readonly place: Place;
  readonly customer: QuoteCustomer;
  readonly provider: TaxProvider;
}

const untaxed: readonly TaxRate[] = [];

export function taxableGoods(charged: Charged, { market, place, customer, provider }: TaxSituation): TaxableGoods {
  const taxes = taxesAt(place, market, provider);
  const rates = charged.lines.map((line) => (line.isTaxable ? taxes.of(line.taxClass ?? standardClass) : untaxed));
  const relief = reliefOf(customer, market, place);
  const hasTaxInside = relief !== null && market.pricesIncludeTax;
  const netOf = (amountMinor: number, taxRates: readonly TaxRate[]): number =>
    hasTaxInside ? withoutTax(amountMinor, taxRates, market) : amountMinor;
  const unitPrices = charged.unitPrices.map((listed, index): UnitPrice => {
    if (!hasTaxInside) return listed;
    const own = rates[index] ?? untaxed;
    const compareAtMinor = listed.compareAtMinor === null ? null : netOf(listed.compareAtMinor, own);
    const { unitPriceMinor: withTaxMinor } = listed;
    return { ...listed, unitPriceMinor: netOf(withTaxMinor, own), compareAtMinor, withTaxMinor };
  });
  return {
    relief,
    pricesIncludeTax: market.pricesIncludeTax && relief === null,
    lines: charged.lines.map(({ lineId, quantity }, index) => {
      const own = rates[index] ?? untaxed;
      const { unitPriceMinor = 0, withTaxMinor }: Partial<UnitPrice> = unitPrices[index] ?? {};
      return {
        key: lineId,
        unitPriceMinor,
        quantity,
        // A line is rounded as a whole, never unit by unit.
        ...(withTaxMinor === undefined ? {} : { listedMinor: netOf(multiply(withTaxMinor, quantity), own) }),
        taxRates: relief === null ? own : untaxed,
        tags: [],
      };
    }),
    unitPrices,
    shipmentFor: ({ id, priceMinor }, paidMinorOf) => {
      // The rates for shipping itself come first.
      const whole = taxes.shipping ?? (market.shippingTax === 'standard' ? taxes.of(standardClass) : null);
      if (relief === null)
        return whole === null
          ? { key: id, amountMinor: priceMinor, taxRates: untaxed, taxedLike: keysOfSent(charged.lines) }
          : { key: id, amountMinor: priceMinor, taxRates: whole };
      const amountMinor = !hasTaxInside
        ? priceMinor
        : whole !== null
          ? netOf(priceMinor, whole)
          : netOfParts(priceMinor, worthsOfSent(charged, rates, paidMinorOf()), netOf);
      return { key: id, amountMinor, taxRates: untaxed };
    },
  };
}

function keysOfSent(lines: readonly QuoteLine[]): readonly string[] {
  return lines.filter(({ requiresShipping }) => requiresShipping).map(({ lineId }) => lineId);
}

function worthsOfSent(
  { lines, unitPrices }: Charged,
  rates: readonly (readonly TaxRate[])[],
  paidMinor: readonly number[],
): readonly Worth[] {
  return lines.flatMap(({ requiresShipping, quantity }, index) => {
    const listedMinor = multiply(unitPrices[index]?.unitPriceMinor ?? 0, quantity);
    const worth = { taxRates: rates[index] ?? untaxed, paidMinor: paidMinor[index] ?? 0, listedMinor };
    return requiresShipping ? [worth] : [];
  });
}

function withoutTax(amountMinor: number, taxRates: readonly TaxRate[], { rounding }: Market): number {
  const entry = { key: '', amountMinor, taxRates, includesTax: true };
  return taxed([entry], { mode: rounding.mode, level: 'line' }).entries[0]?.netMinor ?? amountMinor;
}
