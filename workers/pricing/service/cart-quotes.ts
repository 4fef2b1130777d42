/**
 * What a cart costs in one call: it asks what the cart's gift cards and credit hold, reckons, finds the promotions that are used up
 * and reckons again without them, and falls back to the cheapest shipping option where the chosen one is gone.
 */
import type { OrdersApi } from '../../../shared/contracts/orders/api.ts';
import type { ProviderName } from '../../../shared/contracts/payments/api.ts';
import {
  type AllowancesApi,
  type AllowanceWant,
  balanceObstacleOf,
  usableMinorOf,
} from '../../../shared/contracts/pricing/allowances.ts';
import type {
  Buyer,
  CartQuestion,
  CartQuote,
  PricingRefusal,
  Quote,
  UnusableBalance,
} from '../../../shared/contracts/pricing/api.ts';
import type { CartExplanation } from '../../../shared/contracts/pricing/explanation.ts';
import { guestIdOf } from '../../../shared/digest/guest-id.ts';
import { quoteCompared } from '../../../shared/quoting/comparison.ts';
import { accept, type Result } from '../../../shared/values/result.ts';
import { type Allowances, balances } from '../allowances/service/holds.ts';
import type { QuoteCustomer, QuoteRequest } from '../domain/request.ts';
import type { QuoteDesk, QuoteSource } from './quotes.ts';
import type { Moment } from './settings-memory.ts';

interface Quoting extends Allowances {
  readonly quotes: QuoteDesk;
  readonly source: QuoteSource;
  readonly orders: OrdersApi;
  /** The payment providers that this deployment has. */
  readonly providers: readonly ProviderName[];
}

export async function quoteCart(
  context: Quoting,
  question: CartQuestion,
  moment: Moment,
): Promise<Result<CartQuote, PricingRefusal>> {
  const reckoner = reckonerOf(context, moment);
  return quoteCompared(async (one) => {
    const reckoned = await reckonCart(reckoner, one);
    if (!reckoned.ok) return reckoned;
    const { request: _request, ...answer } = reckoned.value;
    return accept(answer);
  }, question);
}

/** Explains the quote that the same question gets. */
export async function explainCart(
  context: Quoting,
  question: CartQuestion,
  moment: Moment,
): Promise<Result<CartExplanation, PricingRefusal>> {
  const reckoned = await reckonCart(reckonerOf(context, moment), question);
  if (!reckoned.ok) return reckoned;
  const { quotes, source, orders } = context;
  return quotes.explain(source, reckoned.value.request, moment, orders);
}

function reckonerOf(context: Quoting, moment: Moment): Reckoner {
  const { quotes, source, orders, providers } = context;
  // A unique code that was read for this cart and that nobody has begun to use has all its uses: its object need not say so too.
  const untouched = new Set<string>();
  return {
    quote: (request) => quotes.quote(source, { ...request, providers }, moment, orders, untouched),
    balances: async (names, now) => {
      const asked = names.filter((name) => !untouched.has(name));
      const found = asked.length === 0 ? [] : await balances(context, asked, now);
      const levels = new Map(asked.map((name, index) => [name, found[index] ?? null]));
      return names.map((name) => levels.get(name) ?? null);
    },
  };
}

/** Whom the loop asks. */
export interface Reckoner {
  quote(request: QuoteRequest): Promise<Result<Quote, PricingRefusal>>;
  readonly balances: AllowancesApi['balances'];
}

interface ReckonedCart extends CartQuote {
  /** What the quote is the answer to; an explanation answers the same. */
  readonly request: QuoteRequest;
}

