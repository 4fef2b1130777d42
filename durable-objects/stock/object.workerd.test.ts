/**
 * The Stock object in its own runtime: the scripts that the pure core plays, with evictions between commands, and what only
 * the runtime can show: alarms that expire holds, a restart on the same storage, answers kept with their effect.
 */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { evictObject } from '../../shared/testing/evict.ts';
import { patience } from '../../shared/testing/patience.ts';
import { scriptOf } from '../../shared/testing/plausible.ts';
import type { StockCommand } from '../../workers/inventory/domain/decide.ts';
import type { StockObjectStub } from '../../workers/inventory/service/stock.ts';
import { StockRun } from '../../workers/inventory/testing/model.ts';
import { type StockStep, stockStep } from '../../workers/inventory/testing/script.ts';

type Stub = DurableObjectStub & StockObjectStub;
const objects: { getByName(name: string): Stub } = Reflect.get(env, 'STOCK');
const database: D1Database = Reflect.get(env, 'DB');

/** Ahead of the clock of the runtime, so that no alarm rings into a script. */
const tomorrow = Date.now() + 24 * 60 * 60 * 1_000;

const freshUnit = () => `stk_${crypto.randomUUID()}`;

/** Only an object that runs can be evicted, so it is woken first. */
async function evict(stub: Stub, unit: string): Promise<void> {
  await stub.movements(unit, 0, 0);
  await evictObject(stub);
}

async function playOnObject(steps: readonly StockStep[]): Promise<number> {
  const unit = freshUnit();
  const stub = objects.getByName(unit);
  const run = new StockRun(tomorrow);
  let version = 0;
  let judged = 0;
  const play = async (command: StockCommand) => {
    const answer = await stub.execute(unit, command);
    const movements = await stub.movements(unit, version, 100);
    version += movements.length;
    run.judge(
      command,
      answer.refusal,
      movements.map((movement) => movement.event),
    );
    // What the object answers is what its ledger folds to.
    expect(answer.levels).toEqual(run.state.levels);
    expect(answer).toMatchObject({ version, floor: run.state.floor, isReplayed: false });
    judged += 1;
  };
  for (const command of run.commandsOf({ do: 'open' })) await play(command);
  for (const step of steps) {
    for (const command of run.commandsOf(step)) await play(command);
    if (step.do === 'evict') await evict(stub, unit);
  }
  return judged;
}

describe('the scripts of the pure core', () => {
  test('keep every invariant on the object, with evictions in between', async () => {
    const startedAt = performance.now();
    const runs = 150;
    let commands = 0;
    await fc.assert(
      fc.asyncProperty(scriptOf(stockStep), async (steps) => {
        commands += await playOnObject(steps);
      }),
      { numRuns: runs },
    );
    console.log(`stock objects: ${runs} runs, ${commands} commands in ${Math.round(performance.now() - startedAt)} ms`);
  });

  test('keep every invariant over several snapshots of one object', async () => {
    const long = fc.array(stockStep, { minLength: 400, maxLength: 400, size: 'max' });
    const story = fc.asyncProperty(long, async (steps) => {
      expect(await playOnObject(steps)).toBeGreaterThan(200);
    });
    await fc.assert(story, { numRuns: 1, endOnFailure: true });
  });
});

describe('a unit that was never opened', () => {
  test('says so, and keeps nothing', async () => {
    const unit = freshUnit();
    const stub = objects.getByName(unit);
    const answer = await stub.execute(unit, { type: 'undo', key: 'a', now: tomorrow });
    expect(answer).toMatchObject({ refusal: { code: 'not-open' }, version: 0 });
    expect(await stub.movements(unit, 0, 10)).toEqual([]);
  });
});

async function opened(now: number): Promise<{ readonly unit: string; readonly stub: Stub }> {
  const unit = freshUnit();
  const stub = objects.getByName(unit);
  await stub.execute(unit, { type: 'open', levels: { loc_main: 5 }, floor: 0, now });
  return { unit, stub };
}

