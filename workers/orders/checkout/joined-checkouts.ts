/**
 * The checkouts that requests have paid without having begun them, because the cart was in one already. A repetition of such a
 * request is about that checkout, also after it has ended and the cart is free: it must not pay for what the cart has become.
 */
import type { StreamStorage } from '../../../shared/streams/ports.ts';
import { idempotencyTtlMs } from '../../../shared/values/idempotency.ts';

const kind = 'joined-checkout';

type Names = Pick<StreamStorage<unknown>, 'ownerOf' | 'takeName'>;

/** Noted before the payment begins. */
export function noteJoined(storage: Names, key: string, checkoutId: string, now: number): void {
  storage.takeName({ kind, name: key, owner: checkoutId, expiresAt: now + idempotencyTtlMs });
}

/** The checkout that a request has paid; null for one that has not, or began its own. */
export function joinedBy(key: string, storage: Pick<Names, 'ownerOf'>): string | null {
  return storage.ownerOf(kind, key);
}
