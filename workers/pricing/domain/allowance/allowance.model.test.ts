/**
 * Allowances against their model: random commands with repetitions, expiry, a clock that goes back and evictions. Each
 * invariant then has to notice a fault that was planted for it.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HoldOracle } from '../../../../shared/testing/hold-model.ts';
import { faultFound, type Note, playMany } from '../../../../shared/testing/plausible.ts';
import { PersistentMap } from '../../../../shared/values/persistent-map.ts';
import {
  type AllowanceCore,
  AllowanceRun,
  allowanceCore,
  type InvariantName,
  issuedMinor,
  type Subject,
} from '../../testing/allowance-model.ts';
import { type Allowance, evolveAllowance, reviveAllowance } from './allowance.ts';
import { type AllowanceCommand, decideAllowance } from './decide.ts';

type Step =
  | {
      readonly do: 'hold';
      readonly key: number;
      readonly quantity: number;
      readonly limit: number | null;
      readonly seconds: number;
    }
  | { readonly do: 'commit' | 'undo' | 'release'; readonly key: number }
  | { readonly do: 'adjust'; readonly key: number; readonly delta: number }
  | { readonly do: 'switch'; readonly isDisabled: boolean }
  | { readonly do: 'expire' | 'evict' }
  | { readonly do: 'tick'; readonly seconds: number }
  | { readonly do: 'replay'; readonly last: number };

const key = fc.integer({ min: 0, max: 3 });
const hold = fc.record({
  do: fc.constant('hold' as const),
  key,
  quantity: fc.integer({ min: 1, max: 5 }),
  limit: fc.constantFrom(0, 3, 8, 8, 8, null),
  seconds: fc.integer({ min: -10, max: 900 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: hold, weight: 3 },
  {
    arbitrary: fc.record({ do: fc.constantFrom('commit' as const, 'undo' as const, 'release' as const), key }),
    weight: 3,
  },
  fc.record({ do: fc.constant('adjust' as const), key, delta: fc.integer({ min: -6, max: 6 }) }),
  fc.record({ do: fc.constant('switch' as const), isDisabled: fc.boolean() }),
  fc.record({ do: fc.constantFrom('expire' as const, 'evict' as const) }),
  fc.record({ do: fc.constant('tick' as const), seconds: fc.integer({ min: -300, max: 600 }) }),
  fc.record({ do: fc.constant('replay' as const), last: fc.integer({ min: 1, max: 5 }) }),
);

const startsAt = 1_800_000_000_000;
/** Later than most scripts get. */
const cardExpiresAt = startsAt + 3_600_000;

function commandOf(one: Step, subject: Subject, now: number): AllowanceCommand | null {
  switch (one.do) {
    case 'hold': {
      const { quantity, limit, seconds } = one;
      return { type: 'hold', key: `key${one.key}`, quantity, limit, until: now + seconds * 1_000, now };
    }
    case 'commit':
    case 'undo':
    case 'release':
      return { type: one.do, key: `key${one.key}`, now };
    case 'expire':
      return { type: 'expire', now };
    case 'adjust':
      if (subject === 'limit' || one.delta === 0) return null;
      return { type: 'adjust', key: `entry${one.key}`, deltaMinor: one.delta, reason: 'count', actor: 'test', now };
    case 'switch':
      return subject === 'limit' ? null : { type: 'switch', isDisabled: one.isDisabled, actor: 'test', now };
    default:
      return null;
  }
}

const player =
  (subject: Subject, core: AllowanceCore = allowanceCore, only?: InvariantName) =>
  (steps: readonly Step[], note?: Note): void => {
    const run = new AllowanceRun(subject, new HoldOracle(), core, only);
    const sent: AllowanceCommand[] = [];
    let now = startsAt;
    if (subject === 'balance') run.play({ type: 'issue', amountMinor: issuedMinor, expiresAt: cardExpiresAt, now });
    for (const one of steps) {
      if (one.do === 'tick') now += one.seconds * 1_000;
      if (one.do === 'evict') run.evict();
      const fresh = commandOf(one, subject, now);
      if (fresh !== null) sent.push(fresh);
      const commands = one.do === 'replay' ? sent.slice(-one.last) : fresh === null ? [] : [fresh];
      for (const command of commands) {
        const verdict = run.play({ ...command, now });
        note?.(verdict?.code ?? 'accepted');
      }
    }
  };

describe('after every command of any script', () => {
  test('a balance is what was paid in less what is held and spent, and never overdrawn', () => {
    const answers = playMany('balances', 15_000, step, player('balance'));
    const refusals = [
      'insufficient-stock',
      'hold-closed',
      'hold-key-conflict',
      'allowance-unusable',
      'entry-key-conflict',
    ];
    for (const answer of ['accepted', ...refusals]) expect(answers.get(answer), answer).toBeGreaterThan(500);
  });

  test('uses are counted exactly, and none is held beyond the limit of its hold', () => {
    const answers = playMany('limits', 15_000, step, player('limit'));
    const refusals = ['insufficient-stock', 'hold-closed', 'hold-key-conflict'];
    for (const answer of ['accepted', ...refusals]) expect(answers.get(answer), answer).toBeGreaterThan(500);
  });
});

/** Decides with the state that a fault sees in place of the real one. */
const seeing = (wrong: (allowance: Allowance, command: AllowanceCommand) => Allowance): AllowanceCore => ({
  ...allowanceCore,
  decide: (allowance, command) => decideAllowance(wrong(allowance, command), command),
});

const mutants: readonly (readonly [name: InvariantName, subject: Subject, fault: string, core: AllowanceCore])[] = [
  ['answer', 'balance', 'a disabled card still pays', seeing((allowance) => ({ ...allowance, isDisabled: false }))],
  ['answer', 'limit', 'what is committed counts as free', seeing((allowance) => ({ ...allowance, committed: 0 }))],
  ['bounds', 'limit', 'what others hold counts as free', seeing((allowance) => ({ ...allowance, held: 0 }))],
  [
    'levels',
    'limit',
    'a use that is given back stays counted',
    {
      ...allowanceCore,
      evolve: (allowance, event) => {
        const after = evolveAllowance(allowance, event);
        return event.type === 'hold-returned' ? { ...after, committed: allowance.committed } : after;
      },
    },
  ],
  [
    'repetition',
    'balance',
    'a refund counts as often as it is asked for',
    seeing((allowance) => ({ ...allowance, entries: PersistentMap.empty() })),
  ],
  [
    'ledger',
    'balance',
    'a snapshot forgets what was paid in',
    { ...allowanceCore, revive: (json) => ({ ...reviveAllowance(json), entries: PersistentMap.empty() }) },
  ],
];

describe('each invariant notices the fault that was planted for it', () => {
  test.each(mutants)('%s of a %s: %s', (name, subject, _fault, wrong) => {
    const found = faultFound(name, step, player(subject, wrong, name));
    expect(found).not.toBeNull();
    expect(found?.steps.length).toBeLessThanOrEqual(6);
  });
});
