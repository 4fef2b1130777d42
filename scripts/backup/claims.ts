/**
 * What one checkout or order has promised of stock units and allowances, by its own account. While something is under way with it,
 * a crash or a copy may find a neighbour before or after its part of the work: then there are two bounds, and both are right.
 */
import { isBalance, wantsOfQuote } from '../../shared/contracts/pricing/allowances.ts';
import { type Checkout, orderOf } from '../../workers/orders/domain/checkout/checkout.ts';
import type { Effect } from '../../workers/orders/domain/order/operation.ts';
import { commitmentsOf } from '../../workers/orders/domain/order/stock.ts';

export interface Claim {
  readonly name: string;
  readonly low: number;
  readonly high: number;
}

/** Units of stock. What is held and not yet promised counts nowhere: it ends by itself. */
export function stockClaimsOf(checkout: Checkout): readonly Claim[] {
  const order = orderOf(checkout);
  if (order !== null) {
    const settled = order.commitments.map(({ stockUnitId, quantity }) => exactly(stockUnitId, quantity));
    return [...settled, ...(order.running?.effects ?? []).flatMap(leewayOf)];
  }
  const placed = placedOf(checkout);
  return placed === null
    ? []
    : commitmentsOf(placed.holdKey, placed.lines).map(({ stockUnitId, quantity }) => upTo(stockUnitId, quantity));
}

/** Uses and budgets of promotions, and what gift cards and store credit have paid. */
export function allowanceClaimsOf(checkout: Checkout): readonly Claim[] {
  const order = orderOf(checkout);
  if (order === null || checkout.phase !== 'completed') {
    const placed = placedOf(checkout);
    return placed === null
      ? []
      : wantsOfQuote(placed.quote).map(({ allowance, quantity }) => upTo(allowance, quantity));
  }
  const isGivenBack = order.isCanceled || order.running?.effects.some((effect) => effect.do === 'give-back') === true;
  // What a balance has paid is credited to it, and stays used. A use is forgotten after a while, and then not given back.
  return wantsOfQuote(checkout.details.quote).map(({ allowance, quantity }) =>
    isGivenBack && !isBalance(allowance) ? upTo(allowance, quantity) : exactly(allowance, quantity),
  );
}

/** The order that is recorded while its holds may be made final or given back. */
function placedOf(checkout: Checkout) {
  if (checkout.phase === 'placed') return checkout.details;
  return checkout.phase === 'undoing' && checkout.placed !== null ? checkout.details : null;
}

/** By how much an effect may have changed what is promised already. Of a refused one, as much may have been undone. */
function leewayOf(effect: Effect): readonly Claim[] {
  switch (effect.do) {
    case 'hold':
      return effect.needs.map(({ stockUnitId, quantity }) => upTo(stockUnitId, quantity));
    case 'unship':
      return effect.items.map(({ stockUnitId, quantity }) => upTo(stockUnitId, quantity));
    case 'ship':
    case 'release':
      return effect.items.map(({ stockUnitId, quantity }) => ({ name: stockUnitId, low: -quantity, high: 0 }));
    default:
      return [];
  }
}

const exactly = (name: string, quantity: number): Claim => ({ name, low: quantity, high: quantity });
const upTo = (name: string, quantity: number): Claim => ({ name, low: 0, high: quantity });
