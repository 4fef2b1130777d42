/**
 * Whom a shortfall touches: where more is promised than is there, the newest promises go without. A hold of a checkout that is
 * still open comes after everything that is promised to an order.
 */

import { shortfallOf } from '../../../shared/values/stock-levels.ts';
import type { Stock } from './stock.ts';

/** A promise that the goods at a place do not suffice for. */
export interface ShortPromise {
  /** Begins with the id of the checkout. */
  readonly key: string;
  readonly locationId: string;
  /** What is promised there. */
  readonly quantity: number;
  /** How much of it is not there. */
  readonly short: number;
  /** False for a hold of a checkout that is still open. */
  readonly isCommitted: boolean;
}

/** The promises that cannot be kept with what is there, the newest first. */
export function shortPromisesOf({ levels, holds }: Pick<Stock, 'levels' | 'holds'>): ShortPromise[] {
  const committed = [...holds.closed]
    .filter(([, { state }]) => state === 'committed')
    .toSorted(([, a], [, b]) => b.closedAt - a.closedAt);
  const promises = [
    ...[...holds.open].map(([key, { parts }]) => ({ key, parts, isCommitted: false })),
    ...committed.map(([key, { parts }]) => ({ key, parts, isCommitted: true })),
  ];
  return Object.entries(levels).flatMap(([locationId, level]) => {
    let left = shortfallOf(level);
    return promises.flatMap(({ key, parts, isCommitted }) => {
      const { quantity = 0 } = parts.find(({ poolId }) => poolId === locationId) ?? {};
      const short = Math.min(left, quantity);
      left -= short;
      return short === 0 ? [] : [{ key, locationId, quantity, short, isCommitted }];
    });
  });
}
