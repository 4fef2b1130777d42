/**
 * How a cart is put to pricing: its lines with what promotions and taxes know them by, where it goes, who buys, and what
 * gift cards and store credit can pay. A cart and a checkout do it alike.
 */

import type { CartSnapshot } from '../contracts/cart/api.ts';
import type { VariantSnapshot } from '../contracts/catalog/api.ts';
import type { AllowancesApi } from '../contracts/pricing/allowances.ts';
import type {
  PricingApi,
  PricingRefusal,
  Quote,
  QuoteCustomer,
  QuoteLine,
  QuoteRequest,
} from '../contracts/pricing/api.ts';
import { sha256 } from '../digest/sha256.ts';
import type { Currency } from '../values/money.ts';
import { pack, unpack } from '../values/packed.ts';
import { accept, type Result } from '../values/result.ts';
import { balancesOfCart, type CartBalance, usableBalances } from './balances.ts';

/** What of a cart decides what it costs. */
export type Priceable = Pick<
  CartSnapshot,
  | 'country'
  | 'currency'
  | 'email'
  | 'shippingAddress'
  | 'shippingOptionId'
  | 'discountCodes'
  | 'giftCards'
  | 'storeCredit'
  | 'vatId'
  | 'customer'
  | 'lines'
>;

export type QuotingPorts = Pick<PricingApi, 'quote'> & Pick<AllowancesApi, 'balances'>;

/** The country of a cart for taxes and shipping: where it goes, or else where it began. */
export function countryOf(cart: Pick<CartSnapshot, 'country' | 'shippingAddress'>): string {
  return cart.shippingAddress?.country ?? cart.country;
}

/** Puts a cart to pricing with who buys it and what its gift cards and store credit hold now. */
export function requestOf(
  pricing: Pick<AllowancesApi, 'balances'>,
  cart: Priceable,
  now: number,
): Promise<QuoteRequest> {
  return requestWith(cart, (balances) =>
    usableBalances(
      pricing,
      balances.map(({ name }) => name),
      now,
    ),
  );
}

async function requestWith(
  cart: Priceable,
  holdingsOf: (balances: readonly CartBalance[]) => Promise<NonNullable<QuoteRequest['giftCards']>>,
): Promise<QuoteRequest> {
  const request = quoteRequestOf(cart);
  const isNobody = cart.email === null && cart.vatId === null && cart.customer === null;
  if (isNobody && cart.giftCards.length === 0) return request;
  const [customer, giftCards] = await Promise.all([quoteCustomerOf(cart), holdingsOf(balancesOfCart(cart))]);
  return { ...request, customer, giftCards };
}

export interface CartQuote {
  readonly quote: Quote;
  /** The allowances of which nothing was left for it: promotions that need them do not act. */
  readonly usedUp: readonly string[];
  /** What it answers: pricing explains this to the same totals. */
  readonly request: QuoteRequest;
}

/**
 * Quotes a cart that is being bought, or was, as its shopper saw it when it was frozen: what its own checkout holds by now is
 * not missing from its balances, and leaves its promotions acting.
 */
export async function quoteFrozen(
  pricing: Pick<PricingApi, 'quote'>,
  cart: Priceable & Pick<CartSnapshot, 'usedUp' | 'updatedAt'>,
): Promise<Result<CartQuote, PricingRefusal>> {
  const { usedUp, updatedAt: asOf } = cart;
  const seen = await requestWith(cart, async (balances) =>
    balances.map(({ name: key, seenMinor: balanceMinor }) => ({ key, balanceMinor })),
  );
  const request = { ...seen, asOf, usedUp };
  const quoted = await quoteOrCheapest(pricing, request);
  return quoted.ok ? accept(cartQuoteOf(quoted.value, request)) : quoted;
}

function cartQuoteOf(quote: Quote, request: QuoteRequest): CartQuote {
  const { shippingOptionId } = quote;
  return { quote, usedUp: request.usedUp ?? [], request: { ...request, shippingOptionId } };
}

/** Quotes a cart as it is now, with `more` beside it. Only a promotion with a limit or a budget costs a second question. */
export async function quoteCart(
  pricing: QuotingPorts,
  cart: Priceable,
  now: number,
  more: Partial<QuoteRequest> = {},
): Promise<Result<CartQuote, PricingRefusal>> {
  let request: QuoteRequest = { ...(await requestOf(pricing, cart, now)), ...more };
  // A promotion that drops out may let in another one that is used up too; each round finds at least one.
  for (;;) {
    const { usedUp = [] } = request;
    const quoted = await quoteOrCheapest(pricing, request);
    if (!quoted.ok) return quoted;
    const { allowances, offeredGifts = [] } = quoted.value;
    const wants = [...allowances, ...offeredGifts.flatMap((gift) => gift.allowances)];
    const lacking = await lackingIn(pricing, wants, now);
    const found = lacking.filter((allowance) => !usedUp.includes(allowance));
    if (found.length === 0) return accept(cartQuoteOf(quoted.value, request));
    request = { ...request, usedUp: [...usedUp, ...new Set(found)] };
  }
}

