/**
 * Where the money of an order came from, and so where a refund goes: back to the provider as far as it captured, then to
 * what was received later, then to gift cards and store credit, the last one first. No source gets more than it paid.
 */

import type { PaymentBalances } from '../../../../shared/contracts/payments/api.ts';
import { sumOf } from '../../../../shared/values/money.ts';
import { assert } from '../../../../shared/values/result.ts';
import type { Elsewhere } from './observed.ts';
import { type Effect, keyOf, type Numbering, type Refund, type RefundPart } from './operation.ts';
import type { Order } from './order.ts';

export type Paid = Pick<Order, 'cards' | 'capturedMinor' | 'received' | 'refunds' | 'elsewhere'>;

interface Source extends Pick<RefundPart, 'to' | 'key'> {
  readonly paidMinor: number;
}

interface ProviderTotals extends Pick<PaymentBalances, 'refundedMinor' | 'chargedBackMinor' | 'disputes' | 'refunds'> {
  readonly pendingMinor: Pick<PaymentBalances['pendingMinor'], 'refund'>;
}

/** All that was paid, before refunds. */
export function takenMinorOf(order: Paid): number {
  return sumOf(sourcesOf(order).map(({ paidMinor }) => paidMinor));
}

/** All that can still be paid back. */
export function refundableMinorOf(order: Paid): number {
  return sumOf(sourcesOf(order).map((source) => leftMinorOf(order, source)));
}

/**
 * What the provider's totals leave unexplained. Refunds that either side has as pending count on both, so this holds while
 * they settle; it may only be asked while no operation is under way.
 */
export function elsewhereOf(order: Paid, balances: ProviderTotals): Elsewhere {
  const { refundedMinor, chargedBackMinor, pendingMinor, disputes } = balances;
  const ownMinor = sumOf(order.refunds.map(providerMinorOf));
  const own = new Set(order.refunds.map(({ key }) => key));
  const refunds = balances.refunds.filter(({ ref }) => !own.has(ref));
  const sums = { refundedMinor: refundedMinor + pendingMinor.refund - ownMinor, chargedBackMinor };
  return { ...sums, disputes, ...(refunds.length === 0 ? {} : { refunds }) };
}

/**
 * What is authorized of an order, as the provider's totals say. An authorization that ends there by itself, or is voided by hand, is
 * owed again. While a request of ours is on its way, or a capture is not known to both, nothing follows from them.
 */
export function authorizedBy(
  { authorizedMinor, capturedMinor }: Pick<Order, 'authorizedMinor' | 'capturedMinor'>,
  balances: Pick<PaymentBalances, 'openAuthorizationMinor' | 'capturedMinor' | 'pendingMinor'>,
): number {
  const { authorize, capture, void: voids } = balances.pendingMinor;
  const isSettled = authorize + capture + voids === 0 && balances.capturedMinor === capturedMinor;
  return isSettled ? Math.min(authorizedMinor, capturedMinor + balances.openAuthorizationMinor) : authorizedMinor;
}

/** In the order in which they are paid back. */
function sourcesOf({ cards, capturedMinor, received }: Paid): readonly Source[] {
  return [
    { to: 'payment', key: null, paidMinor: capturedMinor },
    ...received.map(({ id, amountMinor }) => ({ to: 'received' as const, key: id, paidMinor: amountMinor })),
    ...cards.toReversed().map(({ key, paidMinor }) => ({ to: 'card' as const, key, paidMinor })),
  ];
}

/** How an amount that can be refunded is shared out. */
export function splitRefund(order: Paid, amountMinor: number): RefundPart[] {
  let leftMinor = amountMinor;
  const parts = sourcesOf(order).flatMap(({ to, key, paidMinor }): RefundPart[] => {
    const partMinor = Math.min(leftMinor, leftMinorOf(order, { to, key, paidMinor }));
    leftMinor -= partMinor;
    return partMinor === 0 ? [] : [{ to, key, amountMinor: partMinor }];
  });
  assert(leftMinor === 0, 'no more is refunded than was paid');
  return parts;
}

/** The provider may have given back, or lost to disputes, more than it took. */
function leftMinorOf(order: Paid, { to, key, paidMinor }: Source): number {
  const leftMinor = paidMinor - refundedTo(order, { to, key });
  const { refundedMinor, chargedBackMinor } = order.elsewhere;
  return to === 'payment' ? Math.max(0, leftMinor - refundedMinor - chargedBackMinor) : leftMinor;
}

function refundedTo({ refunds }: Pick<Paid, 'refunds'>, source: Pick<RefundPart, 'to' | 'key'>): number {
  const parts = refunds.flatMap(({ parts }) => parts).filter(({ to, key }) => to === source.to && key === source.key);
  return sumOf(parts.map(({ amountMinor }) => amountMinor));
}

/** What of a refund the provider pays out, and so may still decline. */
export function providerMinorOf(refund: Refund): number {
  return sumOf(refund.parts.map(({ to, amountMinor }) => (to === 'payment' ? amountMinor : 0)));
}

/** Only the provider may decline its part, so it is asked first. */
export function refundEffects(refund: Refund, numbering: Numbering): Effect[] {
  return refund.parts
    .filter(({ amountMinor }) => amountMinor > 0)
    .map(({ to, key, amountMinor }, index): Effect => {
      if (to === 'payment' || key === null) return { do: 'refund', refundKey: refund.key, amountMinor };
      if (to === 'received') return { do: 'repay', paymentId: key, refundKey: refund.key, amountMinor };
      return { do: 'credit', card: key, creditKey: keyOf(numbering, `k${index}-`), amountMinor };
    });
}

/** What an operation's effects give back. */
export function refundedByEffects(effects: readonly Effect[]): number {
  const refunds = effects.flatMap((effect) =>
    effect.do === 'refund' || effect.do === 'repay' || effect.do === 'credit' ? [effect.amountMinor] : [],
  );
  return sumOf(refunds);
}
