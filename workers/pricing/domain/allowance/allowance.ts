/**
 * One allowance: something of which there is only so much and which checkouts hold, commit and give back. A promotion's
 * uses and budget are limited by what each hold says the limit is; a gift card and store credit have a balance of their own,
 * which is issued, credited and debited. Promised after every event: `total = available + held + committed`, a balance is
 * never overdrawn, and a limit never exceeded by a hold. The events are the ledger: folding them gives the levels.
 */
import {
  evolveHolds,
  forgetEnded,
  type HoldEvent,
  type Holds,
  nextExpiryAt,
  noHolds,
  reviveHolds,
} from '../../../../shared/holds/holds.ts';
import { PersistentMap } from '../../../../shared/values/persistent-map.ts';
import { assert } from '../../../../shared/values/result.ts';
import { dayMs } from '../../../../shared/values/time.ts';

export interface Allowance {
  /** True for a balance of its own; false where holds bring the limit along. */
  readonly isIssued: boolean;
  /** All that was ever paid in, or the limit of the last hold. Null is no limit. */
  readonly total: number | null;
  readonly held: number;
  /** Includes what was committed under keys that are forgotten. */
  readonly committed: number;
  readonly isDisabled: boolean;
  readonly expiresAt: number | null;
  /** What was paid in or, negative, taken out, by its key: the same key never counts twice. */
  readonly entries: PersistentMap<number>;
  readonly holds: Holds;
}

export const emptyAllowance: Allowance = {
  isIssued: false,
  total: null,
  held: 0,
  committed: 0,
  isDisabled: false,
  expiresAt: null,
  entries: PersistentMap.empty(),
  holds: noHolds,
};

type BalanceEvent = { readonly at: number } & (
  | { readonly type: 'balance-issued'; readonly amountMinor: number; readonly expiresAt: number | null }
  | {
      readonly type: 'balance-credited' | 'balance-debited';
      readonly key: string;
      readonly amountMinor: number;
      readonly reason: string;
      readonly actor: string;
    }
  | { readonly type: 'balance-disabled' | 'balance-enabled'; readonly actor: string }
  | { readonly type: 'limit-changed'; readonly limit: number | null }
);

export type AllowanceEvent = BalanceEvent | HoldEvent;

/** What may still be held; null without a limit. Below zero only after a limit was lowered beneath what is taken. */
export function availableOf({ total, held, committed }: Allowance): number | null {
  return total === null ? null : total - held - committed;
}

export function evolveAllowance(allowance: Allowance, event: AllowanceEvent): Allowance {
  switch (event.type) {
    case 'balance-issued':
      return { ...allowance, isIssued: true, total: event.amountMinor, expiresAt: event.expiresAt };
    case 'balance-credited':
      return entered(allowance, event.key, event.amountMinor);
    case 'balance-debited':
      return entered(allowance, event.key, -event.amountMinor);
    case 'balance-disabled':
    case 'balance-enabled':
      return { ...allowance, isDisabled: event.type === 'balance-disabled' };
    case 'limit-changed':
      return { ...allowance, total: event.limit };
    default:
      return moved(allowance, event);
  }
}

/** How often each event of a hold adds its quantity to what is held and to what is committed. */
const moves: Readonly<Record<HoldEvent['type'], readonly [held: number, committed: number]>> = {
  'hold-placed': [1, 0],
  'hold-committed': [-1, 1],
  'hold-released': [-1, 0],
  'hold-expired': [-1, 0],
  'hold-returned': [0, -1],
  'hold-barred': [0, 0],
};

function entered(allowance: Allowance, key: string, deltaMinor: number): Allowance {
  const total = (allowance.total ?? 0) + deltaMinor;
  return checked({ ...allowance, total, entries: allowance.entries.set(key, deltaMinor) });
}

function moved(allowance: Allowance, event: HoldEvent): Allowance {
  const holds = evolveHolds(allowance.holds, event);
  const quantity = (holds.open.get(event.key) ?? holds.closed.get(event.key))?.quantity ?? 0;
  const [held, committed] = moves[event.type];
  return checked({
    ...allowance,
    holds,
    held: allowance.held + held * quantity,
    committed: allowance.committed + committed * quantity,
  });
}

function checked(allowance: Allowance): Allowance {
  assert(allowance.held >= 0 && allowance.committed >= 0, 'no level of an allowance is negative');
  assert(!allowance.isIssued || (availableOf(allowance) ?? 0) >= 0, 'a balance is never overdrawn');
  return allowance;
}

/** The next moment at which a hold ends by itself. */
export function allowanceWakeAt(allowance: Allowance): number | null {
  return nextExpiryAt(allowance.holds);
}

/** Keys that ended two days ago are forgotten: every retry and every saga is over by then. */
const forgetEndedAfterMs = 2 * dayMs;
/**
 * A use that was committed so long ago stays counted but cannot be given back: a popular code would otherwise carry every
 * order it was ever used in. Money is never forgotten: a balance keeps all its commitments.
 */
const forgetUsesAfterMs = 90 * dayMs;

export function compactAllowance(allowance: Allowance, now: number): Allowance {
  const holds = forgetEnded(allowance.holds, now - forgetEndedAfterMs);
  if (allowance.isIssued) return { ...allowance, holds };
  const kept = [...holds.closed].filter(([, hold]) => hold.closedAt >= now - forgetUsesAfterMs);
  return { ...allowance, holds: { ...holds, closed: PersistentMap.from(kept) } };
}

export function reviveAllowance(json: string): Allowance {
  const plain: Omit<Allowance, 'holds' | 'entries'> & {
    holds: Parameters<typeof reviveHolds>[0];
    entries: Iterable<readonly [string, number]>;
  } = JSON.parse(json);
  return { ...plain, entries: PersistentMap.from(plain.entries), holds: reviveHolds(plain.holds) };
}
