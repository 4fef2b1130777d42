/** Gift cards, store credits and their ledgers as merchants see them. */

import type { AllowanceLevels } from '../../../shared/contracts/pricing/allowances.ts';
import type {
  BalanceMovementView,
  GiftCardView,
  StoreCreditView,
} from '../../../shared/contracts/pricing/gift-cards-http.ts';
import { type Currency, money } from '../../../shared/values/money.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import type { AllowanceMovement } from './service/allowance-object.ts';
import type { GiftCard, Listed, StoreCredit } from './store.ts';

type Levels = Pick<AllowanceLevels, 'total' | 'held' | 'committed' | 'isDisabled'>;

/** Without the code: who asks knows whether and from where it is told. */
export function giftCardView(card: GiftCard, levels: Levels, asOf: number): Omit<GiftCardView, 'code'> {
  const { id, last4, currency, amountMinor, expiresAt, note, createdAt, orderId, lineId } = card;
  return {
    id,
    last4,
    initial: money(amountMinor, currency),
    ...balanceView(levels, currency, asOf),
    isDisabled: levels.isDisabled,
    expiresAt: expiresAt === null ? null : toTimestamp(expiresAt),
    note,
    createdAt: toTimestamp(createdAt),
    orderId,
    lineId,
  };
}

/** A card that nobody has touched is worth what it was issued with. */
export function listedCardView({ row, levels }: Listed<GiftCard>): Omit<GiftCardView, 'code'> {
  return giftCardView(row, levels ?? untouched(row.amountMinor), levels?.asOf ?? row.createdAt);
}

export function storeCreditView({ customerId, currency }: StoreCredit, levels: Levels, asOf: number): StoreCreditView {
  return { customerId, currency, ...balanceView(levels, currency, asOf) };
}

export function listedCreditView({ row, levels }: Listed<StoreCredit>) {
  return storeCreditView(row, levels ?? untouched(0), levels?.asOf ?? row.createdAt);
}

export function untouched(total: number): Levels {
  return { total, held: 0, committed: 0, isDisabled: false };
}

function balanceView({ total, held, committed }: Levels, currency: Currency, asOf: number) {
  const balance = (total ?? 0) - committed;
  return {
    balance: money(balance, currency),
    held: money(held, currency),
    available: money(balance - held, currency),
    asOf: toTimestamp(asOf),
  };
}

export function movementView(
  { sequence, event, heldMinor }: AllowanceMovement,
  currency: Currency,
): BalanceMovementView {
  const amountMinor = 'amountMinor' in event ? event.amountMinor : heldMinor;
  return {
    sequence,
    type: event.type,
    at: toTimestamp(event.at),
    ...(amountMinor === null ? {} : { amount: money(amountMinor, currency) }),
    ...('key' in event ? { key: event.key } : {}),
    ...('reason' in event ? { reason: event.reason } : {}),
    ...('actor' in event ? { actor: event.actor } : {}),
  };
}
