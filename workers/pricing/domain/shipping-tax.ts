/**
 * Shipping that is taxed in the proportions of the goods that are sent: one shipment while promotions act, and then one part
 * per list of rates, by what is paid for the goods after their discounts.
 */
import { allocate } from '../../../shared/values/allocation.ts';
import { sumOf } from '../../../shared/values/money.ts';
import type { Cart, CartLine, Discount, Shipment, TaxRate } from './cart.ts';
import type { EntryLeft, LineLeft, Remaining } from './remaining.ts';

/** What a line lends to the proportions. */
export interface Worth {
  readonly taxRates: readonly TaxRate[];
  readonly paidMinor: number;
  readonly listedMinor: number;
}

interface RatePart {
  readonly taxRates: readonly TaxRate[];
  readonly weight: number;
}

/**
 * The lists of rates with their weights. Where nothing is paid for any of the goods, what they are listed at counts. The order
 * is that of the rates, so the order of the lines means nothing.
 */
function partsByRates(goods: readonly Worth[]): readonly RatePart[] {
  const isAnyPaid = goods.some(({ paidMinor }) => paidMinor > 0);
  const partBy = new Map<string, RatePart>();
  for (const { taxRates, paidMinor, listedMinor } of goods) {
    const key = JSON.stringify(taxRates);
    const weight = isAnyPaid ? paidMinor : listedMinor;
    partBy.set(key, { taxRates, weight: (partBy.get(key)?.weight ?? 0) + weight });
  }
  const parts = [...partBy.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
  const weighty = parts.filter(({ weight }) => weight > 0);
  return weighty.length > 0 ? weighty : parts;
}

interface TaxedShipping {
  readonly entry: EntryLeft;
  readonly taxRates: readonly TaxRate[];
}

/** Every shipment with its rates, split where it has those of the lines, and the discounts with what they took off each part. */
export function shareShipping(
  cart: Pick<Cart, 'lines' | 'shipping'>,
  remaining: Remaining,
  discounts: readonly Discount[],
): { readonly shipping: readonly TaxedShipping[]; readonly discounts: readonly Discount[] } {
  let shared = discounts;
  const shipping = cart.shipping.flatMap((shipment, index): TaxedShipping[] => {
    const entry = remaining.shipping[index];
    if (entry === undefined) return [];
    const { taxedLike, taxRates } = shipment;
    if (taxedLike === undefined) return [{ entry, taxRates }];
    const parts = partsByRates(worthsOf(cart.lines, remaining.lines, taxedLike));
    const [only] = parts;
    if (parts.length < 2) return [{ entry, taxRates: only?.taxRates ?? taxRates }];
    const split = splitOver(parts, shipment, shared);
    shared = split.discounts;
    return [...split.shipping];
  });
  return { shipping, discounts: shared };
}

function worthsOf(lines: readonly CartLine[], left: readonly LineLeft[], keys: readonly string[]): readonly Worth[] {
  const wanted = new Set(keys);
  return lines.flatMap(({ key, taxRates }, index) => {
    const line = left[index];
    if (line === undefined || !wanted.has(key)) return [];
    return [{ taxRates, paidMinor: line.leftMinor, listedMinor: line.listedMinor }];
  });
}

/** The parts share the price by their weights, and each discount by what the earlier ones left of the parts. */
function splitOver(
  parts: readonly RatePart[],
  { key, amountMinor }: Shipment,
  discounts: readonly Discount[],
): { readonly shipping: readonly TaxedShipping[]; readonly discounts: readonly Discount[] } {
  const listed = allocate(
    amountMinor,
    parts.map(({ weight }) => weight),
  );
  const left = [...listed];
  const keyOf = (index: number): string => (index === 0 ? key : `${key}#${index + 1}`);
  const shared = discounts.map((discount): Discount => {
    const allocations = discount.allocations.flatMap((one) => {
      if (one.from !== 'shipping' || one.key !== key) return [one];
      const off = allocate(one.amountMinor, left);
      off.forEach((partMinor, index) => {
        left[index] = (left[index] ?? 0) - partMinor;
      });
      return off
        .map((partMinor, index) => ({ ...one, key: keyOf(index), amountMinor: partMinor }))
        .filter((part) => part.amountMinor > 0);
    });
    return { ...discount, allocations };
  });
  const shipping = parts.map(({ taxRates }, index): TaxedShipping => {
    const [listedMinor, leftMinor] = [listed[index] ?? 0, left[index] ?? 0];
    return { entry: { from: 'shipping', key: keyOf(index), listedMinor, leftMinor }, taxRates };
  });
  return { shipping, discounts: shared };
}

/** The price of a shipment without the tax inside it, which is that of its parts. */
export function netOfParts(
  amountMinor: number,
  goods: readonly Worth[],
  netOf: (amountMinor: number, taxRates: readonly TaxRate[]) => number,
): number {
  const parts = partsByRates(goods);
  const amounts = allocate(
    amountMinor,
    parts.map(({ weight }) => weight),
  );
  return sumOf(parts.map(({ taxRates }, index) => netOf(amounts[index] ?? 0, taxRates)));
}
