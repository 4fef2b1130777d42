/**
 * Gives each order a number that no other order has. Numbers begin with the place of their object, so orders elsewhere
 * cannot have the same; within the object the numbers that were given are kept, in the commit that places the order.
 */

import type { StreamStorage } from '../../../shared/streams/streams.ts';
import { orderNumbersOf } from '../domain/checkout/order-numbers.ts';

/** Keys of requests are hashes, so none is ever like this. */
const keyOf = (number: string) => `number:${number}`;

export function takeOrderNumber(
  storage: Pick<StreamStorage<unknown>, 'answer' | 'saveAnswer'>,
  checkoutId: string,
): string {
  const number = orderNumbersOf(checkoutId).find((one) => {
    const taken = storage.answer(keyOf(one));
    return taken === null || taken.body === checkoutId;
  });
  if (number === undefined) throw new Error(`No number is free for ${checkoutId}`);
  const expiresAt = Number.MAX_SAFE_INTEGER;
  storage.saveAnswer({ key: keyOf(number), fingerprint: '', status: 0, body: checkoutId, expiresAt });
  return number;
}
