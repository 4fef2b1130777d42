/**
 * A model of the hold protocol that shares no line with it: keys in a map and a few ifs. Property tests play the same
 * commands to both and compare the answers; the invariants here are asked after every single command.
 */
import type { Decision, Holds } from '../holds/holds.ts';

type KeyState = 'open' | 'committed' | 'released' | 'expired' | 'returned' | 'barred';

interface Key {
  readonly state: KeyState;
  readonly quantity: number;
  readonly until: number;
}

export type HoldCommand =
  | {
      readonly type: 'hold';
      readonly key: string;
      readonly quantity: number;
      readonly until: number;
      readonly now: number;
    }
  | { readonly type: 'commit' | 'undo' | 'release'; readonly key: string; readonly now: number }
  | { readonly type: 'expire'; readonly now: number };

/** A refusal with its facts, or null. */
export type Verdict = { readonly code: string; readonly [fact: string]: unknown } | null;

/** What the protocol promises, told once more as simply as possible. */
export class HoldOracle {
  readonly keys = new Map<string, Key>();

  expire(now: number): void {
    for (const [name, key] of this.keys)
      if (key.state === 'open' && key.until <= now) this.keys.set(name, { ...key, state: 'expired' });
  }

  /** `free` is what may still be taken. */
  apply(command: HoldCommand, free: number): Verdict {
    this.expire(command.now);
    if (command.type === 'expire') return null;
    const key = this.keys.get(command.key);
    switch (command.type) {
      case 'hold':
        if (key?.state === 'open' || key?.state === 'committed')
          return key.quantity === command.quantity ? null : { code: 'hold-key-conflict' };
        if (key !== undefined) return { code: 'hold-closed', state: key.state };
        if (command.until <= command.now) return { code: 'hold-closed', state: 'expired' };
        if (command.quantity > free)
          return { code: 'insufficient-stock', requested: command.quantity, available: Math.max(0, free) };
        this.keys.set(command.key, { state: 'open', quantity: command.quantity, until: command.until });
        return null;
      case 'commit':
        if (key?.state === 'open') this.keys.set(command.key, { ...key, state: 'committed' });
        if (key?.state === 'open' || key?.state === 'committed') return null;
        return { code: 'hold-closed', state: key?.state ?? 'absent' };
      case 'undo':
        if (key === undefined) this.keys.set(command.key, { state: 'barred', quantity: 0, until: 0 });
        else if (key.state === 'open') this.keys.set(command.key, { ...key, state: 'released' });
        else if (key.state === 'committed') this.keys.set(command.key, { ...key, state: 'returned' });
        return null;
      case 'release':
        if (key === undefined) this.keys.set(command.key, { state: 'barred', quantity: 0, until: 0 });
        else if (key.state === 'open') this.keys.set(command.key, { ...key, state: 'released' });
        return null;
    }
  }

  sum(state: KeyState): number {
    let sum = 0;
    for (const key of this.keys.values()) if (key.state === state) sum += key.quantity;
    return sum;
  }
}

/** One command as it was seen: what it met, what it was answered and what it left. */
export interface HoldSeen {
  readonly before: Holds;
  readonly after: Holds;
  readonly command: HoldCommand;
  readonly verdict: Verdict;
  readonly expected: Verdict;
  readonly oracle: HoldOracle;
  /** Keys that were seen expired at some time, whatever the clock said since. */
  readonly everExpired: ReadonlySet<string>;
  /** Decides a further command on what was left, without keeping its events. */
  probe(command: HoldCommand): Decision<unknown, { readonly code: string }>;
}

export type Invariant<Seen> = (seen: Seen) => string | null;

function stateOf(holds: Holds, key: string): KeyState | 'absent' {
  return holds.open.has(key) ? 'open' : (holds.closed.get(key)?.state ?? 'absent');
}

/** What may become of a key in one command. */
const mayBecome: Readonly<Record<KeyState | 'absent', readonly string[]>> = {
  absent: ['absent', 'open', 'barred'],
  open: ['open', 'committed', 'released', 'expired'],
  committed: ['committed', 'returned'],
  released: ['released'],
  expired: ['expired'],
  returned: ['returned'],
  barred: ['barred'],
};

export const holdInvariants = {
  /** The quantities of open and of committed keys are those of the model. */
  INV2({ after, oracle }) {
    let open = 0;
    for (const [, hold] of after.open) open += hold.quantity;
    let committed = 0;
    for (const [, hold] of after.closed) if (hold.state === 'committed') committed += hold.quantity;
    if (open !== oracle.sum('open')) return `${open} are held where ${oracle.sum('open')} should be`;
    if (committed !== oracle.sum('committed')) return `${committed} are committed, not ${oracle.sum('committed')}`;
    return null;
  },

  /** A key moves along the protocol, what has ended stays ended, and a commit after the end fails. */
  INV5({ before, after, command, verdict }) {
    for (const holds of [before.open, before.closed]) {
      for (const [key] of holds) {
        const [was, is] = [stateOf(before, key), stateOf(after, key)];
        if (!mayBecome[was].includes(is)) return `the key ${key} went from ${was} to ${is}`;
      }
    }
    if (command.type !== 'commit' || verdict !== null) return null;
    const open = before.open.get(command.key);
    const isHeld = open !== undefined && open.until > command.now;
    return isHeld || stateOf(before, command.key) === 'committed' ? null : 'a commit went through without a hold';
  },

  /** The same command again gets the same answer and changes nothing; the same key for something else is refused. */
  INV6({ after, command, verdict, probe }) {
    const again = probe(command);
    if (again.events.length > 0) return `a second ${command.type} changes something`;
    if (JSON.stringify(again.refusal) !== JSON.stringify(verdict))
      return `a second ${command.type} is answered otherwise`;
    if (command.type !== 'hold' || !['open', 'committed'].includes(stateOf(after, command.key))) return null;
    const other = probe({ ...command, quantity: (after.open.get(command.key)?.quantity ?? command.quantity) + 1_000 });
    return other.refusal?.code === 'hold-key-conflict' && other.events.length === 0
      ? null
      : 'a key was taken for another quantity';
  },

  /** An undo leaves nothing to undo and bars a hold that arrives after it; so does a release, but for a commitment. */
  INV7({ before, after, command, probe }) {
    if (command.type !== 'undo' && command.type !== 'release') return null;
    if (command.type === 'release' && stateOf(before, command.key) === 'committed')
      return stateOf(after, command.key) === 'committed' ? null : 'a release took what was committed';
    if (probe(command).events.length > 0) return 'a second undo gives back again';
    const late = probe({ ...command, type: 'hold', quantity: 1, until: command.now + 1 });
    return late.refusal?.code === 'hold-closed' ? null : 'a hold was taken after its undo';
  },

  /** What has expired stays so when the clock goes back. */
  INV10({ after, command, verdict, everExpired }) {
    for (const key of everExpired) if (stateOf(after, key) !== 'expired') return `${key} has expired and came back`;
    if (command.type !== 'hold' && command.type !== 'commit') return null;
    return everExpired.has(command.key) && verdict === null ? `an expired ${command.type} went through` : null;
  },

  /** Every answer is the one of the model, with all its facts. */
  oracle({ verdict, expected }) {
    const [is, should] = [JSON.stringify(verdict), JSON.stringify(expected)];
    return is === should ? null : `answered ${is} where the model answers ${should}`;
  },
} satisfies Record<string, Invariant<HoldSeen>>;
