/** How the payments of an order are named: the first that is tried has the order's id, others that and their number. */

const part = '.try';

/** @param number from 1 on */
export function paymentKeyOf(orderId: string, number: number): string {
  return number === 1 ? orderId : `${orderId}${part}${number}`;
}

/** Also of money that was received by hand, which has a name of its own after the dot. */
export function orderIdOfPayment(paymentKey: string): string {
  return paymentKey.split('.')[0] ?? paymentKey;
}

/** The keys of all payments of an order but the first lie from one on and before the other. */
export function laterKeysOf(orderId: string): { readonly from: string; readonly before: string } {
  return { from: `${orderId}${part}`, before: `${orderId}${part}~` };
}

/** The last of some payments of one order; null when there is none. */
export function lastKeyOf(paymentKeys: readonly string[]): string | null {
  const numberOf = (key: string) => Number(key.slice(key.lastIndexOf(part) + part.length));
  return paymentKeys.toSorted((one, other) => numberOf(one) - numberOf(other)).at(-1) ?? null;
}
