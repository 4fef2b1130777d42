/**
 * Gives each order a number that no other order has. Numbers begin with the place of their object, so orders elsewhere
 * cannot have the same; within the object the numbers that were given are kept, in the commit that places the order.
 */

import type { StreamStorage } from '../../../shared/streams/ports.ts';
import { orderNumbersOf } from '../domain/checkout/order-numbers.ts';

const kind = 'order-number';

export function takeOrderNumber(
  storage: Pick<StreamStorage<unknown>, 'ownerOf' | 'takeName'>,
  checkoutId: string,
): string {
  const number = orderNumbersOf(checkoutId).find((one) => {
    const owner = storage.ownerOf(kind, one);
    return owner === null || owner === checkoutId;
  });
  if (number === undefined) throw new Error(`No number is free for ${checkoutId}`);
  storage.takeName({ kind, name: number, owner: checkoutId, expiresAt: null });
  return number;
}
