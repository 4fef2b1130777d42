/**
 * The Cart object in its own runtime: many carts in a few objects play the scripts of the pure core with evictions between
 * commands; then what only the object adds: conditional changes, answers kept under a key, carts that are deleted.
 */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { scriptOf } from '../../shared/testing/plausible.ts';
import { unpack } from '../../shared/values/packed.ts';
import { dayMs } from '../../shared/values/time.ts';
import type { CartEvent } from '../../workers/cart/domain/cart.ts';
import type { CartCommand } from '../../workers/cart/domain/decide.ts';
import type { CartStub, CartWrite } from '../../workers/cart/service/cart-object.ts';
import { CartRun } from '../../workers/cart/testing/model.ts';
import { type CartStep, cartStep, variantOf } from '../../workers/cart/testing/script.ts';
import { SqliteStreamStorage } from '../storage.ts';
import { CartObject } from './object.ts';

type Stub = DurableObjectStub & CartStub;
const objects: { getByName(name: string): Stub } = Reflect.get(env, 'CARTS');

/** Ahead of the clock of the runtime, so that no alarm rings into a script. */
const tomorrow = Date.now() + dayMs;
const cartDays = 30;

const freshCart = () => `cart_${crypto.randomUUID()}`;
const freshObject = () => objects.getByName(crypto.randomUUID());

/** The object keeps its ledger to itself, so it is read where it lies. */
function eventsOf(stub: Stub, cartId: string, after: number): Promise<CartEvent[]> {
  return runInDurableObject(stub, (_instance, state) =>
    state.storage.sql
      .exec<{ event: string }>(
        'select event from events where stream = ? and sequence > ? order by sequence',
        cartId,
        after,
      )
      .toArray()
      .map((row) => JSON.parse(row.event)),
  );
}

async function evict(stub: Stub): Promise<void> {
  await stub.read('cart_none');
  await evictDurableObject(stub);
}

async function playOnObject(stub: Stub, steps: readonly CartStep[]): Promise<number> {
  const cartId = freshCart();
  const run = new CartRun(tomorrow);
  let judged = 0;
  for (const step of steps) {
    for (const command of run.commandsOf(step)) {
      const answer = unpack(await stub.execute({ cartId, command, ifVersion: null, idempotency: null }));
      run.judge(command, answer.refusal, await eventsOf(stub, cartId, run.version));
      expect({ cart: answer.cart, version: answer.version }).toEqual({ cart: run.state, version: run.version });
      judged += 1;
    }
    if (step.do === 'evict') await evict(stub);
  }
  return judged;
}

describe('the scripts of the pure core', { timeout: 60_000 }, () => {
  test('keep every invariant on objects that many carts share, with evictions in between', async () => {
    const startedAt = performance.now();
    const runs = 150;
    const shared = [freshObject(), freshObject(), freshObject()];
    let commands = 0;
    await fc.assert(
      fc.asyncProperty(scriptOf(cartStep), fc.nat({ max: 2 }), async (steps, at) => {
        const stub = shared[at];
        if (stub !== undefined) commands += await playOnObject(stub, steps);
      }),
      { numRuns: runs },
    );
    console.log(`cart objects: ${runs} runs, ${commands} commands in ${Math.round(performance.now() - startedAt)} ms`);
  });

  test('keep every invariant over several snapshots of one cart', async () => {
    const long = fc.array(cartStep, { minLength: 400, maxLength: 400, size: 'max' });
    const lasting = long.map((steps) => steps.filter((step) => step.do !== 'complete' && step.do !== 'tick'));
    const [steps] = fc.sample(lasting, 1);
    expect(await playOnObject(freshObject(), steps ?? [])).toBeGreaterThan(200);
  });
});

function add(now: number, number = 0): CartCommand {
  const variant = variantOf(number, 100);
  const line = { lineId: `lin_${crypto.randomUUID()}`, variant, quantity: 1, attributes: {} };
  const origin = { country: 'DE', currency: 'EUR' as const, createdAt: now };
  return { type: 'add-lines', lines: [line], origin, emptyUntil: now + dayMs, now };
}

function write(cartId: string, command: CartCommand, more: Partial<CartWrite> = {}): CartWrite {
  return { cartId, command, ifVersion: null, idempotency: null, ...more };
}

