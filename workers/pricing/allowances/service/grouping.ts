/** Which objects a call goes to, and in which order: the same for all callers, so that none waits for another in a circle. */

import type { AllowanceWant } from '../../../../shared/contracts/pricing/allowances.ts';
import { allowanceObjectNameOf } from '../../../../shared/values/placement.ts';
import { assert } from '../../../../shared/values/result.ts';

/** More than any checkout has: twenty codes with their uses and budgets, promotions without codes, and ten cards. */
const wantsMax = 1_000;

/** The wants with those of one allowance added up. */
export function addedUp(wants: readonly AllowanceWant[]): AllowanceWant[] {
  assert(wants.length <= wantsMax, 'a checkout wants a limited number of allowances');
  const sums = new Map<string, AllowanceWant>();
  for (const want of wants) {
    assert(Number.isSafeInteger(want.quantity) && want.quantity > 0, 'a want is a whole number of at least 1');
    const before = sums.get(want.allowance);
    assert(before === undefined || before.limit === want.limit, 'an allowance has one limit');
    sums.set(want.allowance, { ...want, quantity: want.quantity + (before?.quantity ?? 0) });
  }
  return [...sums.values()];
}

export const groupsOf = (names: readonly string[]): [object: string, names: string[]][] =>
  byObject([...new Set(names)].map((allowance) => ({ allowance }))).map(([object, group]) => [
    object,
    group.map(({ allowance }) => allowance),
  ]);

/** By the object that holds them, everything in one order for all callers. */
export function byObject<Item extends { readonly allowance: string }>(
  items: readonly Item[],
): [object: string, items: Item[]][] {
  const sorted = items.toSorted((a, b) => (a.allowance < b.allowance ? -1 : 1));
  const groups = Map.groupBy(sorted, ({ allowance }) => allowanceObjectNameOf(allowance));
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}
