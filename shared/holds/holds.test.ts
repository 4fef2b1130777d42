/** The hold protocol by example: what a key may do next, and when what has ended is forgotten. */
import { describe, expect, test } from 'vitest';
import { dayMs } from '../values/time.ts';
import {
  committedParts,
  decideCommit,
  decideHold,
  decideRelease,
  decideUndo,
  evolveHolds,
  expireDue,
  forgetEnded,
  type HoldEvent,
  nextExpiryAt,
  noHolds,
  recommit,
  reviveHolds,
} from './holds.ts';

const at = 1_000_000;
const placed = (key: string, until = at + 60_000): HoldEvent => ({
  type: 'hold-placed',
  key,
  parts: [{ poolId: 'loc_main', quantity: 2 }],
  until,
  at,
});
const holdsAfter = (...events: readonly HoldEvent[]) => events.reduce(evolveHolds, noHolds);
const plenty = (quantity: number) => ({ parts: [{ poolId: 'loc_main', quantity }] });
const hold = { key: 'a', quantity: 2, until: at + 60_000, now: at };

const ends = [
  ['released', { type: 'hold-released', key: 'a', at }],
  ['expired', { type: 'hold-expired', key: 'a', at }],
  ['returned', { type: 'hold-returned', key: 'a', at }],
  ['barred', { type: 'hold-barred', key: 'a', at }],
] as const satisfies readonly (readonly [string, HoldEvent])[];

describe('a key that nobody used', () => {
  test('takes a hold that ends at its time', () => {
    expect(decideHold(noHolds, hold, plenty).events).toEqual([placed('a')]);
  });

  test('is refused a hold that would be over already', () => {
    expect(decideHold(noHolds, { ...hold, until: at }, plenty).refusal).toEqual({
      code: 'hold-closed',
      state: 'expired',
    });
  });

  test('is refused more than there is, and told what there is', () => {
    expect(decideHold(noHolds, hold, () => ({ available: 1 })).refusal).toEqual({
      code: 'insufficient-stock',
      requested: 2,
      available: 1,
    });
  });

  test('has nothing to commit', () => {
    expect(decideCommit(noHolds, hold).refusal).toEqual({ code: 'hold-closed', state: 'absent' });
  });

  test('is barred by an undo, so that the late hold is refused', () => {
    const barred = decideUndo(noHolds, hold).events.reduce(evolveHolds, noHolds);
    expect(decideHold(barred, hold, plenty).refusal).toEqual({ code: 'hold-closed', state: 'barred' });
  });
});

describe.each(ends)('a key that is %s', (state, event) => {
  const ended = holdsAfter(placed('a'), event);

  test('cannot be held again', () => {
    expect(decideHold(ended, hold, plenty)).toEqual({ events: [], refusal: { code: 'hold-closed', state } });
  });

  test('cannot be committed', () => {
    expect(decideCommit(ended, hold)).toEqual({ events: [], refusal: { code: 'hold-closed', state } });
  });

  test('has nothing left to undo', () => {
    expect(decideUndo(ended, hold)).toEqual({ events: [], refusal: null });
  });
});

describe('a committed key', () => {
  const committed = holdsAfter(placed('a'), { type: 'hold-committed', key: 'a', at });

  test('answers its hold and its commit again without a change', () => {
    expect(decideHold(committed, hold, plenty)).toEqual({ events: [], refusal: null });
    expect(decideCommit(committed, hold)).toEqual({ events: [], refusal: null });
  });

  test('never expires', () => {
    expect(expireDue(committed, at + 365 * dayMs)).toEqual([]);
    expect(nextExpiryAt(committed)).toBeNull();
  });

  test('stays committed when whoever held it gives up holding', () => {
    expect(decideRelease(committed, hold)).toEqual({ events: [], refusal: null });
  });

  test('is given back by an undo', () => {
    expect(decideUndo(committed, hold).events).toEqual([{ type: 'hold-returned', key: 'a', at }]);
  });
});

describe('holds whose time is over', () => {
  const holds = holdsAfter(placed('a', at + 10), placed('b', at + 20), placed('c', at + 30));

  test.each([
    [at + 9, []],
    [at + 10, ['a']],
    [at + 20, ['a', 'b']],
    [at + 31, ['a', 'b', 'c']],
  ])('are those whose end is not after %i', (now, keys) => {
    expect(
      expireDue(holds, now)
        .map((event) => event.key)
        .sort(),
    ).toEqual(keys);
  });

  test('are announced by the earliest of them', () => {
    expect(nextExpiryAt(holds)).toBe(at + 10);
  });
});

describe('keys that ended long ago', () => {
  const committedFirst: HoldEvent = { type: 'hold-committed', key: 'kept', at };
  const holds = holdsAfter(placed('kept'), committedFirst, placed('old'), {
    type: 'hold-released',
    key: 'old',
    at: at + 99,
  });

  test('are forgotten, while a commitment is kept for good', () => {
    const left = forgetEnded(holds, at + 100);
    expect([...left.closed].map(([key]) => key)).toEqual(['kept']);
  });

  test('are forgotten with a commitment of which nothing is left, unless its owner needs the key', () => {
    const empty = recommit(holds, 'kept', []);
    expect([...forgetEnded(empty, at + 100).closed]).toEqual([]);
    expect([...forgetEnded(empty, at + 100, (key) => key === 'kept').closed]).toHaveLength(1);
  });

  test('are kept until then', () => {
    expect(forgetEnded(holds, at + 99).closed.has('old')).toBe(true);
  });
});

describe('where a commitment lies', () => {
  const holds = holdsAfter(placed('a'), placed('b'), { type: 'hold-committed', key: 'b', at });
  const parts = [{ poolId: 'elsewhere', quantity: 1 }];

  test('can be written anew, and its key still stands for what was held', () => {
    const { quantity } = holds.closed.get('b') ?? { quantity: 0 };
    const after = recommit(holds, 'b', parts);
    expect(committedParts(after, 'b')).toEqual(parts);
    const again = decideHold(after, { key: 'b', quantity, until: at + 9, now: at }, () => ({ available: 0 }));
    expect(again).toEqual({ events: [], refusal: null });
  });

  test('is nothing for what is only held, and stays so', () => {
    expect(committedParts(recommit(holds, 'a', parts), 'a')).toEqual([]);
    expect(recommit(holds, 'a', parts)).toBe(holds);
  });
});

test('a snapshot reads back as the holds that were written', () => {
  const holds = holdsAfter(placed('a'), placed('b'), { type: 'hold-committed', key: 'b', at });
  const revived = reviveHolds(JSON.parse(JSON.stringify(holds)));
  expect(revived.open.get('a')).toEqual(holds.open.get('a'));
  expect(revived.closed.get('b')).toEqual(holds.closed.get('b'));
  expect([revived.open.size, revived.closed.size]).toEqual([1, 1]);
});
