/**
 * The Cart object in its own runtime: many carts in a few objects play the scripts of the pure core with evictions between
 * commands; then what only the object adds: one commit of a change and its answer, and carts that are deleted.
 */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { PricingApi } from '../../shared/contracts/pricing/api.ts';
import { evictObject } from '../../shared/testing/evict.ts';
import { patience } from '../../shared/testing/patience.ts';
import { scriptOf } from '../../shared/testing/plausible.ts';
import { quotedAs, quotingBy } from '../../shared/testing/pricing.ts';
import { type Packed, pack, unpack } from '../../shared/values/packed.ts';
import { dayMs } from '../../shared/values/time.ts';
import type { CartEvent } from '../../workers/cart/domain/cart.ts';
import type { CartCommand } from '../../workers/cart/domain/decide.ts';
import type { CartStub, CartWrite } from '../../workers/cart/service/cart-object.ts';
import { plainQuote } from '../../workers/cart/testing/desk.ts';
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
  await evictObject(stub);
}

async function playOnObject(stub: Stub, steps: readonly CartStep[]): Promise<number> {
  const cartId = freshCart();
  const run = new CartRun(tomorrow);
  let judged = 0;
  for (const step of steps) {
    for (const command of run.commandsOf(step)) {
      const answer = unpack(await stub.execute(cartId, command));
      run.judge(command, answer.refusal, await eventsOf(stub, cartId, run.version));
      expect({ cart: answer.cart, version: answer.version }).toEqual({ cart: run.state, version: run.version });
      judged += 1;
    }
    if (step.do === 'evict') await evict(stub);
  }
  return judged;
}

describe('the scripts of the pure core', () => {
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
    const story = fc.asyncProperty(lasting, async (steps) => {
      expect(await playOnObject(freshObject(), steps)).toBeGreaterThan(200);
    });
    await fc.assert(story, { numRuns: 1, endOnFailure: true });
  });
});

function add(now: number, number = 0): Extract<CartCommand, { type: 'add-lines' }> {
  const variant = variantOf(number, 100);
  const line = { lineId: `lin_${crypto.randomUUID()}`, variant, quantity: 1, attributes: {} };
  const origin = { country: 'DE', currency: 'EUR' as const, createdAt: now };
  return { type: 'add-lines', lines: [line], origin, emptyUntil: now + dayMs, now };
}

/** An object that is bound to a pricing of the test's own. */
function priced(stub: Stub, pricing: Pick<PricingApi, 'quoteCart'>) {
  return <Answer>(act: (object: CartObject) => Promise<Answer>): Promise<Answer> =>
    runInDurableObject(stub, (_instance, state) => {
      const nobody = { balances: async () => [], findGiftCards: async () => [] };
      const market = () => Promise.reject(new Error('not asked'));
      const catalog = { variants: async () => [], variantRevision: async () => 1, standings: async () => [] };
      const PRICING = { ...pricing, ...nobody, market, explainCart: market, shelf: market };
      return act(new CartObject(state, { PRICING, CATALOG: catalog, ORDERS: { letGoOfCart: async () => 'kept' } }));
    });
}

const sumsUp = quotingBy(async ({ cart }) => quotedAs(plainQuote(cart)));

function write(cartId: string, number = 0, more: Partial<CartWrite> = {}): Packed<CartWrite> {
  const { lines, origin } = add(tomorrow, number);
  const usual = { ifVersion: null, idempotency: null, isNew: false, status: 201, requestId: 'req_1' } as const;
  return pack({ cartId, origin, ...usual, wish: { type: 'add-lines', lines }, now: tomorrow, ...more });
}

