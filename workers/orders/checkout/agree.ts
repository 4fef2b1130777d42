/**
 * Agrees on what is bought and for how much: the cart's lines are priced again from the catalogue and pricing as they are
 * now. A change is refused with the new total, and the cart is to be given the new prices so that the shopper can look and
 * agree.
 */
import type { CartLine, CartSnapshot, RepriceRequest } from '../../../shared/contracts/cart/api.ts';
import type { CatalogApi, VariantSnapshot } from '../../../shared/contracts/catalog/api.ts';
import type { CartQuote, PricingApi, PricingRefusal, Quote } from '../../../shared/contracts/pricing/api.ts';
import { isCustom } from '../../../shared/quoting/by-hand.ts';
import {
  askQuote,
  balancesOfCart,
  type CartBalance,
  linesToPrice,
  priceableOf,
} from '../../../shared/quoting/priceable.ts';
import { type Money, money } from '../../../shared/values/money.ts';
import { accept, type Result } from '../../../shared/values/result.ts';
import { whatIsMissing } from '../domain/checkout/reachable.ts';
import type { OrderRefusal } from '../domain/refusal.ts';

export interface Agreed {
  readonly lines: readonly CartLine[];
  readonly quote: Quote;
}

type Quoting = Pick<PricingApi, 'quoteCart'>;

export type Repricing = Pick<RepriceRequest, 'variants' | 'usedUp'>;

interface Disagreement {
  readonly failure: OrderRefusal;
  /** What the cart has to learn, so that its shopper sees what has changed. */
  readonly repricing: Repricing | null;
}

export type Agreement =
  | { readonly ok: true; readonly value: Agreed }
  | { readonly ok: false; readonly refusal: Disagreement };

interface AgreePorts {
  readonly catalog: Pick<CatalogApi, 'variants'>;
  readonly pricing: Quoting;
}

/** What the shopper says to have seen; null where nothing was said. */
export interface Expected {
  readonly expectedTotal: Money | null;
  readonly expectedDue: Money | null;
}

/** The lines are priced as the cart remembers them while the catalogue is asked whether they still are what they were. */
export async function agree(
  cart: CartSnapshot,
  { expectedTotal, expectedDue }: Expected,
  { catalog, pricing }: AgreePorts,
  now: number,
): Promise<Agreement> {
  if (cart.lines.length === 0) return disagree({ code: 'cart-empty', detail: 'Put something into the cart first.' });
  const question = { now, seenAt: null, isForCheckout: true };
  const compared = expectedTotal === null ? { comparedWith: cart.seenAt } : {};
  const [fresh, early] = await Promise.all([
    freshVariants(cart, catalog),
    askQuote(pricing, { cart: priceableOf(cart), ...question, ...compared }),
  ]);
  const unsold = cart.lines.find(({ variant }) => !isSoldIn(fresh.get(variant.variantId), cart.currency));
  if (unsold !== undefined) {
    const { sku, variantId } = unsold.variant;
    const detail = `${sku} is not sold any more; remove its line.`;
    return disagree({ code: 'variant-unavailable', detail, variantId, sku, lineId: unsold.lineId });
  }
  const lines = cart.lines.map((line) => ({ ...line, variant: fresh.get(line.variant.variantId) ?? line.variant }));
  const isChanged = isLineChanged(cart, lines);
  const quoted = isChanged ? await askQuote(pricing, { cart: priceableOf({ ...cart, lines }), ...question }) : early;
  const missing = whatIsMissing(cart, lines, quoted.ok ? quoted.value.quote : null);
  // That nothing is sent to a country says little while nobody knows the address.
  const isAddressFirst = missing?.code === 'address-needed' && !quoted.ok && quoted.refusal.code === 'no-shipping-rate';
  if (!quoted.ok) return disagree(isAddressFirst ? missing : { ...quoted.refusal });
  // Told before a changed total: with an address it may be another one.
  if (missing !== null) return disagree(missing);
  const { quote } = quoted.value;
  const isAgreed =
    expectedTotal === null
      ? isAsSeen(cart, quoted.value, isChanged ? await seenBefore(cart, early, pricing, now) : quoted.value.seen)
      : expectedTotal.amount === quote.totalMinor && expectedTotal.currency === quote.currency;
  if (isAgreed) {
    const short = shortBalance(cart, quote, expectedDue);
    return short === null ? accept({ lines, quote }) : disagree(short);
  }
  const total = money(quote.totalMinor, quote.currency);
  // A code that was used up when its shopper last looked is no news.
  const isNews = quoted.value.usedUp.some((allowance) => !cart.usedUp.includes(allowance));
  const usedUp = isNews ? quote.rejectedCodes.find(({ reason }) => reason === 'used-up') : undefined;
  if (usedUp !== undefined && expectedTotal === null) {
    const why =
      usedUp.isOfCustomer === true
        ? `You have used the code ${usedUp.code} as often as one customer may`
        : `The code ${usedUp.code} has been used up`;
    const detail = `${why}; look at the new total, or take the code away.`;
    const { code: discountCode, available = 0 } = usedUp;
    return disagree({ code: 'code-used-up', detail, discountCode, available, total });
  }
  return disagree(
    { code: 'price-changed', detail: 'Look at the new total and check out again.', total },
    { variants: [...fresh.values()], usedUp: quoted.value.usedUp },
  );
}

