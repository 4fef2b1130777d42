/**
 * Changing what was ordered: lines are added, removed, and given other quantities, never below what has shipped or was
 * refunded. What is added is held and promised like at a checkout; the difference is refunded, or the payer owes it.
 */
import type { ByHand, CartLine } from '../../../../shared/contracts/cart/api.ts';
import type { StockNeed, VariantSnapshot } from '../../../../shared/contracts/catalog/api.ts';
import type { Quote } from '../../../../shared/contracts/pricing/api.ts';
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import { settle } from '../../../../shared/values/settlement.ts';
import type { OrderRefusal } from '../refusal.ts';
import { balancesOf, orderStateOf, paidMinorOf, totalOf } from './balances.ts';
import {
  addedLineId,
  type Edited,
  type Effect,
  keyOf,
  type LineUnits,
  type Numbering,
  type OperationDraft,
  type Refund,
} from './operation.ts';
import { canceledUnitsOf, type Order, refundedUnitsOf, returningOf, shippedOf } from './order.ts';
import { newRefund } from './refund.ts';
import { repeatedLine, unknownLine } from './refusals.ts';
import { refundEffects } from './sources.ts';
import { orderTable, transition } from './states.ts';
import { needsOfLines, releases, takeCommitted } from './stock.ts';
import { refundableShippingMinorOf } from './worth.ts';

interface EditChanges {
  /** New quantities; 0 removes the line. With a price where one is made by hand. */
  readonly lines: readonly (LineUnits & Pricing)[];
  readonly added: readonly ({ readonly variant: VariantSnapshot; readonly quantity: number } & Pricing)[];
}

interface Pricing {
  readonly byHand?: ByHand | undefined;
}

/** The lines as an edit leaves them. New ones are named after the operation that adds them. */
export function editedLines(
  order: Order,
  { lines: changed, added }: EditChanges,
  { number }: Pick<Numbering, 'number'>,
): Result<readonly CartLine[], OrderRefusal> {
  const orderStep = transition(orderTable, orderStateOf(order), 'edit');
  if (!orderStep.ok) return orderStep;
  const repeated = repeatedLine(changed);
  if (repeated !== null) return refuse(repeated);
  for (const { lineId, quantity, byHand } of changed) {
    const line = order.lines.find((one) => one.lineId === lineId);
    if (line === undefined) return refuse<OrderRefusal>(unknownLine(lineId));
    if (line.variant.isGiftCard === true && byHand !== undefined) {
      const detail = 'A gift card is worth what it was sold for: remove its units, and add others at the other price.';
      return refuse<OrderRefusal>({ ...wrongLine, detail });
    }
    const left = Math.max(shippedOf(order, lineId), returningOf(order, lineId));
    const min = Math.max(left + canceledUnitsOf(order, lineId), refundedUnitsOf(order, lineId));
    if (quantity < min) {
      const detail = `${min} of ${line.variant.sku} have shipped or were refunded and stay on the order.`;
      return refuse<OrderRefusal>({ code: 'line-shipped', detail, lineId, min });
    }
  }
  const kept = order.lines.flatMap((line) => {
    const { quantity = line.quantity, byHand } = changed.find(({ lineId }) => lineId === line.lineId) ?? {};
    return quantity === 0 ? [] : [{ ...line, quantity, ...pricingOf(byHand) }];
  });
  const grown = added.map(({ variant, quantity, byHand }, index) => {
    return { lineId: addedLineId(number, index), quantity, variant, attributes: {}, ...pricingOf(byHand) };
  });
  const lines = [...kept, ...grown];
  if (lines.length === 0)
    return refuse<OrderRefusal>({ code: 'edit-empties-order', detail: 'Cancel the order instead.' });
  return accept(lines);
}

const wrongLine = { code: 'wrong-state', subject: 'line', state: 'gift-card', action: 'edit', allowed: [] } as const;

const pricingOf = (byHand: ByHand | undefined) => (byHand === undefined ? {} : { byHand });

interface EditDelta {
  readonly totalMinor: number;
  /** By how much the total changes. */
  readonly deltaMinor: number;
  readonly refundMinor: number;
}

/**
 * What an edit means for the payer. `creditMinor` is what goods that come back are worth. What was paid for shipping is paid
 * out for nothing else, also where the merchant has given back more than the goods cost by now.
 */
export function deltaOf(order: Order, quote: Quote, creditMinor = 0): EditDelta {
  const { totalMinor } = quote;
  const dueMinor = totalMinor - totalOf(order.refunds, 'creditMinor') - creditMinor;
  const keptMinor = Math.max(dueMinor, refundableShippingMinorOf({ quote, refunds: order.refunds }));
  return {
    totalMinor,
    deltaMinor: totalMinor - order.quote.totalMinor,
    refundMinor: Math.min(settle(keptMinor, paidMinorOf(order)).refundMinor, balancesOf(order).refundableMinor),
  };
}

/** The operation of an edit that was priced. */
export function decideEdit(order: Order, edited: Edited, numbering: Numbering): OperationDraft {
  const { refundMinor } = deltaOf(order, edited.quote);
  const facts = { amountMinor: refundMinor, creditMinor: 0, lines: [], shippingMinor: 0, note: null };
  return editDraft(order, edited, numbering, refundMinor === 0 ? null : newRefund('edit', order, numbering, facts));
}

/** Goods first, then money, and last the goods that are no longer wanted. */
export function editDraft(order: Order, edited: Edited, numbering: Numbering, refund: Refund | null): OperationDraft {
  const { more, less } = stockDelta(order.lines, edited.lines);
  const holdKey = keyOf(numbering, 'e');
  const stockUnitIds = more.map(({ stockUnitId }) => stockUnitId);
  const effects: Effect[] = [];
  if (more.length > 0) effects.push({ do: 'hold', holdKey, needs: more }, { do: 'commit', holdKey, stockUnitIds });
  if (refund !== null) effects.push(...refundEffects(refund, numbering));
  // The newest promises are given back first: they are the likeliest to be of an earlier edit.
  effects.push(...releases(takeCommitted(order.commitments, less, true), numbering));
  const reasons = newReasons(order, edited);
  const note = reasons.length === 0 ? {} : { note: reasons.join('; ') };
  return { kind: 'edit', effects, change: { edit: edited, ...note, ...(refund === null ? {} : { refund }) } };
}

/** Why prices and discounts were made by hand that were not so before, each reason once. */
function newReasons({ lines: before }: Order, { lines: after, discountByHand }: Edited): string[] {
  const known = new Set(
    before.flatMap(({ lineId, byHand }) => (byHand === undefined ? [] : [`${lineId} ${byHand.at}`])),
  );
  const made = after.flatMap(({ lineId, byHand }) =>
    byHand === undefined || known.has(`${lineId} ${byHand.at}`) ? [] : [byHand.reason],
  );
  return [...new Set([...made, ...(discountByHand?.reason === undefined ? [] : [discountByHand.reason])])];
}

/** What the lines need more, and less, of each stock unit. */
function stockDelta(before: readonly CartLine[], after: readonly CartLine[]) {
  const old = needsOfLines(before);
  const wanted = needsOfLines(after);
  const beyond = (these: readonly StockNeed[], those: readonly StockNeed[]): StockNeed[] =>
    these.flatMap(({ stockUnitId, quantity }) => {
      const rest = quantity - (those.find((one) => one.stockUnitId === stockUnitId)?.quantity ?? 0);
      return rest > 0 ? [{ stockUnitId, quantity: rest }] : [];
    });
  return { more: beyond(wanted, old), less: beyond(old, wanted) };
}
