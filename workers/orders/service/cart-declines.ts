/**
 * How many payments of one cart were declined lately, whichever of its checkouts tried them: who tries out stolen cards would
 * otherwise begin a new checkout for every five. All checkouts of a cart lie in one object, so its count is exact.
 */
import type { StreamStorage } from '../../../shared/streams/ports.ts';
import { hourMs, secondMs } from '../../../shared/values/time.ts';
import { cartDeclinesMax, type PaymentChoice } from '../domain/checkout/payments.ts';
import { problemAnswer } from './requests.ts';

/** A decline counts for so long. */
const windowMs = hourMs;
const kind = 'cart-declines';

type Names = Pick<StreamStorage<unknown>, 'ownerOf' | 'takeName'>;

/** Noted in the commit that records the decline. */
export function noteDecline(storage: Names, cartId: string, now: number): void {
  const owner = [...declinesOf(storage, cartId, now), now].join(' ');
  storage.takeName({ kind, name: cartId, owner, expiresAt: now + windowMs });
}

export function declineCountOf(storage: Pick<Names, 'ownerOf'>, cartId: string, now: number): number {
  return declinesOf(storage, cartId, now).length;
}

/** In how many seconds the cart may be paid by a card again; null where it may be now. */
function paymentWaitSeconds(storage: Pick<Names, 'ownerOf'>, cartId: string, now: number): number | null {
  const last = declinesOf(storage, cartId, now).at(-cartDeclinesMax);
  return last === undefined ? null : Math.max(1, Math.ceil((last + windowMs - now) / secondMs));
}

interface Asking {
  readonly storage: Pick<Names, 'ownerOf'>;
  readonly cartId: string;
  readonly now: number;
  readonly requestId: string;
}

/**
 * Why a payment is not tried, and when it may be: the answer is not final, so it is kept under no key. What is paid by hand, or needs no
 * payment, tries out nothing.
 */
export function tooManyDeclines(payment: PaymentChoice | null, { storage, cartId, now, requestId }: Asking) {
  if (payment === null || payment.provider === 'manual' || payment.isUnsaid === true) return null;
  const retryAfterSeconds = paymentWaitSeconds(storage, cartId, now);
  if (retryAfterSeconds === null) return null;
  const minutes = Math.ceil(retryAfterSeconds / 60);
  const detail = `Too many payments for this cart were declined. Another can be tried in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`;
  return problemAnswer({ code: 'too-many-payments', detail, attemptsLeft: 0, retryAfterSeconds, requestId });
}

/** When they were, the last one last. */
function declinesOf(storage: Pick<Names, 'ownerOf'>, cartId: string, now: number): number[] {
  const noted = storage.ownerOf(kind, cartId);
  return noted === null
    ? []
    : noted
        .split(' ')
        .map(Number)
        .filter((at) => at > now - windowMs);
}
