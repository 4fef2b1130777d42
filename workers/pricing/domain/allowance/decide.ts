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

export type AllowanceCommand = { readonly now: number } & (
  | { readonly type: 'issue'; readonly amountMinor: number; readonly expiresAt: number | null }
  | {
      readonly type: 'adjust';
      /** Idempotent: one entry per key. */
      readonly key: string;
      readonly deltaMinor: number;
      readonly reason: string;
      readonly actor: string;
    }
  | { readonly type: 'switch'; readonly isDisabled: boolean; readonly actor: string }
  | {
      readonly type: 'hold';
      readonly key: string;
      readonly quantity: number;
      /** Ignored by a balance, which is its own limit. Null is no limit. */
      readonly limit: number | null;
      readonly until: number;
    }
  | { readonly type: 'commit' | 'undo' | 'release'; readonly key: string }
  | { readonly type: 'expire' }
);

export type AllowanceCommandRefusal =
  | HoldCommandRefusal
  | { readonly code: 'allowance-unusable'; readonly reason: 'disabled' | 'expired' }
  | { readonly code: 'entry-key-conflict' | 'balance-too-large' };

type AllowanceDecision = Decision<AllowanceEvent, AllowanceCommandRefusal>;

/** Ended holds come to light before anything else is decided, so nobody is refused for a hold that is over. */
export function decideAllowance(allowance: Allowance, command: AllowanceCommand): AllowanceDecision {
  const expired = expireDue(allowance.holds, command.now);
  const decision = decideOn(expired.reduce(evolveAllowance, allowance), command);
  return { events: [...expired, ...decision.events], refusal: decision.refusal };
}

function decideOn(allowance: Allowance, command: AllowanceCommand): AllowanceDecision {
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

function decideAdjust(allowance: Allowance, command: Extract<AllowanceCommand, { type: 'adjust' }>): AllowanceDecision {
  const { key, deltaMinor, reason, actor, now } = command;
  const known = allowance.entries.get(key);
  if (known !== undefined) return known === deltaMinor ? decided() : declined({ code: 'entry-key-conflict' });
  const available = availableOf(allowance) ?? 0;
  if (deltaMinor < 0 && -deltaMinor > available)
    return declined({ code: 'insufficient-stock', requested: -deltaMinor, available });
  if ((allowance.total ?? 0) + deltaMinor > amountMax) return declined({ code: 'balance-too-large' });
  const type = deltaMinor < 0 ? 'balance-debited' : 'balance-credited';
  return decided({ type, key, amountMinor: Math.abs(deltaMinor), reason, actor, at: now });
}

/** A key that has its hold already keeps it, whatever became of the allowance since. */
function decideHoldOn(allowance: Allowance, command: Extract<AllowanceCommand, { type: 'hold' }>): AllowanceDecision {
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
