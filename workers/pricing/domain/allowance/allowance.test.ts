/** What an allowance forgets with time, and what it never forgets; when it wakes, and what a list shows of it. */
import { describe, expect, test } from 'vitest';
import { allowanceStreams, isListed, levelsOf } from '../../../../durable-objects/allowance/streams.ts';
import { dayMs } from '../../../../shared/values/time.ts';
import { type Allowance, compactAllowance, emptyAllowance, evolveAllowance, reviveAllowance } from './allowance.ts';
import { type AllowanceCommand, decideAllowance } from './decide.ts';

const at = 1_800_000_000_000;

function allowanceAfter(...commands: readonly AllowanceCommand[]): Allowance {
  return commands.reduce(
    (allowance, command) => decideAllowance(allowance, command).events.reduce(evolveAllowance, allowance),
    emptyAllowance,
  );
}

const issue: AllowanceCommand = { type: 'issue', amountMinor: 10, expiresAt: null, now: at };
const hold = (key: string, quantity = 1, now = at): AllowanceCommand => ({
  type: 'hold',
  key,
  quantity,
  limit: 3,
  until: now + 60_000,
  now,
});
const commit = (key: string): AllowanceCommand => ({ type: 'commit', key, now: at });
const undoLater: AllowanceCommand = { type: 'undo', key: 'a', now: at + 100 * dayMs };

describe('after a hundred days', () => {
  const later = at + 100 * dayMs;

  test('a use stays counted, although its checkout is forgotten', () => {
    const uses = compactAllowance(allowanceAfter(hold('a'), commit('a'), hold('b'), commit('b')), later);
    expect(uses.holds.closed.size).toBe(0);
    expect(levelsOf('promo:x', { state: uses, version: 5 })).toMatchObject({ committed: 2, available: 1 });
    expect(decideAllowance(uses, hold('c', 2, later)).refusal).toMatchObject({
      code: 'insufficient-stock',
      available: 1,
    });
    expect(decideAllowance(uses, undoLater).events).toEqual([{ type: 'hold-barred', key: 'a', at: later }]);
  });

  test('what a card paid can still be given back', () => {
    const card = compactAllowance(allowanceAfter(issue, hold('a', 4), commit('a')), later);
    expect(decideAllowance(card, undoLater).events).toEqual([{ type: 'hold-returned', key: 'a', at: later }]);
  });
});

test('a use of last month can be given back', () => {
  const uses = compactAllowance(allowanceAfter(hold('a'), commit('a')), at + 30 * dayMs);
  expect(decideAllowance(uses, undoLater).events).toMatchObject([{ type: 'hold-returned' }]);
});

test('a limit that is lowered beneath what is taken lets nothing more through, and takes nothing back', () => {
  const taken = allowanceAfter(hold('a', 3), commit('a'));
  const lowered = decideAllowance(taken, { type: 'hold', key: 'b', quantity: 1, limit: 2, until: at + 1, now: at });
  expect(lowered).toEqual({ events: [], refusal: { code: 'insufficient-stock', requested: 1, available: 0 } });
});

test('a snapshot reads back as the allowance that was written', () => {
  const card = allowanceAfter(issue, hold('a', 4), commit('a'), hold('b', 2));
  const revived = reviveAllowance(JSON.stringify(card));
  expect(levelsOf('gift:x', { state: revived, version: 4 })).toEqual(levelsOf('gift:x', { state: card, version: 4 }));
  expect(decideAllowance(revived, hold('b', 2))).toEqual({ events: [], refusal: null });
});

test('it wakes for the first hold that ends', () => {
  expect(allowanceStreams.wakeAt(allowanceAfter(hold('a')))).toBe(at + 60_000);
  expect(allowanceStreams.wakeAt(allowanceAfter(hold('a'), commit('a')))).toBeNull();
});

test.each([
  ['promo:pro_1', true],
  ['promo:pro_1:cus_1', false],
  ['budget:pro_1:EUR', true],
  ['gift:gft_1', false],
  ['credit:cus_1:EUR', false],
])('before anything was issued, a list shows %s: %s', (allowance, isShown) => {
  expect(isListed(allowance, emptyAllowance)).toBe(isShown);
});

test('a list shows a card that was issued', () => {
  expect(isListed('gift:gft_1', allowanceAfter(issue))).toBe(true);
});
