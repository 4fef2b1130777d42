/**
 * The hold protocol alone, over one pool of eight, against its model. What is asked here of the bare state machine is asked
 * again of stock, which adds levels and places to it.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HoldCommand, HoldOracle, type HoldSeen, holdInvariants, type Invariant } from '../testing/hold-model.ts';
import { faultFound, type Note, playMany } from '../testing/plausible.ts';
import {
  type Decision,
  decideCommit,
  decided,
  decideHold,
  decideRelease,
  decideUndo,
  evolveHolds,
  expireDue,
  type HoldCommandRefusal,
  type HoldEvent,
  type Holds,
  noHolds,
  reviveHolds,
} from './holds.ts';

const capacity = 8;

type Step =
  | { readonly do: 'hold'; readonly key: number; readonly quantity: number; readonly seconds: number }
  | { readonly do: 'commit' | 'undo' | 'release'; readonly key: number }
  | { readonly do: 'expire' | 'evict' }
  | { readonly do: 'tick'; readonly seconds: number }
  | { readonly do: 'replay'; readonly last: number };

const key = fc.integer({ min: 0, max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('hold' as const),
    key,
    quantity: fc.integer({ min: 1, max: 5 }),
    seconds: fc.integer({ min: -10, max: 900 }),
  }),
  fc.record({ do: fc.constantFrom('commit' as const, 'undo' as const, 'release' as const), key }),
  fc.record({ do: fc.constantFrom('expire' as const, 'evict' as const) }),
  fc.record({ do: fc.constant('tick' as const), seconds: fc.integer({ min: -300, max: 600 }) }),
  fc.record({ do: fc.constant('replay' as const), last: fc.integer({ min: 1, max: 5 }) }),
);

type Decide = (holds: Holds, command: HoldCommand) => Decision<HoldEvent, HoldCommandRefusal>;

function taken(holds: Holds): number {
  let sum = 0;
  for (const [, hold] of holds.open) sum += hold.quantity;
  for (const [, hold] of holds.closed) if (hold.state === 'committed') sum += hold.quantity;
  return sum;
}

/** As every owner of holds does it: what is over comes to light first. */
const decide: Decide = (holds, command) => {
  const expired = expireDue(holds, command.now);
  const decision = decideOne(expired.reduce(evolveHolds, holds), command);
  return { events: [...expired, ...decision.events], refusal: decision.refusal };
};

const decideOne: Decide = (holds, command) => {
  switch (command.type) {
    case 'hold':
      return decideHold(holds, command, (quantity) => {
        const free = capacity - taken(holds);
        return quantity > free ? { available: free } : { parts: [{ poolId: 'pool', quantity }] };
      });
    case 'commit':
      return decideCommit(holds, command);
    case 'undo':
      return decideUndo(holds, command);
    case 'release':
      return decideRelease(holds, command);
    case 'expire':
      return decided();
  }
};

const invariants = {
  ...holdInvariants,
  /** There is never more out than there is. */
  INV8: ({ after }: HoldSeen) => (taken(after) > capacity ? `${taken(after)} of ${capacity} are out` : null),
};
type Name = keyof typeof invariants;

function commandOf(one: Step, now: number): HoldCommand | null {
  if (one.do === 'expire') return { type: 'expire', now };
  if (one.do === 'commit' || one.do === 'undo' || one.do === 'release')
    return { type: one.do, key: `key${one.key}`, now };
  if (one.do !== 'hold') return null;
  return { type: 'hold', key: `key${one.key}`, quantity: one.quantity, until: now + one.seconds * 1_000, now };
}

