/**
 * A shopper who wants the goods: pays by one means after the other, some of them bad, leaves payment pages and comes back to
 * them too late, sometimes changes the cart in between, and has a good card in the end.
 */
import { secondMs } from '../../shared/values/time.ts';
import type { PaymentChoice } from '../../workers/orders/domain/checkout/payments.ts';
import { paymentBy, type Token } from './means.ts';
import type { Shop } from './shop.ts';
import type { Shopper } from './shoppers.ts';

const badTokens = {
  decline: 5,
  requires_action: 4,
  timeout_before_authorize: 1,
  timeout_after_authorize: 1,
  capture_fail: 0.5,
} as const;
const goodTokens = { ok: 4, manual: 2, duplicate_webhook: 1, webhook_first: 1 } as const;
/** More bad means than a checkout takes, so some are closed on the way. */
const badMax = 7;
/** Each try with a good card may find a checkout that ended meanwhile, or prices that were raised. */
const triesMax = 12;

/** What may be lacking all the same: others were faster. */
export const shortages: ReadonlySet<unknown> = new Set([
  'insufficient-stock',
  'code-used-up',
  'gift-card-insufficient',
  'gift-card-unusable',
  'store-credit-insufficient',
]);

/**
 * What came of it: `completed`, a shortage, or the last refusal; null when no answer came in time.
 * @param tokens replaces chance: these one after the other, and then the last one again
 */
export async function insist(shopper: Shopper, shop: Shop, tokens: readonly Token[] | null): Promise<string | null> {
  const { random } = shop.scheduler;
  const badCount = tokens === null ? random.between(1, badMax) : tokens.length - 1;
  let checkoutId: string | null = null;
  let last = 'nothing';
  for (let turn = 0; turn < badCount + triesMax; turn += 1) {
    const isGood = turn >= badCount;
    const scripted = tokens?.[Math.min(turn, tokens.length - 1)];
    const payment = paymentBy(scripted ?? (isGood ? random.weighted(goodTokens) : random.weighted(badTokens)));
    const tried = await tryToPay(shopper, random.chance(0.5) ? checkoutId : null, payment);
    if (tried === null) return null;
    checkoutId = tried.checkoutId;
    last = tried.code ?? (await outcomeOf(shopper, shop, checkoutId, isGood));
    if (last === 'completed' || shortages.has(last)) return last;
    const hasEnded = ['failed', 'expired', 'canceled'].includes(last) || tried.isOver;
    if (hasEnded) checkoutId = null;
    if (tokens === null && random.chance(0.2)) {
      await shopper.change({ note: `changed ${turn} times` });
      // Another window may still show the checkout as it was.
      if (random.chance(0.5)) checkoutId = null;
    }
    await shopper.pause(Math.max(tried.waitMs, random.between(10, 3 * secondMs)));
  }
  return last;
}

interface Tried {
  readonly checkoutId: string;
  /** Why not; null for any other answer. */
  readonly code: string | null;
  /** The checkout takes no more. */
  readonly isOver: boolean;
  /** How long the shop asks to wait, because too many payments of the cart were declined. */
  readonly waitMs: number;
}

/** Posts the cart once more, or pays the checkout that is known. */
async function tryToPay(shopper: Shopper, checkoutId: string | null, payment: PaymentChoice): Promise<Tried | null> {
  const started =
    checkoutId === null
      ? await shopper.start(payment)
      : { checkoutId, answer: await shopper.ask('complete', checkoutId, payment) };
  if (started === null || started.answer === null) return null;
  const { status, body } = started.answer;
  const told = JSON.parse(body) as { code?: string; attemptsLeft?: number; retryAfterSeconds?: number };
  const { code = null, attemptsLeft = 0, retryAfterSeconds = 0 } = told;
  return {
    checkoutId: started.checkoutId,
    code: status < 400 ? null : code,
    isOver: status >= 400 && attemptsLeft === 0,
    waitMs: retryAfterSeconds * secondMs,
  };
}

/** Follows a payment until it is the shopper's turn again, and does something with its page or leaves it. */
async function outcomeOf(shopper: Shopper, shop: Shop, checkoutId: string, isGood: boolean): Promise<string> {
  const { random } = shop.scheduler;
  for (let look = 0; look < 400; look += 1) {
    const view = await shopper.look(checkoutId);
    if (view !== null && view.status !== 'processing') return view.status;
    const actionUrl = view?.actionUrl ?? null;
    if (actionUrl !== null) {
      if (isGood) {
        await shopper.press(actionUrl, 'pay');
      } else {
        const choice = random.weighted({ decline: 2, leave: 4 });
        if (choice === 'decline') await shopper.press(actionUrl, 'decline');
        // Another tab still has the page, and somebody confirms there in the end.
        else if (random.chance(0.7))
          void shopper.pause(random.between(10, 20 * secondMs)).then(() => shopper.press(actionUrl, 'pay'));
        return 'left';
      }
    }
    await shopper.pause(random.between(100, 5 * secondMs));
  }
  return 'endless';
}