/** Which of the allowances hold less than is wanted of them. */
async function lackingIn(
  pricing: Pick<AllowancesApi, 'balances'>,
  wants: Quote['allowances'],
  now: number,
): Promise<readonly string[]> {
  const limited = wants.filter(({ limit, quantity }) => limit !== null && quantity > 0);
  if (limited.length === 0) return [];
  const levels = await pricing.balances(
    limited.map(({ allowance }) => allowance),
    now,
  );
  return limited.flatMap(({ allowance, quantity, limit }, index) => {
    const level = levels[index];
    return (limit ?? 0) - (level?.held ?? 0) - (level?.committed ?? 0) >= quantity ? [] : [allowance];
  });
}

/**
 * A shipping option that is not offered any more, because the address or the merchant has changed, falls back to the
 * cheapest.
 */
export async function quoteOrCheapest(
  pricing: Pick<PricingApi, 'quote'>,
  request: QuoteRequest,
): Promise<Result<Quote, PricingRefusal>> {
  const quote = await askQuote(pricing, request);
  const isOptionGone = !quote.ok && quote.refusal.code === 'unknown-shipping-option';
  return isOptionGone ? askQuote(pricing, { ...request, shippingOptionId: null }) : quote;
}

/** One question to pricing, as it is. */
export async function askQuote(
  pricing: Pick<PricingApi, 'quote'>,
  request: QuoteRequest,
): Promise<Result<Quote, PricingRefusal>> {
  return unpack(await pricing.quote(pack(request)));
}

/** The price of a variant in a currency it is sold in; a line without one never enters a cart. */
export function unitPriceMinorOf(variant: VariantSnapshot, currency: Currency): number {
  const price = variant.prices.find((candidate) => candidate.currency === currency);
  if (price === undefined) throw new Error(`Variant ${variant.variantId} has no price in ${currency}`);
  return price.amountMinor;
}

/** Names a guest to promotions by a hash of the e-mail address, in whatever case it was typed. */
export function guestIdOf(email: string): Promise<string> {
  return sha256(email.trim().toLowerCase());
}

/** A cart without what must be asked for: who buys, and what gift cards and store credit hold. */
export function quoteRequestOf(
  cart: Omit<Priceable, 'email' | 'vatId' | 'customer' | 'giftCards' | 'storeCredit'>,
): QuoteRequest {
  const { shippingAddress: address, discountCodes } = cart;
  return {
    country: countryOf(cart),
    currency: cart.currency,
    shippingOptionId: cart.shippingOptionId,
    lines: cart.lines.map((line) => quoteLineOf(line, cart.currency)),
    ...(address === null
      ? {}
      : { address: { region: address.region ?? null, postalCode: address.postalCode ?? null } }),
    ...(discountCodes.length === 0 ? {} : { codes: discountCodes }),
  };
}

function quoteLineOf({ lineId, quantity, variant }: CartSnapshot['lines'][number], currency: Currency): QuoteLine {
  const { tags, collectionIds, taxClass, shippingProfile } = variant;
  return {
    lineId,
    quantity,
    unitPriceMinor: unitPriceMinorOf(variant, currency),
    weightGrams: variant.weightGrams,
    requiresShipping: variant.requiresShipping,
    isTaxable: variant.isTaxable,
    variantId: variant.variantId,
    productId: variant.productId,
    // Whatever is usual is left out: it would cost every cart a part of its answer.
    ...(tags === undefined || tags.length === 0 ? {} : { tags }),
    ...(collectionIds === undefined || collectionIds.length === 0 ? {} : { collectionIds }),
    ...(taxClass === undefined ? {} : { taxClass }),
    ...(shippingProfile === undefined ? {} : { shippingProfile }),
  };
}

/** Whom pricing reckons with: a customer by id and address, a guest by the address alone. */
export async function quoteCustomerOf({
  email,
  vatId,
  customer,
}: Pick<Priceable, 'email' | 'vatId' | 'customer'>): Promise<QuoteCustomer> {
  const guestId = email === null ? null : await guestIdOf(email);
  const known = {
    groups: customer?.groups ?? [],
    isFirstOrder: false,
    vatId,
    isTaxExempt: customer?.isTaxExempt ?? false,
  };
  if (customer === null) return { id: guestId, ...known };
  return { id: customer.id, ...(guestId === null ? {} : { guestId }), ...known };
}
