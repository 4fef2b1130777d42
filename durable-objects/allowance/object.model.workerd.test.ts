/** The scripts that the pure core plays, on the Allowance object: what it answers and what its ledger says, with evictions in between. */
import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { evictObject } from '../../shared/testing/evict.ts';
import { HoldOracle } from '../../shared/testing/hold-model.ts';
import { scriptOf } from '../../shared/testing/plausible.ts';
import type { AllowanceAnswer, AllowanceStub } from '../../workers/pricing/allowances/service/allowance-object.ts';
import type { AllowanceCommand } from '../../workers/pricing/domain/allowance/decide.ts';
import {
  AllowanceRun,
  allowanceCore,
  issuedMinor,
  type Subject,
} from '../../workers/pricing/testing/allowance-model.ts';

type Stub = DurableObjectStub & AllowanceStub;
const objects: { getByName(name: string): Stub } = Reflect.get(env, 'ALLOWANCE');

/** Ahead of the clock of the runtime, so that no alarm rings into a script. */
const startsAt = Date.now() + 24 * 60 * 60 * 1_000;

type Step =
  | { readonly do: 'hold'; readonly key: string; readonly quantity: number; readonly limit: number | null }
  | { readonly do: 'commit' | 'undo' | 'release'; readonly key: string }
  | { readonly do: 'adjust'; readonly key: string; readonly deltaMinor: number }
  | { readonly do: 'tick' | 'evict' };

const key = fc.constantFrom('a', 'b', 'c');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('hold' as const),
    key,
    quantity: fc.integer({ min: 1, max: 5 }),
    limit: fc.constantFrom(3, 8, 8, null),
  }),
  fc.record({ do: fc.constantFrom('commit' as const, 'undo' as const, 'release' as const), key }),
  fc.record({ do: fc.constant('adjust' as const), key, deltaMinor: fc.constantFrom(-4, -1, 2, 6) }),
  fc.record({ do: fc.constantFrom('tick' as const, 'evict' as const) }),
);

function commandOf(one: Step, subject: Subject, now: number): AllowanceCommand | null {
  switch (one.do) {
    case 'hold':
      return { type: 'hold', key: one.key, quantity: one.quantity, limit: one.limit, until: now + 60_000, now };
    case 'commit':
    case 'undo':
    case 'release':
      return { type: one.do, key: one.key, now };
    case 'adjust': {
      if (subject === 'limit') return null;
      return { type: 'adjust', key: one.key, deltaMinor: one.deltaMinor, reason: 'count', actor: 'test', now };
    }
    default:
      return null;
  }
}

async function send(stub: Stub, allowance: string, command: AllowanceCommand): Promise<AllowanceAnswer | null> {
  const { now } = command;
  const openings = { [allowance]: { amountMinor: issuedMinor, expiresAt: null } };
  switch (command.type) {
    case 'issue':
      return stub.read([allowance], now, openings);
    case 'hold': {
      const { key, quantity, limit, until } = command;
      return stub.hold({ key, wants: [{ allowance, quantity, limit }], until, now });
    }
    case 'commit':
    case 'undo':
    case 'release':
      return stub.end(command.type, { key: command.key, allowances: [allowance], now });
    case 'adjust':
      return stub.change(allowance, command);
    default:
      throw new Error(`No step sends ${command.type}`);
  }
}

/** Only an object that runs can be evicted, so it is woken first. */
async function evict(stub: Stub, allowance: string): Promise<void> {
  await stub.movements(allowance, 0, 0);
  await evictObject(stub);
}

async function playOnObject(subject: Subject, steps: readonly Step[]): Promise<number> {
  const id = crypto.randomUUID();
  const allowance = subject === 'balance' ? `gift:${id}` : `promo:${id}`;
  const stub = objects.getByName(id);
  const run = new AllowanceRun(subject, new HoldOracle(), allowanceCore);
  let version = 0;
  let judged = 0;
  const play = async (command: AllowanceCommand) => {
    const answer = await send(stub, allowance, command);
    const movements = await stub.movements(allowance, version, 100);
    version += movements.length;
    run.judge(
      command,
      answer?.refusal?.why ?? null,
      movements.map(({ event }) => event),
    );
    const [levels] = (await stub.read([allowance], command.now)).levels;
    const { total, held, committed } = run.state;
    expect(levels).toMatchObject({ total, held, committed, version });
    judged += 1;
  };
  let now = startsAt;
  if (subject === 'balance') await play({ type: 'issue', amountMinor: issuedMinor, expiresAt: null, now });
  for (const one of steps) {
    if (one.do === 'tick') now += 25_000;
    if (one.do === 'evict') await evict(stub, allowance);
    const command = commandOf(one, subject, now);
    if (command !== null) await play(command);
  }
  return judged;
}

test.each(['balance', 'limit'] as const)('a %s keeps every invariant on the object', async (subject) => {
  let commands = 0;
  await fc.assert(
    fc.asyncProperty(scriptOf(step), async (steps) => {
      commands += await playOnObject(subject, steps);
    }),
    { numRuns: 60 },
  );
  expect(commands).toBeGreaterThan(200);
});

test('an allowance keeps every invariant over several snapshots', async () => {
  const long = fc.array(step, { minLength: 500, maxLength: 500, size: 'max' });
  const many = fc.sample(long, { numRuns: 1, seed: 7 })[0] ?? [];
  const renamed = many.map((one, index) => ('key' in one ? { ...one, key: `${one.key}${index >> 4}` } : one));
  expect(await playOnObject('limit', renamed)).toBeGreaterThan(200);
});
