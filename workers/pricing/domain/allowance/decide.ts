/** What may be done with an allowance, and when it is refused. Pure: the time and all ids come with the command. */
import {
  type Decision,
  decideCommit,
  decided,
  decideHold,
  decideRelease,
  decideUndo,
  declined,
  expireDue,
  type HoldCommandRefusal,
} from '../../../../shared/holds/holds.ts';
import { amountMax } from '../../../../shared/values/money.ts';
import { unreachable } from '../../../../shared/values/result.ts';
import { type Allowance, type AllowanceEvent, availableOf, evolveAllowance } from './allowance.ts';

export type AllowanceCommand =
  | {
      readonly type: 'issue';
      readonly amountMinor: number;
      readonly expiresAt: number | null;
      readonly now: number;
    }
  | {
      readonly type: 'adjust';
      /** Idempotent: one entry per key. */
      readonly key: string;
      readonly deltaMinor: number;
      readonly reason: string;
      readonly actor: string;
      readonly now: number;
    }
  | { readonly type: 'switch'; readonly isDisabled: boolean; readonly actor: string; readonly now: number }
  | {
      readonly type: 'hold';
      readonly key: string;
      readonly quantity: number;
      /** Ignored by a balance, which is its own limit. Null is no limit. */
      readonly limit: number | null;
      readonly until: number;
      readonly now: number;
    }
  | { readonly type: 'commit' | 'undo' | 'release'; readonly key: string; readonly now: number }
  | { readonly type: 'expire'; readonly now: number };

export type AllowanceCommandRefusal =
  | HoldCommandRefusal
  | { readonly code: 'allowance-unusable'; readonly reason: 'disabled' | 'expired' }
  | { readonly code: 'entry-key-conflict' }
  | { readonly code: 'balance-too-large' };

/** Ended holds come to light before anything else is decided, so nobody is refused for a hold that is over. */
export function decideAllowance(
  allowance: Allowance,
  command: AllowanceCommand,
): Decision<AllowanceEvent, AllowanceCommandRefusal> {
  const expired = expireDue(allowance.holds, command.now);
  const decision = decideOn(expired.reduce(evolveAllowance, allowance), command);
  return { events: [...expired, ...decision.events], refusal: decision.refusal };
}

function decideOn(allowance: Allowance, command: AllowanceCommand): Decision<AllowanceEvent, AllowanceCommandRefusal> {
  switch (command.type) {
    case 'issue': {
      const { amountMinor, expiresAt, now } = command;
      return allowance.isIssued ? decided() : decided({ type: 'balance-issued', amountMinor, expiresAt, at: now });
    }
    case 'adjust':
      return decideAdjust(allowance, command);
    case 'switch': {
      const { isDisabled, actor, now } = command;
      if (allowance.isDisabled === isDisabled) return decided();
      return decided({ type: isDisabled ? 'balance-disabled' : 'balance-enabled', actor, at: now });
    }
    case 'hold':
      return decideHoldOn(allowance, command);
    case 'commit':
      return decideCommit(allowance.holds, command);
    case 'undo':
      return decideUndo(allowance.holds, command);
    case 'release':
      return decideRelease(allowance.holds, command);
    case 'expire':
      return decided();
    default:
      return unreachable(command);
  }
}

function decideAdjust(
  allowance: Allowance,
  command: Extract<AllowanceCommand, { type: 'adjust' }>,
): Decision<AllowanceEvent, AllowanceCommandRefusal> {
  const { key, deltaMinor, reason, actor, now } = command;
  const known = allowance.entries.get(key);
  if (known !== undefined) return known === deltaMinor ? decided() : declined({ code: 'entry-key-conflict' });
  const available = availableOf(allowance) ?? 0;
  if (deltaMinor < 0 && -deltaMinor > available)
    return declined({ code: 'insufficient-stock', requested: -deltaMinor, available });
  if ((allowance.total ?? 0) + deltaMinor > amountMax) return declined({ code: 'balance-too-large' });
  return decided({
    type: deltaMinor < 0 ? 'balance-debited' : 'balance-credited',
    key,
    amountMinor: Math.abs(deltaMinor),
    reason,
    actor,
    at: now,
  });
}

/** A key that has its hold already keeps it, whatever became of the allowance since. */
function decideHoldOn(
  allowance: Allowance,
  command: Extract<AllowanceCommand, { type: 'hold' }>,
): Decision<AllowanceEvent, AllowanceCommandRefusal> {
  const { key, now } = command;
  const isNew = !allowance.holds.open.has(key) && !allowance.holds.closed.has(key);
  if (isNew && allowance.isDisabled) return declined({ code: 'allowance-unusable', reason: 'disabled' });
  if (isNew && allowance.expiresAt !== null && allowance.expiresAt <= now)
    return declined({ code: 'allowance-unusable', reason: 'expired' });
  const total = allowance.isIssued ? allowance.total : command.limit;
  const decision = decideHold(allowance.holds, command, (quantity) => {
    const available = availableOf({ ...allowance, total });
    if (available !== null && quantity > available) return { available: Math.max(0, available) };
    return { parts: [{ poolId: 'allowance', quantity }] };
  });
  if (decision.events.length === 0 || total === allowance.total) return decision;
  return { events: [{ type: 'limit-changed', limit: total, at: now }, ...decision.events], refusal: null };
}