describe('a cart whose id was made for its first change', () => {
  test('begins with that change', async () => {
    const [stub, cartId] = [freshObject(), freshCart()];
    const text = await priced(stub, sumsUp)((object) => object.write(write(cartId, 0, { isNew: true })));
    expect(text).toMatchObject({ status: 201, shown: { cartId, version: 2 } });
    expect(unpack(await stub.read(cartId)).cart).toMatchObject({ status: 'active', lines: [{ quantity: 1 }] });
  });

  test('stays as it is when the id was not new after all', async () => {
    const [stub, cartId] = [freshObject(), freshCart()];
    await stub.execute(cartId, add(tomorrow));
    const before = unpack(await stub.read(cartId));
    const again = priced(stub, sumsUp)((object) => object.write(write(cartId, 1, { isNew: true })));
    await expect(again).rejects.toThrow(/UNIQUE/);
    expect(unpack(await stub.read(cartId)).version).toBe(before.version);
  });
});

describe('a change under an idempotency key', () => {
  const idempotency = { key: 'k', fingerprint: 'f' };

  test('is one commit with its answer: the same bytes come from an object that has been evicted since (C6)', async () => {
    const [stub, cartId] = [freshObject(), freshCart()];
    await stub.execute(cartId, add(tomorrow));
    const asked = write(cartId, 0, { idempotency });
    const first = await priced(stub, sumsUp)((object) => object.write(asked));
    await evict(stub);
    const again = await priced(stub, sumsUp)((object) => object.write(asked));
    expect(again).toEqual({ ...first, isReplay: true });
    expect(unpack(await stub.read(cartId)).cart).toMatchObject({ lines: [{ quantity: 2 }] });
  });

  test('that cannot be priced leaves neither the change nor the key', async () => {
    const [stub, cartId] = [freshObject(), freshCart()];
    const silent = quotingBy(() => Promise.reject(new Error('pricing is gone')));
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const refused = await priced(stub, silent)((object) => object.write(write(cartId, 0, { idempotency })));
    expect(refused.status).toBe(503);
    expect(unpack(await stub.read(cartId))).toEqual({ cart: { status: 'empty' }, version: 0 });
    expect((await priced(stub, sumsUp)((object) => object.write(write(cartId, 0, { idempotency })))).status).toBe(201);
  });

  test('keeps its answer for a day, and the alarm deletes it', async () => {
    const [stub, cartId] = [freshObject(), freshCart()];
    const longAgo = Date.now() - 2 * dayMs;
    await priced(stub, sumsUp)((object) => object.write(write(cartId, 0, { idempotency, now: longAgo })));
    const answers = () =>
      runInDurableObject(
        stub,
        (_instance, state) => state.storage.sql.exec('select key from answers').toArray().length,
      );
    await vi.waitFor(async () => expect(await answers()).toBe(0), patience);
  });
});

describe('carts that one checkout run completes together', () => {
  test('are completed in one call, each by its own checkout', async () => {
    const [stub, one, other] = [freshObject(), freshCart(), freshCart()];
    await stub.execute(one, add(tomorrow));
    await stub.execute(other, add(tomorrow));
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
    await stub.execute(young, add(Date.now()));
    // The last change was so long ago that the cart is due as soon as it is written.
    await stub.execute(old, add(Date.now() - (cartDays + 2) * dayMs));
    await vi.waitFor(async () => expect(await rowsOf(stub, old)).toEqual([0, 0, 0]), patience);
    expect(unpack(await stub.read(old)).cart).toEqual({ status: 'empty' });
    expect(unpack(await stub.read(young)).cart).toMatchObject({ status: 'active' });
  });

  test('keeps its alarm when the object starts again and another cart is changed later', async () => {
    const [stub, early, late] = [freshObject(), freshCart(), freshCart()];
    const alarm = () => runInDurableObject(stub, (_instance, state) => state.storage.getAlarm());
    await stub.execute(early, add(tomorrow));
    const alarmBefore = await alarm();
    await evict(stub);
    await stub.execute(late, add(tomorrow + 10 * dayMs));
    expect(await alarm()).toBe(alarmBefore);
  });
});
