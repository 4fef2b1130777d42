/**
 * What a cart costs, exact to the minor unit: promotions, then taxes, then the sums, then what gift cards pay. A pure
 * function of the cart: the same cart always costs the same, and every unit of a discount or a tax is accounted for.
 */
import { sumOf } from '../../../shared/values/money.ts';
import { accept, assert, type Result, refuse } from '../../../shared/values/result.ts';
import type { Cart, DiscountedEntry, GiftCard, PricedCart, PricedEntry, TaxRate, TotalBelowZero } from './cart.ts';
import { applyPromotions } from './discounts.ts';
import type { Promotion } from './promotion.ts';
import { type EntryLeft, remainingOf } from './remaining.ts';
import { shareShipping } from './shipping-tax.ts';
import { type TaxableEntry, taxed } from './tax.ts';

/** Prices a cart. Refused only when its rebates (negative surcharges) exceed everything else. */
export function price(cart: Cart): Result<PricedCart, TotalBelowZero> {
  const { pricesIncludeTax, rounding } = cart;
  const remaining = remainingOf(cart);
  const acted = applyPromotions(remaining, cart.promotions, cart.codes, rounding.mode);
  const { openGifts, belowMinimum } = acted;
  const { shipping: sent, discounts } = shareShipping(cart, remaining, acted.discounts);

  const entriesLeft = [...remaining.lines, ...sent.map(({ entry }) => entry)];
  const rates = [...cart.lines, ...sent].map(({ taxRates }) => taxRates);
  const { entries, summary } = taxed(taxablesOf(cart, entriesLeft, rates), rounding);
  const discounted = entriesLeft.map((left, index) => discountedEntry(left, entries[index]));
  const lines = discounted.slice(0, cart.lines.length);
  const shipping = discounted.slice(cart.lines.length);
  const surcharges = entries.slice(entriesLeft.length);

  const totalMinor = sumOf(entries.map((entry) => entry.grossMinor));
  if (totalMinor < 0) return refuse({ code: 'total-below-zero', totalMinor });
  return accept({
    lines,
    shipping,
    surcharges,
    subtotalMinor: sumOf(lines.map((line) => line.listedMinor)),
    discountMinor: sumOf(lines.map((line) => line.discountMinor)),
    shippingMinor: sumOf(remaining.shipping.map((shipment) => shipment.leftMinor)),
    shippingDiscountMinor: sumOf(shipping.map((shipment) => shipment.discountMinor)),
    surchargeMinor: sumOf(surcharges.map((entry) => (pricesIncludeTax ? entry.grossMinor : entry.netMinor))),
    taxMinor: sumOf(entries.map((entry) => entry.taxMinor)),
    totalMinor,
    taxSummary: summary,
    discounts,
    appliedPromotions: discounts.map((discount) => discount.promotionKey),
    openGifts,
    belowMinimum,
    rejectedCodes: unknownCodes(cart.codes, cart.promotions),
    ...payWith(cart.giftCards, totalMinor),
  });
}

function taxablesOf(
  { surcharges, pricesIncludeTax }: Cart,
  left: readonly EntryLeft[],
  rates: readonly (readonly TaxRate[])[],
): readonly TaxableEntry[] {
  const sold = left.map(
    ({ key, leftMinor }, index): TaxableEntry => ({
      key,
      taxRates: rates[index] ?? [],
      amountMinor: leftMinor,
      includesTax: pricesIncludeTax,
    }),
  );
  const charged = surcharges.map(
    (surcharge): TaxableEntry => ({ ...surcharge, includesTax: surcharge.includesTax ?? pricesIncludeTax }),
  );
  return [...sold, ...charged];
}

function discountedEntry({ listedMinor, leftMinor }: EntryLeft, priced: PricedEntry | undefined): DiscountedEntry {
  assert(priced !== undefined, 'every entry is priced');
  return { ...priced, listedMinor, discountMinor: listedMinor - leftMinor };
}

/** Each card pays what is still due, as far as its balance reaches. Total and tax stay: a gift card is money, not a discount. */
function payWith(cards: readonly GiftCard[], totalMinor: number): Pick<PricedCart, 'giftCards' | 'dueMinor'> {
  let dueMinor = totalMinor;
  const giftCards = cards.map(({ key, balanceMinor }) => {
    assert(balanceMinor >= 0, 'a gift card has no negative balance');
    const usedMinor = Math.min(balanceMinor, dueMinor);
    dueMinor -= usedMinor;
    return { key, usedMinor };
  });
  return { giftCards, dueMinor };
}

function unknownCodes(codes: readonly string[], promotions: readonly Promotion[]): readonly string[] {
  const known = new Set(promotions.map((promotion) => promotion.conditions.code));
  return codes.filter((code) => !known.has(code));
}
