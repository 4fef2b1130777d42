/**
 * What must hold of orders at rest: their goods are where they say, no unit leaves or comes back twice, codes and
 * cards paid for exactly the orders that there are, and what merchants were answered is in the timeline, once.
 */

import { isBalance, wantsOfQuote } from '../../shared/contracts/pricing/allowances.ts';
import { totalsOf } from '../../workers/inventory/domain/decide.ts';
import { type Checkout, orderOf } from '../../workers/orders/domain/checkout/checkout.ts';
import {
  canceledUnitsOf,
  type Order,
  refundedUnitsOf,
  shippedOf,
  unitsOfLine,
  unshippedOf,
} from '../../workers/orders/domain/order/order.ts';
import { needsOfLines } from '../../workers/orders/domain/order/stock.ts';
import { timelineOf } from '../../workers/orders/domain/order/timeline.ts';
import { availableOf } from '../../workers/pricing/domain/allowance/allowance.ts';
import { allowanceNamesOf, issuedOf } from './goods.ts';
import { isFinal, type Operated, type OperationHistory } from './merchants.ts';
import type { Shop } from './shop.ts';

type Checkouts = ReadonlyMap<string, Checkout>;

function ordersIn(checkouts: Checkouts): [checkoutId: string, order: Order][] {
  return [...checkouts].flatMap(([checkoutId, checkout]) => {
    const order = orderOf(checkout);
    return order === null ? [] : [[checkoutId, order]];
  });
}

/** I2 and I3: what is promised and what has left is what the orders say, and nothing is held for ever. */
export function stockViolations(shop: Shop, checkouts: Checkouts): string[] {
  const found: string[] = [];
  const shipped = new Map<string, number>();
  const restocked = new Map<string, number>();
  const promised = new Map<string, number>();
  const kept = new Map<string, number>();
  const count = (sums: Map<string, number>, needs: readonly { stockUnitId: string; quantity: number }[]) => {
    for (const { stockUnitId, quantity } of needs) sums.set(stockUnitId, (sums.get(stockUnitId) ?? 0) + quantity);
  };
  for (const [checkoutId, order] of ordersIn(checkouts)) {
    found.push(...unitViolations(checkoutId, order));
    count(kept, order.commitments);
    for (const line of order.lines) {
      const { lineId, variant } = line;
      const needs = (units: number) => needsOfLines([{ variant, quantity: units }]);
      const lost = unitsOfLine(
        lineId,
        order.canceledUnits.filter(({ isWrittenOff }) => isWrittenOff === true),
      );
      count(shipped, needs(shippedOf(order, lineId) + lost));
      count(promised, needs(unshippedOf(order, line)));
      const back = order.returns
        .flatMap(({ received }) => received)
        .filter((one) => one.lineId === lineId && one.isRestocked && one.condition === 'sellable');
      count(restocked, needs(unitsOfLine(lineId, back)));
    }
  }
  for (const [unitId, opening] of shop.goods.stock) {
    const { onHand, held, committed } = totalsOf(shop.stock.replayed(unitId));
    const counted = shop.stock
      .history(unitId)
      .reduce((sum, event) => sum + (event.type === 'stock-adjusted' ? event.delta : 0), 0);
    const expected = opening + counted - (shipped.get(unitId) ?? 0) + (restocked.get(unitId) ?? 0);
    if (onHand !== expected) found.push(`I2 ${unitId} has ${onHand} on hand, by its orders ${expected}`);
    if (committed !== (promised.get(unitId) ?? 0))
      found.push(`I2 ${unitId}: ${committed} committed, ${promised.get(unitId) ?? 0} bought and not shipped`);
    if (committed !== (kept.get(unitId) ?? 0))
      found.push(`I2 ${unitId}: ${committed} committed, ${kept.get(unitId) ?? 0} in the books of its orders`);
    if (held !== 0) found.push(`I3 ${unitId} still holds ${held}`);
  }
  return found;
}

/** Ordered, shipped, returned: never more of a later one; and no goods go out for money that went back. */
function unitViolations(checkoutId: string, order: Order): string[] {
  return order.lines.flatMap(({ lineId, quantity }) => {
    const shipped = shippedOf(order, lineId);
    const canceled = canceledUnitsOf(order, lineId);
    const returned = unitsOfLine(lineId, ...order.returns.map(({ received }) => received));
    const refunded = refundedUnitsOf(order, lineId);
    const isRight = quantity >= shipped + canceled && shipped >= returned && refunded <= shipped + canceled;
    const facts = `${shipped} shipped, ${canceled} canceled, ${returned} returned, ${refunded} refunded`;
    return isRight ? [] : [`I2 ${checkoutId} ${lineId}: ${quantity} ordered, ${facts}`];
  });
}

