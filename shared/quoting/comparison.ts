/** A cart as it is priced now, beside what its shopper saw: both in one answer, so that a checkout waits for one call. */
import type { CartQuestion, CartQuote, PricingRefusal } from '../contracts/pricing/api.ts';
import { accept, type Result } from '../values/result.ts';
import { minuteMs } from '../values/time.ts';

/** Other places may have shown old settings for this long after a change. */
const settingsStaleMs = minuteMs;

type Quoting = (question: CartQuestion) => Promise<Result<CartQuote, PricingRefusal>>;

/** Answers a question, and the one that its `comparedWith` stands for. */
export async function quoteCompared(
  quote: Quoting,
  { comparedWith, ...question }: CartQuestion,
): Promise<Result<CartQuote, PricingRefusal>> {
  const answer = await quote(question);
  if (comparedWith === undefined || !answer.ok) return answer;
  if (comparedWith > answer.value.quote.pricingSince + settingsStaleMs) return answer;
  const { cart, now } = question;
  const seen = await quote({ cart, now, seenAt: comparedWith });
  if (!seen.ok) return accept({ ...answer.value, seen: null });
  const { totalMinor, shippingOptionId } = seen.value.quote;
  return accept({ ...answer.value, seen: { totalMinor, shippingOptionId } });
}
