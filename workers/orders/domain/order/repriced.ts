/**
 * The price of an order from which goods went back: what remains and what goes out is priced by itself, what went back stays
 * at what was charged for it, and shipping stays as it was charged. All sums of a quote hold for the whole.
 */
import type { CartLine } from '../../../../shared/contracts/cart/api.ts';
import type { Quote, QuotedLine, TaxLine } from '../../../../shared/contracts/pricing/api.ts';
import { unitPriceMinorOf } from '../../../../shared/quoting/priceable.ts';
import { allocate } from '../../../../shared/values/allocation.ts';
import { sumOf } from '../../../../shared/values/money.ts';
import { assert } from '../../../../shared/values/result.ts';
import type { RefundedLine } from './operation.ts';
import type { Order } from './order.ts';

type PromotionShare = QuotedLine['discounts'][number];

/** The lines that are left to be priced beside units that went back. */
export function withoutUnits(lines: readonly CartLine[], gone: readonly RefundedLine[]): CartLine[] {
  return lines.flatMap((line) => {
    const quantity = line.quantity - (gone.find(({ lineId }) => lineId === line.lineId)?.quantity ?? 0);
    return quantity > 0 ? [{ ...line, quantity }] : [];
  });
}

/** Puts units that went back beside a quote of all the rest. */
export function withUnits(
  { quote: charged, cards }: Pick<Order, 'quote' | 'cards'>,
  lines: readonly CartLine[],
  gone: readonly RefundedLine[],
  rest: Quote,
): Quote {
  const whole = lines.map((line) => {
    const kept = rest.lines.find(({ lineId }) => lineId === line.lineId);
    const away = gone.find(({ lineId }) => lineId === line.lineId);
    if (away !== undefined) return wholeLine(line, away, charged, kept);
    assert(kept !== undefined, 'a line is priced, or it went back');
    return kept;
  });
  const shippingTaxMinor = charged.taxMinor - sumOf(charged.lines.map((line) => line.taxMinor));
  const taxMinor = sumOf(whole.map((line) => line.taxMinor)) + shippingTaxMinor;
  const { shippingMinor, shippingOptions, shippingOptionId } = charged;
  const netMinor = sumOf(whole.map((line) => line.totalMinor)) + shippingMinor;
  const totalMinor = charged.pricesIncludeTax ? netMinor : netMinor + taxMinor;
  return {
    ...rest,
    lines: whole,
    shippingOptions,
    shippingOptionId,
    subtotalMinor: sumOf(whole.map((line) => line.subtotalMinor)),
    discountMinor: sumOf(whole.map((line) => line.discountMinor)),
    shippingMinor,
    taxMinor,
    totalMinor,
    shippingDiscountMinor: charged.shippingDiscountMinor,
    discounts: discountsOf(whole, charged, rest),
    taxLines: taxLinesOf(taxMinor, charged, rest),
    ...paidWith(cards, totalMinor),
  };
}

/** What a discount has taken off units that went back, as they were charged. */
export function shareOfUnits(charged: Quote, away: RefundedLine, promotionId: string): number {
  const before = charged.lines.find(({ lineId }) => lineId === away.lineId);
  const { caused } = asCharged(charged, away, before?.unitPriceMinor ?? 0);
  return caused.find((one) => one.promotionId === promotionId)?.amountMinor ?? 0;
}

/** Units that went back, at what was charged for them, with what each discount took off. */
function asCharged(charged: Quote, away: RefundedLine, unitPriceMinor: number) {
  const before = charged.lines.find(({ lineId }) => lineId === away.lineId);
  const totalMinor = charged.pricesIncludeTax ? away.grossMinor : away.grossMinor - away.taxMinor;
  const subtotalMinor = Math.max(unitPriceMinor * away.quantity, totalMinor);
  const discountMinor = subtotalMinor - totalMinor;
  const causes = before?.discounts ?? [];
  const weights = causes.map(({ amountMinor }) => amountMinor);
  const parts = allocate(discountMinor, weights);
  const caused = causes.map(({ promotionId }, index) => ({ promotionId, amountMinor: parts[index] ?? 0 }));
  return { totalMinor, subtotalMinor, discountMinor, caused };
}