describe('a change that names the version it was made for', () => {
  test('goes through when the cart has it, and is refused without a trace when it has moved on', async () => {
    const [stub, cartId] = [freshObject(), freshCart()];
    const { version } = unpack(await stub.execute(write(cartId, add(tomorrow))));
    const second = unpack(await stub.execute(write(cartId, add(tomorrow, 1), { ifVersion: version })));
    expect(second.refusal).toBeNull();
    const stale = unpack(await stub.execute(write(cartId, add(tomorrow, 2), { ifVersion: version })));
    expect(stale.refusal).toEqual({ code: 'precondition-failed', version: second.version });
    expect(unpack(await stub.read(cartId))).toEqual(second);
  });
});

describe('a cart whose id was made for its first change', () => {
  test('begins with that change', async () => {
    const [stub, cartId] = [freshObject(), freshCart()];
    const { refusal, version } = unpack(await stub.execute(write(cartId, add(tomorrow), { isNew: true })));
    expect([refusal, version]).toEqual([null, 2]);
    expect(unpack(await stub.read(cartId)).cart).toMatchObject({ status: 'active', lines: [{ quantity: 1 }] });
  });

  test('stays as it is when the id was not new after all', async () => {
    const [stub, cartId] = [freshObject(), freshCart()];
    await stub.execute(write(cartId, add(tomorrow)));
    const before = unpack(await stub.read(cartId));
    const again = write(cartId, add(tomorrow, 1), { isNew: true });
    // In memory it is known; after a fresh start only its rows are there.
    expect(unpack(await stub.execute(again)).version).toBe(before.version + 1);
    await evictDurableObject(stub);
    await runInDurableObject(stub, async (object) => {
      if (!(object instanceof CartObject)) throw new Error('this is no cart object');
      await expect(object.execute(again)).rejects.toThrow(/UNIQUE/);
    });
    expect(unpack(await stub.read(cartId)).version).toBe(before.version + 1);
  });
});

describe('a change under an idempotency key', () => {
  const idempotency = { key: 'k', fingerprint: 'f' };

  test('adds its line once, and a merge that is repeated adds nothing (C6)', async () => {
    const [stub, cartId] = [freshObject(), freshCart()];
    await stub.execute(write(cartId, add(tomorrow)));
    await stub.execute(write(cartId, add(tomorrow), { idempotency }));
    await stub.keepAnswer(idempotency, 201, '{"the":"answer"}', tomorrow);
    await evict(stub);
    expect(await stub.recall(idempotency, tomorrow)).toEqual({
      kind: 'answered',
      status: 201,
      body: '{"the":"answer"}',
    });
    const again = unpack(await stub.execute(write(cartId, add(tomorrow), { idempotency })));
    expect(again.refusal).toEqual({ code: 'request-in-progress' });
    expect(again.cart).toMatchObject({ lines: [{ quantity: 2 }] });
  });

  test('is told to wait while the first has not been answered, and which cart it changed when it never was', async () => {
    const [stub, cartId] = [freshObject(), freshCart()];
    expect(await stub.recall(idempotency, tomorrow)).toBeNull();
    await stub.execute(write(cartId, add(tomorrow), { idempotency }));
    await evict(stub);
    const inProgress = { kind: 'refused', refusal: { code: 'request-in-progress' } };
    expect(await stub.recall(idempotency, tomorrow + 9_999)).toEqual(inProgress);
    expect(await stub.recall(idempotency, tomorrow + 10_000)).toEqual({ kind: 'unanswered', cartId });
  });

  test('is refused when the key was used for another change', async () => {
    const [stub, cartId] = [freshObject(), freshCart()];
    await stub.execute(write(cartId, add(tomorrow), { idempotency }));
    const other = { ...idempotency, fingerprint: 'g' };
    const refusal = { code: 'idempotency-key-reused' };
    expect(await stub.recall(other, tomorrow)).toEqual({ kind: 'refused', refusal });
    const reused = unpack(await stub.execute(write(cartId, add(tomorrow, 1), { idempotency: other })));
    expect(reused).toMatchObject({ refusal, cart: { lines: [{ quantity: 1 }] } });
  });

  test('that was refused claims nothing, and a kept refusal bars what comes later', async () => {
    const [stub, cartId] = [freshObject(), freshCart()];
    const refused = unpack(await stub.execute(write(cartId, add(tomorrow, 4), { idempotency })));
    expect(refused.refusal?.code).toBe('variant-unavailable');
    expect(await stub.recall(idempotency, tomorrow)).toBeNull();
    await stub.keepAnswer(idempotency, 409, '{"the":"refusal"}', tomorrow);
    expect(await stub.recall(idempotency, tomorrow)).toMatchObject({ kind: 'answered', status: 409 });
    const next = unpack(await stub.execute(write(cartId, add(tomorrow), { idempotency })));
    expect(next).toMatchObject({ refusal: { code: 'request-in-progress' }, version: 0 });
  });

  test('keeps its claim and its answer when a twin that ran beside it was refused', async () => {
    const [stub, cartId] = [freshObject(), freshCart()];
    await stub.execute(write(cartId, add(tomorrow), { idempotency }));
    await stub.keepAnswer(idempotency, 422, '{"the":"refusal"}', tomorrow);
    expect(await stub.recall(idempotency, tomorrow + 10_000)).toEqual({ kind: 'unanswered', cartId });
    await stub.keepAnswer(idempotency, 201, '{"the":"answer"}', tomorrow);
    await stub.keepAnswer(idempotency, 201, '{"a":"later answer"}', tomorrow);
    expect(await stub.recall(idempotency, tomorrow)).toMatchObject({ kind: 'answered', body: '{"the":"answer"}' });
  });
});

