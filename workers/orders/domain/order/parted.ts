/**
 * What of an order stays as it was charged while the rest is priced anew: units that went back, and shipping once anything was
 * given back. It remembers discounts and taxes in the way of the market that charged them, so an order that moves to a market
 * with other prices and back again costs what it did.
 */
import type { Quote, QuotedLine, TaxLine } from '../../../../shared/contracts/pricing/api.ts';
import { allocate } from '../../../../shared/values/allocation.ts';
import { sumOf } from '../../../../shared/values/money.ts';
import type { Parted, PartedUnits, RefundedLine } from './operation.ts';
import type { Order } from './order.ts';
import { paidShippingMinorOf, partedUnitsOf, sumOfUnits } from './worth.ts';

export type PromotionShare = QuotedLine['discounts'][number];
export type Charged = Pick<Order, 'quote' | 'parted'>;

/** What is remembered of earlier edits, and what parts now, at what the order charges for it. */
export function partedOf(order: Charged, gone: readonly RefundedLine[]): Parted {
  const { quote, parted } = order;
  return {
    units: gone.flatMap((away) => partedUnits(order, away)),
    discounts: namedOnce([...quote.discounts, ...(parted?.discounts ?? [])]),
    shippingTaxLines: parted?.shippingTaxLines ?? shareOfTaxes(shippingTaxMinorOf(quote), quote.taxLines),
  };
}

/** Each promotion as it is named first. */
export function namedOnce(discounts: Quote['discounts']): Quote['discounts'] {
  return [...new Map(discounts.toReversed().map((one) => [one.promotionId, one])).values()].toReversed();
}

export function partedUnits(order: Charged, away: RefundedLine): PartedUnits[] {
  const remembered = partedUnitsOf(order, away.lineId, away.quantity);
  const sum = sumOfUnits(remembered);
  // Units may have been given back for less than was remembered of them: then what was given back counts.
  const isKnown = sum.grossMinor <= away.grossMinor && sum.taxMinor <= away.taxMinor;
  const known = isKnown ? remembered : [];
  const { quantity, grossMinor, taxMinor } = sumOfUnits(known);
  const more = {
    lineId: away.lineId,
    quantity: away.quantity - quantity,
    grossMinor: away.grossMinor - grossMinor,
    taxMinor: away.taxMinor - taxMinor,
  };
  const isMore = more.quantity > 0 || more.grossMinor > 0 || more.taxMinor > 0;
  return isMore ? [...known, partingNow(order, more, known)] : known;
}

/** Units that part with this edit: the discounts and taxes of what was left of their line, by what it is charged at. */
function partingNow({ quote, parted }: Charged, units: RefundedLine, known: readonly PartedUnits[]): PartedUnits {
  const { pricesIncludeTax: includesTax } = quote;
  const line = quote.lines.find(({ lineId }) => lineId === units.lineId);
  const former = known.map((one) => shownIn(includesTax, one).discounts);
  const causes = (line?.discounts ?? []).map(({ promotionId, amountMinor }) => {
    const had = former.flat().filter((one) => one.promotionId === promotionId);
    return { promotionId, amountMinor: Math.max(0, amountMinor - sumOf(had.map((one) => one.amountMinor))) };
  });
  const weights = causes.map(({ amountMinor }) => amountMinor);
  const totalMinor = includesTax ? units.grossMinor : units.grossMinor - units.taxMinor;
  const listedMinor = (line?.unitPriceMinor ?? 0) * units.quantity;
  const discountMinor = sumOf(weights) === 0 ? 0 : Math.max(0, listedMinor - totalMinor);
  const parts = allocate(discountMinor, weights);
  const others = [...(parted?.units ?? []).flatMap(({ taxLines }) => taxLines), ...(parted?.shippingTaxLines ?? [])];
  return {
    ...units,
    includesTax,
    discounts: causes.map(({ promotionId }, index) => ({ promotionId, amountMinor: parts[index] ?? 0 })),
    taxLines: shareOfTaxes(units.taxMinor, withoutTaxes(quote.taxLines, others), quote.taxLines),
  };
}

