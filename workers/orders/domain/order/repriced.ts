/**
 * The price of an order from which goods went back, or of which shipping was refunded: what remains and what goes out is priced
 * by itself, what went back stays at what was charged for it, and shipping stays as it was charged. All sums of a quote hold for
 * the whole, which states its prices as the market does that the order is in now.
 */
import type { CartLine } from '../../../../shared/contracts/cart/api.ts';
import type { Quote, QuotedLine } from '../../../../shared/contracts/pricing/api.ts';
import { unitPriceMinorOf } from '../../../../shared/quoting/priceable.ts';
import { sumOf } from '../../../../shared/values/money.ts';
import { assert } from '../../../../shared/values/result.ts';
import { handedOver } from './given.ts';
import type { LineUnits, PartedUnits, RefundedLine } from './operation.ts';
import type { Order } from './order.ts';
import { joinedTaxes, namedOnce, offLines, type PromotionShare, partedOf, shippingIn, shownIn } from './parted.ts';
import type { PricedExchange } from './return-credit.ts';

/** The lines that are left to be priced beside units that went back. */
export function withoutUnits(lines: readonly CartLine[], gone: readonly RefundedLine[]): CartLine[] {
  return lines.flatMap((line) => {
    const quantity = line.quantity - (gone.find(({ lineId }) => lineId === line.lineId)?.quantity ?? 0);
    return quantity > 0 ? [{ ...line, quantity }] : [];
  });
}

/**
 * Puts units that went back, and the shipping as it was charged, beside a quote of all the rest, which says the taxes of its goods.
 * `exchanged`: those of them that others now take the place of.
 */
export function withUnits(
  order: Pick<Order, 'quote' | 'cards' | 'parted'>,
  lines: readonly CartLine[],
  gone: readonly RefundedLine[],
  { goodsTaxLines = [], ...rest }: Quote,
  exchanged: readonly LineUnits[] = [],
): PricedExchange & Required<Pick<PricedExchange, 'parted'>> {
  const { quote: charged, cards } = order;
  const { pricesIncludeTax } = rest;
  const handed = handedOver(order, gone, exchanged);
  const parted = { ...partedOf(order, gone), ...(handed.length === 0 ? {} : { handedOver: handed }) };
  const whole = lines.map((line) => {
    const kept = rest.lines.find(({ lineId }) => lineId === line.lineId);
    const away = parted.units.filter(({ lineId }) => lineId === line.lineId);
    if (away.length > 0) return wholeLine(line, away, charged, kept, pricesIncludeTax);
    assert(kept !== undefined, 'a line is priced, or it went back');
    return kept;
  });
  const shipping = shippingIn(pricesIncludeTax, charged);
  const taxMinor = sumOf(whole.map((line) => line.taxMinor)) + shipping.taxMinor;
  const { shippingMinor } = shipping;
  const { shippingOptions, shippingOptionId, shippingDiscountMinor } = charged;
  const listedMinor = sumOf(whole.map((line) => line.totalMinor)) + shippingMinor;
  const totalMinor = pricesIncludeTax ? listedMinor : listedMinor + taxMinor;
  const quote: Quote = {
    ...rest,
    lines: whole,
    shippingOptions,
    shippingOptionId,
    subtotalMinor: sumOf(whole.map((line) => line.subtotalMinor)),
    discountMinor: sumOf(whole.map((line) => line.discountMinor)),
    shippingMinor,
    taxMinor,
    totalMinor,
    shippingDiscountMinor,
    discounts: discountsOf(whole, charged, [...parted.discounts, ...rest.discounts]),
    taxLines: joinedTaxes([
      ...goodsTaxLines,
      ...parted.units.flatMap(({ taxLines }) => taxLines),
      ...parted.shippingTaxLines,
    ]),
    ...paidWith(cards, totalMinor),
  };
  return { lines, quote, parted };
}

/** A line of units that went back and units that did not. */
function wholeLine(
  line: CartLine,
  away: readonly PartedUnits[],
  charged: Quote,
  kept: QuotedLine | undefined,
  includesTax: boolean,
): QuotedLine {
  const priced = kept ?? charged.lines.find(({ lineId }) => lineId === line.lineId);
  const shown = away.map((units) => shownIn(includesTax, units));
  const sum = (part: 'subtotalMinor' | 'discountMinor' | 'totalMinor') => sumOf(shown.map((units) => units[part]));
  return {
    lineId: line.lineId,
    unitPriceMinor: priced?.unitPriceMinor ?? unitPriceMinorOf(line.variant, charged.currency),
    compareAtMinor: priced?.compareAtMinor ?? null,
    priceListId: priced?.priceListId ?? null,
    subtotalMinor: sum('subtotalMinor') + (kept?.subtotalMinor ?? 0),
    discountMinor: sum('discountMinor') + (kept?.discountMinor ?? 0),
    taxMinor: sumOf(away.map((units) => units.taxMinor)) + (kept?.taxMinor ?? 0),
    totalMinor: sum('totalMinor') + (kept?.totalMinor ?? 0),
    discounts: byPromotion([...(kept?.discounts ?? []), ...shown.flatMap(({ discounts }) => discounts)]),
  };
}

function byPromotion(shares: readonly PromotionShare[]): PromotionShare[] {
  const sums = new Map<string, number>();
  for (const { promotionId, amountMinor } of shares) sums.set(promotionId, (sums.get(promotionId) ?? 0) + amountMinor);
  return [...sums].flatMap(([promotionId, amountMinor]) => (amountMinor === 0 ? [] : [{ promotionId, amountMinor }]));
}

/** What each promotion takes off: lines as they are now, and shipping as it was charged. */
function discountsOf(
  whole: readonly QuotedLine[],
  { discounts: earlier, lines: chargedLines }: Quote,
  known: Quote['discounts'],
): Quote['discounts'] {
  return namedOnce(known).flatMap((discount) => {
    const { promotionId } = discount;
    const before = earlier.find((one) => one.promotionId === promotionId)?.amountMinor ?? 0;
    const offShippingMinor = before - offLines(chargedLines, promotionId);
    const amountMinor = offShippingMinor + offLines(whole, promotionId);
    return amountMinor === 0 ? [] : [{ ...discount, amountMinor }];
  });
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