/** A line of units that went back and units that did not. */
function wholeLine(line: CartLine, away: RefundedLine, charged: Quote, kept: QuotedLine | undefined): QuotedLine {
  const priced = kept ?? charged.lines.find(({ lineId }) => lineId === line.lineId);
  const unitPriceMinor = priced?.unitPriceMinor ?? unitPriceMinorOf(line.variant, charged.currency);
  const { totalMinor, subtotalMinor, discountMinor, caused } = asCharged(charged, away, unitPriceMinor);
  return {
    lineId: line.lineId,
    unitPriceMinor,
    compareAtMinor: priced?.compareAtMinor ?? null,
    priceListId: priced?.priceListId ?? null,
    subtotalMinor: subtotalMinor + (kept?.subtotalMinor ?? 0),
    discountMinor: discountMinor + (kept?.discountMinor ?? 0),
    taxMinor: away.taxMinor + (kept?.taxMinor ?? 0),
    totalMinor: totalMinor + (kept?.totalMinor ?? 0),
    discounts: byPromotion([...(kept?.discounts ?? []), ...caused]),
  };
}

function byPromotion(shares: readonly PromotionShare[]): PromotionShare[] {
  const sums = new Map<string, number>();
  for (const { promotionId, amountMinor } of shares) sums.set(promotionId, (sums.get(promotionId) ?? 0) + amountMinor);
  return [...sums].flatMap(([promotionId, amountMinor]) => (amountMinor === 0 ? [] : [{ promotionId, amountMinor }]));
}

/** What each promotion takes off: lines as they are now, and shipping as it was charged. */
function discountsOf(whole: readonly QuotedLine[], charged: Quote, rest: Quote): Quote['discounts'] {
  const { discounts: earlier, lines: chargedLines } = charged;
  const added = rest.discounts.filter(({ promotionId }) => earlier.every((one) => one.promotionId !== promotionId));
  return [...earlier, ...added].flatMap((discount) => {
    const { promotionId } = discount;
    const before = earlier.find((one) => one.promotionId === promotionId)?.amountMinor ?? 0;
    const offShippingMinor = before - offLines(chargedLines, promotionId);
    const amountMinor = offShippingMinor + offLines(whole, promotionId);
    return amountMinor === 0 ? [] : [{ ...discount, amountMinor }];
  });
}

function offLines(lines: readonly QuotedLine[], promotionId: string): number {
  const shares = lines.flatMap(({ discounts }) => discounts.filter((one) => one.promotionId === promotionId));
  return sumOf(shares.map(({ amountMinor }) => amountMinor));
}

/** Taxes of the rest, and on top what was charged for the others: shared over the taxes that there were, as they were. */
function taxLinesOf(taxMinor: number, charged: Quote, rest: Quote): TaxLine[] {
  const moreMinor = taxMinor - sumOf(rest.taxLines.map((line) => line.taxMinor));
  const parts = allocate(
    moreMinor,
    charged.taxLines.map((line) => line.taxMinor),
  );
  const sums = new Map<string, TaxLine>();
  const add = (line: TaxLine): void => {
    const name = JSON.stringify([line.name, line.rate]);
    const { baseMinor, taxMinor } = sums.get(name) ?? { baseMinor: 0, taxMinor: 0 };
    sums.set(name, { ...line, baseMinor: baseMinor + line.baseMinor, taxMinor: taxMinor + line.taxMinor });
  };
  for (const line of rest.taxLines) add(line);
  for (const [index, line] of charged.taxLines.entries()) {
    const partMinor = parts[index] ?? 0;
    // A tax of nothing has no base to scale.
    if (line.taxMinor === 0) continue;
    const baseMinor = Number((BigInt(line.baseMinor) * BigInt(partMinor)) / BigInt(line.taxMinor));
    add({ ...line, baseMinor, taxMinor: partMinor });
  }
  return [...sums.values()];
}

/** Cards pay what they have paid, and no more. */
function paidWith(cards: Order['cards'], totalMinor: number): Pick<Quote, 'giftCards' | 'dueMinor'> {
  let dueMinor = totalMinor;
  const giftCards = cards.map(({ key, paidMinor }) => {
    const usedMinor = Math.min(dueMinor, paidMinor);
    dueMinor -= usedMinor;
    return { key, usedMinor };
  });
  return { giftCards, dueMinor };
}