function disagree(failure: OrderRefusal, repricing: Repricing | null = null): Agreement {
  return { ok: false, refusal: { failure, repricing } };
}

/**
 * The first gift card, or store credit, that pays less than the shopper could see, because it was spent or blocked since.
 * A shopper who names what is left to pay has seen it; no other shopper is charged the difference.
 */
function shortBalance(cart: CartSnapshot, quote: Quote, expectedDue: Money | null): OrderRefusal | null {
  const { currency, dueMinor, totalMinor } = quote;
  if (expectedDue !== null && expectedDue.amount === dueMinor && expectedDue.currency === currency) return null;
  const usedBy = new Map(quote.giftCards.map(({ key, usedMinor }) => [key, usedMinor]));
  let leftMinor = totalMinor;
  for (const { name, card, seenMinor } of balancesOfCart(cart)) {
    const usedMinor = usedBy.get(name) ?? 0;
    if (usedMinor < Math.min(seenMinor, leftMinor))
      return { ...shortageOf(card), available: usedMinor, due: money(dueMinor, currency) };
    leftMinor -= usedMinor;
  }
  if (expectedDue === null) return null;
  const due = money(dueMinor, currency);
  return { code: 'price-changed', detail: 'Look at what is left to pay and check out again.', due };
}

function shortageOf(card: CartBalance['card']): OrderRefusal {
  const detailOf = (what: string) => `${what} does not hold what it held; look at what is left to pay.`;
  if (card === null) return { code: 'store-credit-insufficient', detail: detailOf('The store credit') };
  const { cardId: giftCard, last4 } = card;
  return { code: 'gift-card-insufficient', detail: detailOf(`The gift card that ends in ${last4}`), giftCard };
}

/** Whether anything has changed that pricing knows a line by: its price, and what promotions and taxes look at. */
function isLineChanged({ lines: before, currency }: CartSnapshot, lines: readonly CartLine[]): boolean {
  return JSON.stringify(linesToPrice(before, currency)) !== JSON.stringify(linesToPrice(lines, currency));
}

/**
 * Whether the shopper saw this total and this shipping when the cart was last touched.
 * @param seen as pricing answers it: absent where nothing has changed since
 */
function isAsSeen(cart: CartSnapshot, { quote, usedUp }: CartQuote, seen: CartQuote['seen']): boolean {
  // Used up since the shopper looked: the total was shown with it.
  if (usedUp.some((allowance) => !cart.usedUp.includes(allowance))) return false;
  if (seen === undefined) return true;
  return seen !== null && seen.totalMinor === quote.totalMinor && seen.shippingOptionId === quote.shippingOptionId;
}

/** What the shopper saw of a cart whose lines have changed since. */
async function seenBefore(
  cart: CartSnapshot,
  early: Result<CartQuote, PricingRefusal>,
  pricing: Quoting,
  now: number,
): Promise<NonNullable<CartQuote['seen']> | null> {
  if (early.ok && early.value.seen !== undefined) return early.value.seen;
  // What is left of promotions was looked at a moment ago; looking again could find the last use gone in between.
  const seen = await askQuote(pricing, { cart: priceableOf(cart), now, seenAt: cart.seenAt });
  return seen.ok ? seen.value.quote : null;
}

/**
 * What a checkout of this cart may hold: its cards and credit, and what its promotions take, also where the checkout itself has taken
 * the last of it.
 */
export async function allowancesOfCart(cart: CartSnapshot, pricing: Quoting, now: number): Promise<string[]> {
  const balances = balancesOfCart(cart).map(({ name }) => name);
  const quoted = await askQuote(pricing, { cart: { ...priceableOf(cart), usedUp: [] }, now, seenAt: now });
  const wants = quoted.ok ? quoted.value.quote.allowances : [];
  return [...new Set([...balances, ...wants.map(({ allowance }) => allowance)])];
}

async function freshVariants(
  cart: CartSnapshot,
  catalog: Pick<CatalogApi, 'variants'>,
): Promise<ReadonlyMap<string, VariantSnapshot>> {
  const variants = cart.lines.map(({ variant }) => variant);
  const custom = variants.filter(isCustom);
  const variantIds = [...new Set(variants.map(({ variantId }) => variantId))].filter((variantId) =>
    custom.every((one) => one.variantId !== variantId),
  );
  const found = variantIds.length === 0 ? [] : await catalog.variants({ variantIds });
  return new Map([...found, ...custom].map((variant) => [variant.variantId, variant]));
}

function isSoldIn(variant: VariantSnapshot | undefined, currency: string): boolean {
  return variant?.isSold === true && variant.prices.some((price) => price.currency === currency);
}
