/**
 * The gift cards that an order sells: as many as units stay sold. Whatever takes units back, a refund, a return, an edit or the
 * cancellation, first takes what is left out of their cards, so that nobody gets the money and keeps the card.
 */
import type { VoidedUnits } from '../../../../shared/contracts/pricing/allowances.ts';
import { unitPriceMinorOf } from '../../../../shared/quoting/priceable.ts';
import { money } from '../../../../shared/values/money.ts';
import { afterAll } from './let-go.ts';
import { type Effect, keyOf, type Numbering, type Operation, type OperationDraft } from './operation.ts';
import { canceledUnitsOf, type Order, refundedShippedOf } from './order.ts';

/** How many units of a line are gift cards that stay sold. */
export function cardUnitsOf(order: Order, lineId: string): number {
  const line = order.lines.find((one) => one.lineId === lineId);
  if (line?.variant.isGiftCard !== true) return 0;
  return Math.max(0, line.quantity - canceledUnitsOf(order, lineId) - refundedShippedOf(order, lineId));
}

/**
 * The operation, with what takes back the cards of units that it leaves unsold.
 * @param backMinorOf what is paid back for units of a line, where the merchant names it
 */
export function withVoidedCards(
  order: Order,
  operation: Operation,
  numbering: Numbering,
  backMinorOf: (lineId: string) => number | undefined = () => undefined,
): Operation {
  if (order.lines.every(({ variant }) => variant.isGiftCard !== true)) return operation;
  const { followUp, ...first } = operation;
  const between = afterAll(order, { ...first, followUp: null }, numbering.now);
  const begun = { ...operation, ...withEffect(order, between, operation, keyOf(numbering, 'v'), backMinorOf) };
  if (followUp === null) return begun;
  const after = afterAll(order, operation, numbering.now);
  return { ...begun, followUp: withEffect(between, after, followUp, keyOf(numbering, 'w'), backMinorOf) };
}

function withEffect(
  before: Order,
  after: Order,
  { kind, effects, change }: OperationDraft,
  voidKey: string,
  backMinorOf: (lineId: string) => number | undefined,
): OperationDraft {
  const { currency } = before.quote;
  const refundMinor = change.refund?.amountMinor ?? 0;
  const units = before.lines.flatMap(({ lineId, variant }, index): VoidedUnits[] => {
    const sold = cardUnitsOf(before, lineId);
    const quantity = sold - cardUnitsOf(after, lineId);
    if (quantity <= 0) return [];
    const unitMinor = before.quote.lines[index]?.unitPriceMinor ?? unitPriceMinorOf(variant, currency);
    const backMinor = Math.min(backMinorOf(lineId) ?? unitMinor * quantity, unitMinor * quantity, refundMinor);
    const soldQuantity = sold + (before.voidedCards?.[lineId] ?? 0);
    return [{ lineId, quantity, soldQuantity, unitPrice: money(unitMinor, currency), backMinor }];
  });
  const taken: readonly Effect[] = units.length === 0 ? [] : [{ do: 'void-cards', voidKey, units }];
  return { kind, effects: [...taken, ...effects], change };
}
