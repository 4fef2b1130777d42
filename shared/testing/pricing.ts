/** Stands in for pricing where a test says what it answers. */
import type { PricingApi, PricingRefusal, Quote, QuoteRequest } from '../contracts/pricing/api.ts';
import { pack, unpack } from '../values/packed.ts';
import type { Result } from '../values/result.ts';

export type Quoting = (request: QuoteRequest) => Promise<Result<Quote, PricingRefusal>>;

/** What a Worker is bound to, when pricing answers so. */
export function quotingBy(quote: Quoting): Pick<PricingApi, 'quote'> {
  return { quote: async (request) => pack(await quote(unpack(request))) };
}