describe('carts that one checkout run completes together', () => {
  test('are completed in one call, each by its own checkout', async () => {
    const [stub, one, other] = [freshObject(), freshCart(), freshCart()];
    await stub.execute(write(one, add(tomorrow)));
    await stub.execute(write(other, add(tomorrow)));
    const complete = (cartId: string, checkoutId: string) => ({
      cartId,
      command: { type: 'complete' as const, checkoutId, now: tomorrow },
    });
    await stub.executeAll([complete(one, 'chk_1'), complete(other, 'chk_2')]);
    await stub.executeAll([complete(one, 'chk_3')]);
    expect(unpack(await stub.read(one)).cart).toMatchObject({ status: 'completed', checkoutId: 'chk_1' });
    expect(unpack(await stub.read(other)).cart).toMatchObject({ status: 'completed', checkoutId: 'chk_2' });
  });
});

describe('a commit of more events than one statement takes', () => {
  test('keeps all of them in their order', async () => {
    await runInDurableObject(freshObject(), (_instance, { storage }) => {
      const streams = new SqliteStreamStorage<number>(storage.sql);
      const numbers = Array.from({ length: 65 }, (_, index) => index);
      const nothing = { outbox: [], wakeAt: undefined, snapshot: null };
      streams.write({ streamId: 'a', sequence: 1, events: numbers, ...nothing });
      streams.write({ streamId: 'a', sequence: 66, events: [65], ...nothing });
      expect(streams.read('a')?.events).toEqual([...numbers, 65]);
      expect(streams.history('a', 59, 2)).toEqual([
        { sequence: 60, event: 59 },
        { sequence: 61, event: 60 },
      ]);
    });
  });
});

describe('a cart that nobody changed for its time to live', () => {
  const rowsOf = (stub: Stub, cartId: string) =>
    runInDurableObject(stub, (_instance, state) => {
      const { sql } = state.storage;
      return ['events', 'snapshots', 'wakes'].map(
        (table) => sql.exec(`select stream from ${table} where stream = ?`, cartId).toArray().length,
      );
    });

  test('is deleted by the alarm with all its events, and its neighbour in the object stays', async () => {
    const [stub, old, young] = [freshObject(), freshCart(), freshCart()];
    await stub.execute(write(young, add(Date.now())));
    // The last change was so long ago that the cart is due as soon as it is written.
    await stub.execute(write(old, add(Date.now() - (cartDays + 2) * dayMs)));
    await vi.waitFor(async () => expect(await rowsOf(stub, old)).toEqual([0, 0, 0]), 5_000);
    expect(unpack(await stub.read(old)).cart).toEqual({ status: 'empty' });
    expect(unpack(await stub.read(young)).cart).toMatchObject({ status: 'active' });
  });

  test('keeps its alarm when the object starts again and another cart is changed later', async () => {
    const [stub, early, late] = [freshObject(), freshCart(), freshCart()];
    const alarm = () => runInDurableObject(stub, (_instance, state) => state.storage.getAlarm());
    await stub.execute(write(early, add(tomorrow)));
    const alarmBefore = await alarm();
    await evict(stub);
    await stub.execute(write(late, add(tomorrow + 10 * dayMs)));
    expect(await alarm()).toBe(alarmBefore);
  });
});
