/** Stands in for pricing where a test says what it answers. */
import type { CartQuestion, CartQuote, PricingApi, PricingRefusal, Quote } from '../contracts/pricing/api.ts';
import { quoteCompared } from '../quoting/comparison.ts';
import { pack, unpack } from '../values/packed.ts';
import { accept, type Result } from '../values/result.ts';

export type Quoting = (question: CartQuestion) => Promise<Result<CartQuote, PricingRefusal>>;

/** What a Worker is bound to, when pricing answers so. */
export function quotingBy(quote: Quoting): Pick<PricingApi, 'quoteCart'> {
  return { quoteCart: async (question) => pack(await quoteCompared(quote, unpack(question))) };
}

/** An answer in which every limited promotion acted that was not used up before. */
export const quotedAs = (quote: Quote, usedUp: readonly string[] = []): Result<CartQuote, PricingRefusal> =>
  accept({ quote, usedUp });