/** Prices a cart as it is now, or as its shopper saw it at a moment. Only limited promotions and balances cost a question. */
export async function reckonCart(
  reckoner: Reckoner,
  question: CartQuestion,
): Promise<Result<ReckonedCart, PricingRefusal>> {
  const balances = await balancesOf(reckoner, question);
  let request = await requestOf(question, balances);
  // A promotion that drops out may let in another one that is used up too; each round finds at least one.
  for (;;) {
    const asked = await reckoner.quote(request);
    const isOptionGone = !asked.ok && asked.refusal.code === 'unknown-shipping-option';
    // It is not offered any more, because the address or the merchant has changed: the cheapest takes its place.
    const quoted = isOptionGone ? await reckoner.quote({ ...request, shippingOptionId: null }) : asked;
    if (!quoted.ok) return quoted;
    const quote = quoted.value;
    const { usedUp = [] } = request;
    const lacking = question.seenAt === null ? await lackingIn(reckoner, wantsOf(quote), question.now) : [];
    const found = lacking.filter((allowance) => !usedUp.includes(allowance));
    if (found.length > 0) {
      request = { ...request, usedUp: [...usedUp, ...new Set(found)] };
      continue;
    }
    if (isOptionGone && question.isOptionWanted === true) return asked;
    return accept({
      ...{ quote, usedUp, request: { ...request, shippingOptionId: quote.shippingOptionId } },
      ...(balances.unusable.length === 0 ? {} : { unusableBalances: balances.unusable }),
    });
  }
}

async function requestOf(question: CartQuestion, { giftCards }: Balances): Promise<QuoteRequest> {
  const { cart, now, seenAt, isForCheckout, needsGoodsTaxes, needsGiftOffers, needsPaymentMethods } = question;
  const { country, currency, address, shippingOptionId, lines, codes, buyer, usedUp, handDiscount, given } = cart;
  const customer = buyer === null ? undefined : await customerOf(buyer);
  return {
    country,
    currency,
    lines,
    shippingOptionId,
    codes,
    giftCards,
    ...(address === null ? {} : { address }),
    ...(customer === undefined ? {} : { customer }),
    ...(handDiscount === undefined ? {} : { handDiscount }),
    ...(given === undefined ? {} : { given }),
    ...(seenAt === null ? { now } : { asOf: seenAt, usedUp }),
    ...(isForCheckout === undefined ? {} : { isForCheckout }),
    ...(needsGoodsTaxes === undefined ? {} : { needsGoodsTaxes }),
    ...(needsGiftOffers === undefined ? {} : { needsGiftOffers }),
    ...(needsPaymentMethods === undefined ? {} : { needsPaymentMethods }),
  };
}

/** What cards and credit can pay, and why some of them cannot. */
interface Balances {
  readonly giftCards: NonNullable<QuoteRequest['giftCards']>;
  readonly unusable: readonly UnusableBalance[];
}

async function balancesOf(reckoner: Reckoner, { cart, now, seenAt }: CartQuestion): Promise<Balances> {
  if (cart.balances.length === 0) return { giftCards: [], unusable: [] };
  if (seenAt !== null) {
    const giftCards = cart.balances.map(({ key, seenMinor }) => ({ key, balanceMinor: seenMinor }));
    return { giftCards, unusable: [] };
  }
  const names = cart.balances.map(({ key }) => key);
  const levels = await reckoner.balances(names, now);
  const giftCards = names.map((key, index) => ({ key, balanceMinor: usableMinorOf(levels[index], now) }));
  const unusable = names.flatMap((key, index): UnusableBalance[] => {
    const reason = balanceObstacleOf(levels[index], now);
    return reason === null ? [] : [{ key, reason }];
  });
  return { giftCards, unusable };
}

/** A guest is known by a hash of the e-mail address, a customer by the id and that hash. */
async function customerOf({ email, customerId, ...known }: Buyer): Promise<QuoteCustomer> {
  const guestId = email === null ? null : await guestIdOf(email);
  if (customerId === null) return { id: guestId, isFirstOrder: false, ...known };
  return { id: customerId, ...(guestId === null ? {} : { guestId }), isFirstOrder: false, ...known };
}

const wantsOf = ({ allowances, offeredGifts = [] }: Quote): readonly AllowanceWant[] =>
  offeredGifts.length === 0 ? allowances : [...allowances, ...offeredGifts.flatMap((gift) => gift.allowances)];

/** Which of the allowances hold less than is wanted of them. */
async function lackingIn(reckoner: Reckoner, wants: readonly AllowanceWant[], now: number): Promise<readonly string[]> {
  const limited = wants.filter(({ limit, quantity }) => limit !== null && quantity > 0);
  if (limited.length === 0) return [];
  const levels = await reckoner.balances(
    limited.map(({ allowance }) => allowance),
    now,
  );
  return limited.flatMap(({ allowance, quantity, limit }, index) => {
    const level = levels[index];
    return (limit ?? 0) - (level?.held ?? 0) - (level?.committed ?? 0) >= quantity ? [] : [allowance];
  });
}
