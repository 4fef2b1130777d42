/**
 * The ids of checkouts that were given up without a record. What undoes such a checkout may arrive long after a retry under
 * the same id has held and paid, so the id is barred before its first undo is sent, and no retry uses it again.
 */
import type { StreamStorage } from '../../../shared/streams/ports.ts';
import { idempotencyTtlMs } from '../../../shared/values/idempotency.ts';

const kind = 'barred-checkout';

type Names = Pick<StreamStorage<unknown>, 'ownerOf' | 'takeName'>;

/** An id is made from a key, which its client may repeat as long as answers are kept. */
export function bar(storage: Names, checkoutId: string, now: number): void {
  storage.takeName({ kind, name: checkoutId, owner: checkoutId, expiresAt: now + idempotencyTtlMs });
}

export function isBarred(storage: Names, checkoutId: string): boolean {
  return storage.ownerOf(kind, checkoutId) !== null;
}