describe('a hold whose time is over', () => {
  test('is expired by the alarm alone, with nobody asking', async () => {
    // Commands that bear an earlier time, as of a slow request: the hold is over as soon as it is there.
    const now = Date.now() - 60_000;
    const { unit, stub } = await opened(now);
    await stub.execute(unit, { type: 'hold', key: 'a', quantity: 2, until: now + 30_000, now });
    const ledger = () => stub.movements(unit, 0, 10);
    await vi.waitFor(async () => expect((await ledger()).at(-1)?.event.type).toBe('hold-expired'), patience);
    expect((await stub.execute(unit, { type: 'commit', key: 'a', now })).refusal).toEqual({
      code: 'hold-closed',
      state: 'expired',
    });
  });

  test('is expired after an eviction too: the alarm finds it on disk', async () => {
    const now = Date.now();
    const { unit, stub } = await opened(now);
    await stub.execute(unit, { type: 'hold', key: 'a', quantity: 2, until: now + 700, now });
    await evictObject(stub);
    const last = async () => (await stub.movements(unit, 2, 10)).map(({ event }) => event.type);
    await vi.waitFor(async () => expect(await last()).toEqual(['hold-expired']), patience);
  });
});

describe('a change of stock', () => {
  test('reaches the read model, and its event stays open until every subscriber has proved it', async () => {
    const { unit, stub } = await opened(Date.now());
    const handled = database.prepare('select event_id from inbox_events where event_id = ?').bind(`${unit}/1`);
    await vi.waitFor(async () => expect(await handled.first('event_id')).toBe(`${unit}/1`), patience);
    // The neighbours of this test never answer, so nothing is proved by them.
    const pending = await runInDurableObject(stub, (_instance, state) =>
      state.storage.sql.exec<{ pending: string }>('select pending from outbox').toArray(),
    );
    expect(pending).toHaveLength(1);
    expect(JSON.parse(pending[0]?.pending ?? '')).toEqual(expect.arrayContaining(['catalog', 'notifications']));
  });
});

describe('an adjustment under an idempotency key', () => {
  const adjust = (delta: number): StockCommand => ({
    type: 'adjust',
    locationId: 'loc_main',
    delta,
    reason: 'count',
    actor: 'staff',
    onHandExpected: null,
    now: tomorrow,
  });

  test('happens once, and its answer survives an eviction', async () => {
    const { unit, stub } = await opened(tomorrow);
    const key = { key: 'k1', fingerprint: 'f1' };
    const first = await stub.execute(unit, adjust(2), key);
    await evictObject(stub);
    const second = await stub.execute(unit, adjust(2), key);
    expect(second).toEqual({ ...first, isReplayed: true });
    expect(second.levels).toEqual({ loc_main: { onHand: 7, held: 0, committed: 0 } });
    expect(await stub.movements(unit, 0, 10)).toHaveLength(2);
  });

  test('is refused when the key was used for another one', async () => {
    const { unit, stub } = await opened(tomorrow);
    await stub.execute(unit, adjust(2), { key: 'k1', fingerprint: 'f1' });
    const other = await stub.execute(unit, adjust(3), { key: 'k1', fingerprint: 'f2' });
    expect(other.refusal).toEqual({ code: 'idempotency-key-reused' });
    expect(await stub.movements(unit, 0, 10)).toHaveLength(2);
  });

  test('repeats a refusal, even when it would go through by now', async () => {
    const { unit, stub } = await opened(tomorrow);
    const key = { key: 'k1', fingerprint: 'f1' };
    const refusal = { code: 'insufficient-stock', requested: 6, available: 5 };
    expect(await stub.execute(unit, adjust(-6), key)).toMatchObject({ refusal });
    await stub.execute(unit, adjust(10));
    expect(await stub.execute(unit, adjust(-6), key)).toMatchObject({ refusal, isReplayed: true });
  });
});