function play(steps: readonly Step[], deciding: Decide = decide, only?: Name, note?: Note): void {
  const all: [string, Invariant<HoldSeen>][] = Object.entries(invariants);
  const asked = only === undefined ? all : all.filter(([name]) => name === only);
  const oracle = new HoldOracle();
  const everExpired = new Set<string>();
  const sent: HoldCommand[] = [];
  let now = 1_800_000_000_000;
  let holds = noHolds;
  for (const one of steps) {
    if (one.do === 'tick') now += one.seconds * 1_000;
    if (one.do === 'evict') holds = reviveHolds(JSON.parse(JSON.stringify(holds)));
    const fresh = commandOf(one, now);
    if (fresh !== null) sent.push(fresh);
    const commands = one.do === 'replay' ? sent.slice(-one.last) : fresh === null ? [] : [fresh];
    for (const command of commands.map((again) => ({ ...again, now }))) {
      const before = holds;
      const { events, refusal: verdict } = deciding(before, command);
      const after = events.reduce(evolveHolds, before);
      for (const event of events) if (event.type === 'hold-expired') everExpired.add(event.key);
      oracle.expire(now);
      const expected = oracle.apply(command, capacity - oracle.sum('open') - oracle.sum('committed'));
      const probe = (further: HoldCommand) => deciding(after, further);
      for (const [name, ask] of asked) {
        const fault = ask({ before, after, command, verdict, expected, oracle, everExpired, probe });
        if (fault !== null) throw new Error(`${name}: ${fault}`);
      }
      holds = after;
      note?.(verdict?.code ?? 'accepted');
    }
  }
}

test('holds keep every invariant after every command of any script', () => {
  const answers = playMany('holds', 40_000, step, (steps, note) => play(steps, decide, undefined, note));
  const refusals = ['insufficient-stock', 'hold-closed', 'hold-key-conflict'];
  for (const answer of ['accepted', ...refusals]) expect(answers.get(answer)).toBeGreaterThan(1_000);
});

const mutants: readonly (readonly [name: Name, fault: string, wrong: Decide])[] = [
  [
    'INV2',
    'a commit gives its goods back at the same time',
    (holds, command) => {
      const decision = decide(holds, command);
      const isCommit = decision.events.at(-1)?.type === 'hold-committed' && command.type === 'commit';
      return isCommit
        ? { ...decision, events: [...decision.events, { type: 'hold-returned', key: command.key, at: command.now }] }
        : decision;
    },
  ],
  [
    'INV5',
    'a commit ignores that its hold has expired',
    (holds, command) => (command.type === 'commit' ? decideOne(holds, command) : decide(holds, command)),
  ],
  [
    'INV6',
    'a second hold under a key takes again',
    (holds, command) =>
      command.type === 'hold' && holds.open.has(command.key)
        ? decide({ ...holds, open: holds.open.delete(command.key) }, command)
        : decide(holds, command),
  ],
  [
    'INV7',
    'an undo that comes first leaves no tombstone',
    (holds, command) => {
      const decision = decide(holds, command);
      return { ...decision, events: decision.events.filter((event) => event.type !== 'hold-barred') };
    },
  ],
  [
    'INV7',
    'a release takes back what was committed',
    (holds, command) => decide(holds, command.type === 'release' ? { ...command, type: 'undo' } : command),
  ],
  [
    'INV8',
    'what is committed counts as free',
    (holds, command) =>
      command.type === 'hold' && !holds.closed.has(command.key)
        ? decide({ ...holds, closed: noHolds.closed }, command)
        : decide(holds, command),
  ],
  [
    'INV10',
    'a hold ends only while the clock says so',
    (holds, command) => {
      const closed = command.type === 'commit' ? holds.closed.get(command.key) : undefined;
      if (closed?.state !== 'expired' || command.type !== 'commit') return decide(holds, command);
      return decided({ type: 'hold-committed', key: command.key, at: command.now });
    },
  ],
  [
    'oracle',
    'a hold may begin after its end',
    (holds, command) =>
      command.type === 'hold' ? decide(holds, { ...command, until: command.until + 10_000 }) : decide(holds, command),
  ],
];

describe('each invariant notices the fault that was planted for it', () => {
  test.each(mutants)('%s: %s', (name, _fault, wrong) => {
    const found = faultFound(name, step, (steps: readonly Step[]) => play(steps, wrong, name));
    expect(found).not.toBeNull();
    expect(found?.steps.length).toBeLessThanOrEqual(6);
  });
});
