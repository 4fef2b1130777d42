/** What must hold of stock after every command, each promise under its name in the design of the tests. */

import { type HoldSeen, holdInvariants, type Invariant } from '../../../shared/testing/hold-model.ts';
import { owedOf, type Stock, type StockCommand, totalsOf } from '../domain/decide.ts';

/** One command as it was seen: what it met, what it was answered and what it left. */
export interface StockSeen extends Omit<HoldSeen, 'before' | 'after' | 'command'> {
  readonly before: Stock;
  readonly after: Stock;
  readonly command: StockCommand;
  /** On hand per place by the ledger alone: what was opened with and what was adjusted. */
  readonly ledger: ReadonlyMap<string, number>;
}

function ofHolds(ask: Invariant<HoldSeen>): Invariant<StockSeen> {
  return ({ before, after, command, ...seen }) => {
    const { type } = command;
    if (type === 'open' || type === 'adjust' || type === 'change-floor') return null;
    return ask({ ...seen, before: before.holds, after: after.holds, command });
  };
}

export const stockInvariants = {
  /** onHand = available + held + committed, and every level is a whole number that is not negative. */
  INV1({ after }) {
    const { onHand, held, committed, available } = totalsOf(after);
    if (onHand !== available + held + committed) return 'the totals do not add up';
    for (const [place, level] of Object.entries(after.levels)) {
      for (const count of [level.onHand, level.held, level.committed])
        if (!Number.isSafeInteger(count) || count < 0) return `${place} has ${JSON.stringify(level)}`;
    }
    return null;
  },

  /** Held and committed are, at every place, the sums of the holds there; and over all places those of the model. */
  INV2(seen) {
    const { levels, holds } = seen.after;
    const sums = new Map(Object.keys(levels).map((place) => [place, { held: 0, committed: 0 }]));
    for (const [, hold] of holds.open)
      for (const part of hold.parts) (sums.get(part.poolId) ?? { held: 0 }).held += part.quantity;
    for (const [, hold] of holds.closed)
      if (hold.state === 'committed')
        for (const part of hold.parts) (sums.get(part.poolId) ?? { committed: 0 }).committed += part.quantity;
    for (const [place, { held, committed }] of sums) {
      const level = levels[place];
      if (level?.held !== held || level.committed !== committed)
        return `${place} shows ${JSON.stringify(level)} for ${held} held and ${committed} committed`;
    }
    return ofHolds(holdInvariants.INV2)(seen);
  },

  /** The ledger of movements alone gives what is on hand. */
  INV3({ after, ledger }) {
    for (const [place, level] of Object.entries(after.levels))
      if (level.onHand !== (ledger.get(place) ?? 0)) return `${place} has ${level.onHand}, its ledger says otherwise`;
    return null;
  },

  INV5: ofHolds(holdInvariants.INV5),
  INV6: ofHolds(holdInvariants.INV6),
  INV7: ofHolds(holdInvariants.INV7),

  /** Nothing but a count makes places owe more than the floor allows. */
  INV8({ before, after, command }) {
    if (command.type === 'adjust') return null;
    const [was, is] = [owedOf(before), owedOf(after)];
    return is > was && is > -after.floor ? `${is} are owed where the floor is ${after.floor}` : null;
  },

  INV10: ofHolds(holdInvariants.INV10),

  /** Every answer is the one of the model, with all its facts. */
  oracle: holdInvariants.oracle as Invariant<unknown> as Invariant<StockSeen>,
} satisfies Record<string, Invariant<StockSeen>>;

/** What is not asked per command: INV9 at every eviction and at the end. */
export type StockInvariantName = keyof typeof stockInvariants | 'INV9';
