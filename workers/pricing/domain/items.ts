/**
 * Which lines of a cart a merchant's selection means. The lines are indexed once by what they are known by, so that fifty
 * promotions with long selections cost little more than one.
 */
import type { QuoteLine } from '../../../shared/contracts/pricing/api.ts';
import type { ItemSelection } from '../../../shared/contracts/pricing/promotions.ts';

interface ChosenItems {
  /** Null: every line. */
  readonly keys: readonly string[] | null;
  readonly quantity: number;
}

export type ItemIndex = (selection: ItemSelection) => ChosenItems;

type Known = 'variantIds' | 'productIds' | 'collectionIds' | 'tags';
const knownBy: readonly Known[] = ['variantIds', 'productIds', 'collectionIds', 'tags'];

/** Indexes lines. Tags are compared without case, as in the rules of collections. */
export function indexItems(lines: readonly QuoteLine[]): ItemIndex {
  const linesBy: Record<Known, Map<string, number[]>> = {
    variantIds: new Map(),
    productIds: new Map(),
    collectionIds: new Map(),
    tags: new Map(),
  };
  const add = (known: Known, value: string, index: number): void => {
    const key = keyOf(known, value);
    const found = linesBy[known].get(key);
    if (found === undefined) linesBy[known].set(key, [index]);
    else found.push(index);
  };
  let allQuantity = 0;
  lines.forEach(({ variantId, productId, collectionIds, tags, quantity }, index) => {
    allQuantity += quantity;
    if (variantId !== undefined) add('variantIds', variantId, index);
    if (productId !== undefined) add('productIds', productId, index);
    for (const collectionId of collectionIds ?? []) add('collectionIds', collectionId, index);
    for (const tag of tags ?? []) add('tags', tag, index);
  });
  return (selection) => {
    if (isEverything(selection)) return { keys: null, quantity: allQuantity };
    const found = new Set<number>();
    for (const known of knownBy)
      for (const value of selection[known])
        for (const index of linesBy[known].get(keyOf(known, value)) ?? []) found.add(index);
    const chosen = lines.filter((_, index) => found.has(index));
    return {
      keys: chosen.map(({ lineId }) => lineId),
      quantity: chosen.reduce((sum, line) => sum + line.quantity, 0),
    };
  };
}

export const everything: ItemSelection = { variantIds: [], productIds: [], collectionIds: [], tags: [] };

/** The same without some lines, whatever is selected. */
export function withoutLines(
  items: ItemIndex,
  lines: readonly QuoteLine[],
  isLeftOut: (line: QuoteLine, index: number) => boolean,
): ItemIndex {
  const counted = lines.filter((line, index) => !isLeftOut(line, index));
  if (counted.length === lines.length) return items;
  return (selection) => {
    const { keys } = items(selection);
    const meant = keys === null ? null : new Set(keys);
    const chosen = counted.filter(({ lineId }) => meant?.has(lineId) ?? true);
    return {
      keys: chosen.map(({ lineId }) => lineId),
      quantity: chosen.reduce((sum, { quantity }) => sum + quantity, 0),
    };
  };
}

export function isEverything(selection: ItemSelection): boolean {
  return knownBy.every((known) => selection[known].length === 0);
}

function keyOf(known: Known, value: string): string {
  return known === 'tags' ? value.toLowerCase() : value;
}