/** Units as a quote shows them whose prices have tax inside, or not. Discounts shrink or grow with what the units cost. */
export function shownIn(includesTax: boolean, units: PartedUnits) {
  const { grossMinor, taxMinor, discounts } = units;
  const totalIn = (isInside: boolean) => (isInside ? grossMinor : grossMinor - taxMinor);
  const [totalMinor, wasMinor] = [totalIn(includesTax), totalIn(units.includesTax)];
  const shown =
    totalMinor === wasMinor || wasMinor <= 0
      ? discounts
      : discounts.map((one) => ({ ...one, amountMinor: scaled(one.amountMinor, totalMinor, wasMinor) }));
  const discountMinor = sumOf(shown.map(({ amountMinor }) => amountMinor));
  return { totalMinor, discountMinor, subtotalMinor: totalMinor + discountMinor, discounts: shown };
}

/** Shipping as it was charged, as a quote shows it whose prices have tax inside, or not. */
export function shippingIn(includesTax: boolean, charged: Quote) {
  const taxMinor = shippingTaxMinorOf(charged);
  const grossMinor = paidShippingMinorOf(charged);
  return { taxMinor, shippingMinor: includesTax ? grossMinor : grossMinor - taxMinor };
}

/** What a promotion takes off some lines. */
export function offLines(lines: readonly QuotedLine[], promotionId: string): number {
  const shares = lines.flatMap(({ discounts }) => discounts.filter((one) => one.promotionId === promotionId));
  return sumOf(shares.map(({ amountMinor }) => amountMinor));
}

function shippingTaxMinorOf({ taxMinor, lines }: Quote): number {
  return taxMinor - sumOf(lines.map((line) => line.taxMinor));
}

/** Taxes of the same name and rate as one. */
export function joinedTaxes(lines: readonly TaxLine[]): TaxLine[] {
  const sums = new Map<string, TaxLine>();
  for (const line of lines) {
    const name = nameOf(line);
    const { baseMinor, taxMinor } = sums.get(name) ?? { baseMinor: 0, taxMinor: 0 };
    sums.set(name, { ...line, baseMinor: baseMinor + line.baseMinor, taxMinor: taxMinor + line.taxMinor });
  }
  return [...sums.values()];
}

/** An amount of tax by the taxes that were charged; by all of them where those of the rest say nothing. */
function shareOfTaxes(taxMinor: number, lines: readonly TaxLine[], all = lines): TaxLine[] {
  if (taxMinor <= 0) return [];
  const some = lines.filter((line) => line.taxMinor > 0);
  // A tax of nothing has no base to scale.
  const taxed = some.length > 0 ? some : all.filter((line) => line.taxMinor > 0);
  const parts = allocate(
    taxMinor,
    taxed.map((line) => line.taxMinor),
  );
  return taxed.flatMap((line, index) => {
    const partMinor = parts[index] ?? 0;
    const baseMinor = scaled(line.baseMinor, partMinor, line.taxMinor);
    return partMinor === 0 ? [] : [{ ...line, baseMinor, taxMinor: partMinor }];
  });
}

function withoutTaxes(lines: readonly TaxLine[], others: readonly TaxLine[]): TaxLine[] {
  const gone = joinedTaxes(others);
  return lines.map((line) => {
    const { baseMinor = 0, taxMinor = 0 } = gone.find((one) => nameOf(one) === nameOf(line)) ?? {};
    return { ...line, baseMinor: line.baseMinor - baseMinor, taxMinor: line.taxMinor - taxMinor };
  });
}

const nameOf = ({ name, rate }: TaxLine) => JSON.stringify([name, rate]);

export function scaled(amountMinor: number, toMinor: number, ofMinor: number): number {
  return Number((BigInt(amountMinor) * BigInt(toMinor)) / BigInt(ofMinor));
}
