/** The streams of allowances: how one is folded, when it wants to be woken, what a reader is told. No platform. */
import { type AllowanceLevels, partsOfAllowance } from '../../shared/contracts/pricing/allowances.ts';
import type { StreamType } from '../../shared/streams/ports.ts';
import type { Loaded } from '../../shared/streams/streams.ts';
import {
  type Allowance,
  type AllowanceEvent,
  allowanceWakeAt,
  availableOf,
  compactAllowance,
  emptyAllowance,
  evolveAllowance,
  reviveAllowance,
} from '../../workers/pricing/domain/allowance/allowance.ts';

export const allowanceStreams: StreamType<Allowance, AllowanceEvent> = {
  initial: emptyAllowance,
  evolve: evolveAllowance,
  revive: reviveAllowance,
  // Nobody outside of pricing needs to hear of a hold: the read model is written by the object itself.
  publish: () => [],
  wakeAt: allowanceWakeAt,
  compact: compactAllowance,
};

export function levelsOf(allowance: string, { state, version }: Loaded<Allowance>): AllowanceLevels {
  const { total, held, committed, isDisabled, expiresAt } = state;
  return { allowance, total, held, committed, available: availableOf(state), isDisabled, expiresAt, version };
}

/**
 * Whether the read model has a row for it. A promotion has as many allowances as customers, which nobody lists; and a balance
 * that was only barred so far has not begun.
 */
export function isListed(allowance: string, { isIssued }: Allowance): boolean {
  const { kind, ids } = partsOfAllowance(allowance);
  return kind === 'promo' ? ids.length === 1 : kind === 'code' || kind === 'budget' || isIssued;
}
