/** How the lines of a cart are put to pricing, and how the answer is shown. A cart and a checkout do it alike. */

import type { CartLine, CartSnapshot } from '../contracts/cart.ts';
import type { LineView, TotalsView } from '../contracts/cart-http.ts';
import type { VariantSnapshot } from '../contracts/catalog.ts';
import type { PricingApi, PricingRefusal, Quote, QuotedLine, QuoteRequest } from '../contracts/pricing.ts';
import { type Currency, money } from '../values/money.ts';
import type { Result } from '../values/result.ts';

type Priceable = Pick<CartSnapshot, 'country' | 'currency' | 'shippingAddress' | 'shippingOptionId' | 'lines'>;

/** The country of a cart for taxes and shipping: where it goes, or else where it began. */
export function countryOf(cart: Pick<CartSnapshot, 'country' | 'shippingAddress'>): string {
  return cart.shippingAddress?.country ?? cart.country;
}

export function quoteRequestOf(cart: Priceable): QuoteRequest {
  return {
    country: countryOf(cart),
    currency: cart.currency,
    shippingOptionId: cart.shippingOptionId,
    lines: cart.lines.map(({ lineId, quantity, variant }) => ({
      lineId,
      quantity,
      unitPriceMinor: unitPriceMinorOf(variant, cart.currency),
      weightGrams: variant.weightGrams,
      requiresShipping: variant.requiresShipping,
      isTaxable: variant.isTaxable,
    })),
  };
}

/**
 * Quotes a cart. A shipping option that is not offered any more, because the address or the merchant has changed, falls back
 * to the cheapest.
 */
export async function quoteOrCheapest(
  pricing: Pick<PricingApi, 'quote'>,
  request: QuoteRequest,
): Promise<Result<Quote, PricingRefusal>> {
  const quote = await pricing.quote(request);
  const isOptionGone = !quote.ok && quote.refusal.code === 'unknown-shipping-option';
  return isOptionGone ? pricing.quote({ ...request, shippingOptionId: null }) : quote;
}

/** The price of a variant in a currency it is sold in; a line without one never enters a cart. */
export function unitPriceMinorOf(variant: VariantSnapshot, currency: Currency): number {
  const price = variant.prices.find((candidate) => candidate.currency === currency);
  if (price === undefined) throw new Error(`Variant ${variant.variantId} has no price in ${currency}`);
  return price.amountMinor;
}

export function lineView(line: CartLine, quoted: QuotedLine, currency: Currency): LineView {
  const { variant } = line;
  return {
    id: line.lineId,
    variantId: variant.variantId,
    sku: variant.sku,
    productId: variant.productId,
    productHandle: variant.productHandle,
    title: variant.title,
    variantTitle: variant.variantTitle,
    imageUrl: variant.imageUrl,
    quantity: line.quantity,
    attributes: { ...line.attributes },
    unitPrice: money(unitPriceMinorOf(variant, currency), currency),
    subtotal: money(quoted.subtotalMinor, currency),
    discount: money(quoted.discountMinor, currency),
    tax: money(quoted.taxMinor, currency),
    total: money(quoted.totalMinor, currency),
  };
}

export function lineViews(lines: readonly CartLine[], quote: Quote): LineView[] {
  return lines.map((line, index) => {
    const quoted = quote.lines[index];
    if (quoted === undefined || quoted.lineId !== line.lineId)
      throw new Error('A quote has one line per line, in their order');
    return lineView(line, quoted, quote.currency);
  });
}

export function totalsView(quote: Quote): TotalsView {
  const { currency } = quote;
  return {
    subtotal: money(quote.subtotalMinor, currency),
    discount: money(quote.discountMinor, currency),
    shipping: money(quote.shippingMinor, currency),
    tax: money(quote.taxMinor, currency),
    total: money(quote.totalMinor, currency),
  };
}
