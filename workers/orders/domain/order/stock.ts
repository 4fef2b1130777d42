/** The stock that is promised to an order and has not left: by the key of its promise, because edits promise more later. */
import type { CartLine } from '../../../../shared/contracts/cart/api.ts';
import type { StockNeed } from '../../../../shared/contracts/catalog/api.ts';
import { assert } from '../../../../shared/values/result.ts';
import { type Effect, keyOf, type LineUnits, type Numbering } from './operation.ts';

export interface Commitment extends StockNeed {
  readonly holdKey: string;
}

type Lines = readonly Pick<CartLine, 'quantity' | 'variant'>[];

/** What lines take of each stock unit, each unit once, sorted. */
export function needsOfLines(lines: Lines): StockNeed[] {
  const sums = new Map<string, number>();
  for (const { variant, quantity } of lines)
    for (const need of variant.stockNeeds)
      sums.set(need.stockUnitId, (sums.get(need.stockUnitId) ?? 0) + need.quantity * quantity);
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([stockUnitId, quantity]) => ({ stockUnitId, quantity }));
}

/** What some units of an order's lines take of each stock unit. */
export function needsOfUnits(lines: readonly CartLine[], units: readonly LineUnits[]): StockNeed[] {
  const variants = units.flatMap(({ lineId, quantity }) => {
    const variant = lines.find((one) => one.lineId === lineId)?.variant;
    return variant === undefined ? [] : [{ variant, quantity }];
  });
  return needsOfLines(variants);
}

/** What the checkout of an order has committed. */
export function commitmentsOf(holdKey: string, lines: Lines): Commitment[] {
  return needsOfLines(lines).map((need) => ({ holdKey, ...need }));
}

/** Takes needs out of what is promised, by key. The newest promises first where `isNewestFirst`. */
export function takeCommitted(
  commitments: readonly Commitment[],
  needs: readonly StockNeed[],
  isNewestFirst: boolean,
): Commitment[] {
  const pool = isNewestFirst ? commitments.toReversed() : commitments;
  return needs.flatMap(({ stockUnitId, quantity }) => {
    let left = quantity;
    const taken = pool.flatMap((commitment) => {
      if (commitment.stockUnitId !== stockUnitId || left === 0) return [];
      const part = Math.min(left, commitment.quantity);
      left -= part;
      return part === 0 ? [] : [{ ...commitment, quantity: part }];
    });
    assert(left === 0, 'what has not left is still promised');
    return taken;
  });
}

/** Parts of several promises, by the key of each. */
export function byHoldKey<Item extends { readonly holdKey: string }>(items: readonly Item[]): Map<string, Item[]> {
  return Map.groupBy(items, ({ holdKey }) => holdKey);
}

/** What is still promised after items of a key have left or were given back. */
export function withoutItems(
  commitments: readonly Commitment[],
  holdKey: string,
  items: readonly StockNeed[],
): Commitment[] {
  return items.reduce<Commitment[]>(
    (left, { stockUnitId, quantity }) =>
      left.flatMap((commitment) => {
        if (commitment.holdKey !== holdKey || commitment.stockUnitId !== stockUnitId) return [commitment];
        const rest = commitment.quantity - quantity;
        assert(rest >= 0, 'no more leaves than was promised');
        return rest === 0 ? [] : [{ ...commitment, quantity: rest }];
      }),
    [...commitments],
  );
}

/** What is promised after items of a key came back to it. */
export function withItems(commitments: readonly Commitment[], items: readonly Commitment[]): Commitment[] {
  const promised = [...commitments];
  for (const item of items) {
    const at = promised.findIndex((one) => one.holdKey === item.holdKey && one.stockUnitId === item.stockUnitId);
    const known = promised[at];
    if (known === undefined) promised.push(item);
    else promised[at] = { ...known, quantity: known.quantity + item.quantity };
  }
  return promised;
}

/** Gives back promised stock, one effect per promise. */
export function releases(commitments: readonly Commitment[], numbering: Numbering): Effect[] {
  return [...byHoldKey(commitments)].map(([holdKey, items], index) => ({
    do: 'release',
    holdKey,
    releaseKey: keyOf(numbering, `g${index}-`),
    items: items.map(({ stockUnitId, quantity }) => ({ stockUnitId, quantity })),
  }));
}
