/**
 * A cart in the form in which pricing is asked about it. Titles, images and the like stay behind: they are two thirds of a cart,
 * and every answer about a cart asks pricing once. A cart, a checkout and an edit do it alike.
 */

import type { CartDetails, CartGiftCard, CartSnapshot } from '../contracts/cart/api.ts';
import type { VariantSnapshot } from '../contracts/catalog/api.ts';
import { giftCardBalance, storeCreditBalance } from '../contracts/pricing/allowances.ts';
import type {
  Buyer,
  CartQuestion,
  CartQuote,
  PriceableCart,
  PricingApi,
  PricingRefusal,
  QuoteLine,
} from '../contracts/pricing/api.ts';
import type { Currency } from '../values/money.ts';
import { pack, unpack } from '../values/packed.ts';
import type { Result } from '../values/result.ts';

/** Asks pricing about a cart. */
export async function askQuote(
  pricing: Pick<PricingApi, 'quoteCart'>,
  question: CartQuestion,
): Promise<Result<CartQuote, PricingRefusal>> {
  return unpack(await pricing.quoteCart(pack(question)));
}

type Priceable = Omit<CartDetails, 'phone' | 'note' | 'attributes'> &
  Pick<CartSnapshot, 'country' | 'currency' | 'customer' | 'lines' | 'usedUp' | 'discountByHand'>;

export function priceableOf(cart: Priceable): PriceableCart {
  const { currency, shippingOptionId, discountCodes: codes, usedUp } = cart;
  const address = decidingAddress(cart);
  return {
    // Where it goes, or else where it began.
    country: address?.country ?? cart.country,
    currency,
    address: address === null ? null : { region: address.region ?? null, postalCode: address.postalCode ?? null },
    shippingOptionId,
    lines: linesToPrice(cart.lines, currency),
    codes,
    balances: balancesOfCart(cart).map(({ name: key, seenMinor }) => ({ key, seenMinor })),
    buyer: buyerOf(cart),
    usedUp,
    ...(cart.discountByHand === undefined ? {} : { handDiscount: cart.discountByHand.discount }),
  };
}

/** The address that tax goes by: that of the goods, or of the buyer where nothing is sent. */
export function decidingAddress({
  shippingAddress,
  billingAddress,
  lines,
}: Pick<Priceable, 'shippingAddress' | 'billingAddress' | 'lines'>): Priceable['shippingAddress'] {
  const isSent = lines.some(({ variant }) => variant.requiresShipping);
  return shippingAddress ?? (isSent ? null : billingAddress);
}

/** The lines of a cart by what pricing knows them by. */
export function linesToPrice(lines: CartSnapshot['lines'], currency: Currency): QuoteLine[] {
  return lines.map(({ lineId, quantity, variant, byHand }) => {
    const { tags, collectionIds, taxClass, shippingProfile, compareAt } = variant;
    return {
      lineId,
      quantity,
      unitPriceMinor: unitPriceMinorOf(variant, currency),
      weightGrams: variant.weightGrams,
      requiresShipping: variant.requiresShipping,
      isTaxable: variant.isTaxable,
      ...(variant.isGiftCard === true ? { isGiftCard: true } : {}),
      variantId: variant.variantId,
      productId: variant.productId,
      ...(compareAt?.currency === currency ? { compareAtMinor: compareAt.amountMinor } : {}),
      // Whatever is usual is left out: it would cost every cart a part of its answer.
      ...(tags.length === 0 ? {} : { tags }),
      ...(collectionIds.length === 0 ? {} : { collectionIds }),
      ...(taxClass === undefined ? {} : { taxClass }),
      ...(shippingProfile === undefined ? {} : { shippingProfile }),
      ...(byHand === undefined ? {} : { handPrice: byHand.price }),
    };
  });
}

/** The price of a variant in a currency it is sold in; a line without one never enters a cart. */
export function unitPriceMinorOf(variant: VariantSnapshot, currency: Currency): number {
  const price = variant.prices.find((candidate) => candidate.currency === currency);
  if (price === undefined) throw new Error(`Variant ${variant.variantId} has no price in ${currency}`);
  return price.amountMinor;
}

/** Who buys: a customer whom the merchant's system knows, or a guest by the address alone. */
function buyerOf({ email, vatId, customer }: Pick<Priceable, 'email' | 'vatId' | 'customer'>): Buyer | null {
  if (email === null && vatId === null && customer === null) return null;
  const { id: customerId = null, groups = [], isTaxExempt = false } = customer ?? {};
  return { email, customerId, groups, vatId, isTaxExempt };
}

/** Something that pays for a cart before any provider does: a gift card, or the store credit of its customer. */
export interface CartBalance {
  /** Of the allowance that it lies in. */
  readonly name: string;
  /** Null for store credit. */
  readonly card: CartGiftCard | null;
  /** What the shopper last saw was left of it. */
  readonly seenMinor: number;
}

/** In the order in which they pay. */
export function balancesOfCart({
  giftCards,
  storeCredit,
  currency,
}: Pick<CartSnapshot, 'giftCards' | 'storeCredit' | 'currency'>): CartBalance[] {
  const cards = giftCards.map((card) => ({ name: giftCardBalance(card.cardId), card, seenMinor: card.balanceMinor }));
  if (storeCredit === null) return cards;
  const { customerId, balanceMinor: seenMinor } = storeCredit;
  return [...cards, { name: storeCreditBalance(customerId, currency), card: null, seenMinor }];
}
