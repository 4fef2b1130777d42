/** The shipping of a cart as the engine takes it: one shipment, or one per list of rates where tax follows the lines. */
import type { ShippingOption } from '../../../shared/contracts/pricing/api.ts';
import { allocate } from '../../../shared/values/allocation.ts';
import type { Shipment, TaxRate } from './cart.ts';
import { standardClass, type TaxesAt } from './tax-tables.ts';

interface SentWorth {
  readonly taxRates: readonly TaxRate[];
  readonly worthMinor: number;
}

/**
 * The rates for shipping itself come first. Weighted shipping is split over the rates of what is sent by its worth; the
 * parts are in the order of their rates, so the order of the lines means nothing.
 */
export function shipmentsOf(
  { id, priceMinor }: ShippingOption,
  taxes: TaxesAt,
  shippingTax: 'standard' | 'weighted',
  sent: readonly SentWorth[],
): readonly Shipment[] {
  const whole = (taxRates: readonly TaxRate[]) => [{ key: id, amountMinor: priceMinor, taxRates }];
  if (taxes.shipping !== null) return whole(taxes.shipping);
  if (shippingTax === 'standard') return whole(taxes.of(standardClass));
  const worthBy = new Map<string, SentWorth>();
  for (const { taxRates, worthMinor } of sent) {
    const key = JSON.stringify(taxRates);
    worthBy.set(key, { taxRates, worthMinor: (worthBy.get(key)?.worthMinor ?? 0) + worthMinor });
  }
  const groups = [...worthBy.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, worth]) => worth);
  const parts = allocate(
    priceMinor,
    groups.map(({ worthMinor }) => worthMinor),
  );
  return groups.map(({ taxRates }, index) => ({
    key: index === 0 ? id : `${id}#${index + 1}`,
    amountMinor: parts[index] ?? 0,
    taxRates,
  }));
}