/** A1 to A3: codes and cards are used by the orders that there are, within their limits, and nothing is held for ever. */
export function allowanceViolations(shop: Shop, checkouts: Checkouts): string[] {
  const found: string[] = [];
  const used = new Map<string, number>();
  const credited = new Map<string, number>();
  const count = (sums: Map<string, number>, name: string, quantity: number) =>
    void sums.set(name, (sums.get(name) ?? 0) + quantity);
  for (const checkout of checkouts.values()) {
    const order = orderOf(checkout);
    if (order === null || checkout.phase !== 'completed') continue;
    // A canceled order gives its codes back; what its cards paid is credited to them.
    for (const { allowance, quantity } of wantsOfQuote(checkout.details.quote))
      if (!order.isCanceled || isBalance(allowance)) count(used, allowance, quantity);
    for (const { to, key, amountMinor } of order.refunds.flatMap(({ parts }) => parts))
      if (to === 'card') count(credited, key ?? '', amountMinor);
  }
  const { assortment } = shop.goods;
  const { limits } = assortment;
  const issued = issuedOf(assortment);
  for (const name of allowanceNamesOf(assortment)) {
    const allowance = shop.allowances.replayed(name);
    const { committed, held, total, entries } = allowance;
    const expected = used.get(name) ?? 0;
    if (committed !== expected) found.push(`A2 ${name}: ${committed} used, ${expected} by its orders`);
    if (held !== 0) found.push(`A3 ${name} still holds ${held}`);
    if ((availableOf(allowance) ?? 0) < 0 || committed > (limits.get(name) ?? committed))
      found.push(`A1 ${name} is spent past its limit`);
    const issuedMinor = issued.get(name);
    if (issuedMinor === undefined) continue;
    const back = [...entries].reduce((sum, [, amountMinor]) => sum + amountMinor, 0);
    if (back !== (credited.get(name) ?? 0))
      found.push(`A2 ${name}: ${back} credited, ${credited.get(name) ?? 0} by its orders`);
    if (total !== issuedMinor + back) found.push(`A2 ${name} has ${total} of ${issuedMinor} and ${back}`);
  }
  return found;
}

/** I7: no operation stands still for ever. */
export function endlessOperations(checkouts: Checkouts): string[] {
  return ordersIn(checkouts).flatMap(([id, { running }]) => (running === null ? [] : [`I7 ${running.kind} of ${id}`]));
}

/** I8: what a merchant was answered is true, is done once, and stays the same under the same key. */
export function operationViolations(shop: Shop, { operated }: OperationHistory): string[] {
  const found: string[] = [];
  const finals = new Map<string, Operated>();
  for (const answer of operated) {
    // What is not there yet is not kept under its key: it may be there later.
    if (answer.status === 404 || !isFinal(answer)) continue;
    const { key, status, body } = answer;
    const before = finals.get(key);
    if (before === undefined) finals.set(key, answer);
    else if (before.status !== status || before.body !== body)
      found.push(`I8 ${key} got two answers: ${before.status} ${before.body} and ${status} ${body}`);
  }
  for (const { key, deed, status, checkoutId } of operated.filter((one, index) => isFirstOf(operated, one, index))) {
    const entries = timelineOf(shop.orderStorage.history(checkoutId)).filter(({ actor }) => actor === key);
    const done = entries.filter(({ action, outcome }) => outcome === 'done' && isOf(deed, action)).length;
    const final = finals.get(key)?.status ?? status;
    if (done > 1) found.push(`I8 ${deed} ${key} was done ${done} times`);
    if (finals.has(key) && final < 300 && done === 0) found.push(`I8 ${deed} ${key} was told done and is lost`);
    if (finals.has(key) && final >= 400 && done > 0) found.push(`I8 ${deed} ${key} was refused and done`);
  }
  return found;
}

function isFirstOf(operated: readonly Operated[], { key }: Operated, index: number): boolean {
  return operated.findIndex((one) => one.key === key) === index;
}

function isOf(deed: Operated['deed'], action: string): boolean {
  if (deed === 'decide-return') return action.startsWith('return-');
  if (deed === 'correct') return action === 'change';
  if (deed === 'settle-return') return action === 'exchange' || action === 'refund';
  return action === deed;
}
