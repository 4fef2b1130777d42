/**
 * The ids of checkouts that were given up without a record. What undoes such a checkout may arrive long after a retry under
 * the same id has held and paid, so the id is barred before its first undo is sent, and no retry uses it again: it goes on under the next one.
 */
import type { StreamStorage } from '../../../shared/streams/ports.ts';
import { idempotencyTtlMs } from '../../../shared/values/idempotency.ts';
import { orderIdOf } from '../domain/checkout/checkout.ts';

const kind = 'barred-checkout';

type Names = Pick<StreamStorage<unknown>, 'ownerOf' | 'takeName'>;

/**
 * An id is made from a key, which its client may repeat as long as answers are kept. It is named by its order, so that it is barred
 * under whatever secret the repetition seals it.
 */
export function bar(storage: Names, checkoutId: string, now: number): void {
  storage.takeName({ kind, name: orderIdOf(checkoutId), owner: checkoutId, expiresAt: now + idempotencyTtlMs });
}

/** The first id that is not barred, from one on. */
export function freeIdFrom(
  checkoutId: string,
  idAfter: (checkoutId: string) => string,
  storage: Pick<Names, 'ownerOf'>,
): string {
  let free = checkoutId;
  while (storage.ownerOf(kind, orderIdOf(free)) !== null) free = idAfter(free);
  return free;
}
