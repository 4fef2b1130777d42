/**
 * What an order must come to, and how much of a variant it may hold, as its market says. A cart may miss them and shows it; a
 * checkout is refused.
 */
import type { OrderObstacle, QuoteLine } from '../../../shared/contracts/pricing/api.ts';
import { formatDecimal, money } from '../../../shared/values/money.ts';
import { refuse } from '../../../shared/values/result.ts';
import type { ItemIndex } from './items.ts';
import { amountIn } from './offers.ts';
import type { ChosenMarket, Market } from './settings.ts';

interface Ordered {
  readonly lines: readonly QuoteLine[];
  readonly items: ItemIndex;
  /** What is paid for the lines after discounts. Only asked for where the market has a minimum. */
  readonly goodsMinor: () => number;
}

/** Why the cart cannot be ordered as it is; an empty cart misses nothing yet. */
export function orderObstacles({ market, currency }: ChosenMarket, ordered: Ordered): readonly OrderObstacle[] {
  if (ordered.lines.length === 0) return [];
  const minimumMinor = amountIn(market.orderMinimums, currency) ?? 0;
  const subtotalMinor = minimumMinor === 0 ? 0 : ordered.goodsMinor();
  const isBelow = subtotalMinor < minimumMinor;
  return [
    ...(isBelow ? [{ code: 'below-order-minimum', minimumMinor, subtotalMinor } as const] : []),
    ...excesses(market, ordered),
  ];
}

/** Every variant of which there is more than one of its limits allows, with the smallest of them. */
function excesses(market: Market, { lines, items }: Ordered): readonly OrderObstacle[] {
  const maxOf = variantMaximums(market, { lines, items });
  if (maxOf.size === 0) return [];
  const quantityOf = new Map<string, number>();
  for (const { variantId, quantity } of lines)
    if (variantId !== undefined) quantityOf.set(variantId, (quantityOf.get(variantId) ?? 0) + quantity);
  return [...quantityOf].flatMap(([variantId, quantity]): OrderObstacle[] => {
    const quantityMax = maxOf.get(variantId);
    if (quantityMax === undefined || quantity <= quantityMax) return [];
    return [{ code: 'above-order-maximum', variantId, quantity, quantityMax }];
  });
}

/** What an order may have of each variant that is limited. */
export function variantMaximums(
  { variantMaximums: limits }: Market,
  { lines, items }: Pick<Ordered, 'lines' | 'items'>,
): ReadonlyMap<string, number> {
  const maxOf = new Map<string, number>();
  for (const limit of limits) {
    const { keys } = items(limit.items);
    const limited = keys === null ? null : new Set(keys);
    for (const { lineId, variantId } of lines)
      if (variantId !== undefined && (limited?.has(lineId) ?? true))
        maxOf.set(variantId, Math.min(limit.quantityMax, maxOf.get(variantId) ?? limit.quantityMax));
  }
  return maxOf;
}

/** The refusal of a checkout, with pointers into the cart. */
export function refuseOrder(obstacle: OrderObstacle, { currency }: ChosenMarket, { lines }: Pick<Ordered, 'lines'>) {
  if (obstacle.code === 'below-order-minimum') {
    const { code, minimumMinor, subtotalMinor } = obstacle;
    const written = (minor: number) => `${formatDecimal(minor, currency)} ${currency}`;
    const detail = `An order comes to ${written(minimumMinor)} at least, and this one to ${written(subtotalMinor)}.`;
    const errors = [{ pointer: '/lines', detail }];
    const [minimum, subtotal] = [money(minimumMinor, currency), money(subtotalMinor, currency)];
    return refuse({ code, detail, errors, minimum, subtotal });
  }
  const { variantId, quantity, quantityMax } = obstacle;
  const detail = `An order holds at most ${quantityMax} of this variant, and the cart has ${quantity}.`;
  const errors = lines.flatMap((line, index) =>
    line.variantId === variantId ? [{ pointer: `/lines/${index}/quantity`, detail }] : [],
  );
  return refuse({ ...obstacle, detail, errors });
}
