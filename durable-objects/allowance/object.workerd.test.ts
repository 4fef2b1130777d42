/**
 * The Allowance object in its own runtime: the scripts that the pure core plays, with evictions between commands, and what only
 * the runtime can show: parallel holds of one code, alarms that expire holds, and the read model that follows by itself.
 */
import { env, exports } from 'cloudflare:workers';
import { describe, expect, test, vi } from 'vitest';
import {
  type AllowancesApi,
  type AllowanceWant,
  giftCardBalance,
  promotionBudget,
  promotionUses,
  promotionUsesOf,
} from '../../shared/contracts/pricing/allowances.ts';
import { databaseOf } from '../../shared/messaging/d1.ts';
import { evictObject } from '../../shared/testing/evict.ts';
import { patience } from '../../shared/testing/patience.ts';
import { allowanceObjectNameOf } from '../../shared/values/placement.ts';
import type { AllowanceStub } from '../../workers/pricing/allowances/service/allowance-object.ts';
import { holdAllowances } from '../../workers/pricing/allowances/service/holds.ts';
import { openingsOf } from '../../workers/pricing/allowances/store.ts';

const pricing: AllowancesApi = Reflect.get(exports, 'default');
const objects: { getByName(name: string): DurableObjectStub & AllowanceStub } = Reflect.get(env, 'ALLOWANCE');
const database: D1Database = Reflect.get(env, 'DB');

/** Ahead of the clock of the runtime, so that no alarm rings into a test. */
const tomorrow = Date.now() + 24 * 60 * 60 * 1_000;
const until = tomorrow + 900_000;

const freshId = () => crypto.randomUUID();
const use = (allowance: string, limit: number | null, quantity = 1): AllowanceWant => ({ allowance, quantity, limit });
const hold = (key: string, ...wants: readonly AllowanceWant[]) =>
  pricing.holdAllowances({ key, wants, until, now: tomorrow });
const commit = (key: string, ...allowances: readonly string[]) =>
  pricing.commitAllowances({ key, allowances, now: tomorrow });
const release = (key: string, ...allowances: readonly string[]) =>
  pricing.releaseAllowances({ key, allowances, now: tomorrow });
const levels = async (allowance: string) => (await pricing.balances([allowance], tomorrow))[0];
const evict = (allowance: string) => evictObject(objects.getByName(allowanceObjectNameOf(allowance)));

async function issue(amountMinor: number): Promise<string> {
  const id = freshId();
  await database
    .prepare(`insert into gift_cards (id, code_hash, last4, currency, amount_minor, created_at, created_by)
      values (?, ?, 'ABCD', 'EUR', ?, 0, 'test')`)
    .bind(id, id, amountMinor)
    .run();
  return giftCardBalance(id);
}

describe('a code that may be used once', () => {
  test('is given to one of a hundred that ask at the same time', async () => {
    const name = promotionUses(freshId());
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => hold(`chk_${index}`, use(name, 1))));
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    const refusals = answers.flatMap((answer) => (answer.ok ? [] : [answer.refusal]));
    for (const refusal of refusals)
      expect(refusal).toEqual({ code: 'code-used-up', allowance: name, requested: 1, available: 0 });
    expect(await levels(name)).toMatchObject({ total: 1, held: 1, committed: 0, available: 0 });
  });

  test('is free again for the next when its checkout fails', async () => {
    const name = promotionUses(freshId());
    await hold('a', use(name, 1));
    await release('a', name);
    expect(await hold('b', use(name, 1))).toEqual({ ok: true, value: null });
    expect(await commit('b', name)).toEqual({ ok: true, value: null });
    expect(await hold('c', use(name, 1))).toMatchObject({ ok: false });
  });
});

describe('a hold, a commit and a release', () => {
  test('say the same when they are repeated, also after an eviction', async () => {
    const name = promotionUses(freshId());
    for (const _again of [1, 2]) {
      expect(await hold('a', use(name, 3))).toEqual({ ok: true, value: null });
      await evict(name);
    }
    expect(await levels(name)).toMatchObject({ held: 1, available: 2 });
    for (const _again of [1, 2]) {
      expect(await commit('a', name)).toEqual({ ok: true, value: null });
      await evict(name);
    }
    expect(await levels(name)).toMatchObject({ held: 0, committed: 1, available: 2 });
    for (const _again of [1, 2]) await release('a', name);
    expect(await levels(name)).toMatchObject({ held: 0, committed: 0, available: 3 });
  });

  test('a release that comes first bars the hold', async () => {
    const [name, card] = [promotionUses(freshId()), await issue(1_000)];
    await release('a', name, card);
    expect(await hold('a', use(name, 3))).toMatchObject({ refusal: { code: 'hold-closed', state: 'barred' } });
    expect(await hold('a', use(card, null, 10))).toMatchObject({ refusal: { code: 'hold-closed', state: 'barred' } });
    expect(await levels(card)).toMatchObject({ total: 1_000, held: 0, available: 1_000 });
  });

  test('a commit without a hold is refused', async () => {
    const name = promotionUses(freshId());
    expect(await commit('a', name)).toEqual({
      ok: false,
      refusal: { code: 'hold-closed', allowance: name, state: 'absent' },
    });
  });
});

describe('a checkout that wants several allowances', () => {
  test('gets all or none of them, also when other objects hold them', async () => {
    const cards = await Promise.all(Array.from({ length: 8 }, () => issue(1_000)));
    const wants = cards.map((card, index) => use(card, null, index === 5 ? 1_001 : 500));
    expect(await hold('a', ...wants)).toEqual({
      ok: false,
      refusal: { code: 'gift-card-insufficient', allowance: cards[5], requested: 1_001, available: 1_000 },
    });
    for (const card of cards) expect(await levels(card)).toMatchObject({ held: 0, available: 1_000 });
    expect(await hold('b', ...cards.map((card) => use(card, null, 1_000)))).toEqual({ ok: true, value: null });
  });

  test('holds uses and budget of one promotion in one commit', async () => {
    const id = freshId();
    const [all, own, budget] = [promotionUses(id), promotionUsesOf(id, 'cus_1'), promotionBudget(id, 'EUR')];
    const wants = [use(all, 10), use(own, 1), use(budget, 500, 300)];
    expect(await hold('a', ...wants)).toEqual({ ok: true, value: null });
    // The budget would do, and comes first; the customer's use does not, and so the budget is not touched either.
    expect(await hold('b', use(all, 10), use(own, 1), use(budget, 500, 100))).toEqual({
      ok: false,
      refusal: { code: 'code-used-up', allowance: own, requested: 1, available: 0 },
    });
    expect(await levels(budget)).toMatchObject({ held: 300, available: 200 });
    expect(await levels(all)).toMatchObject({ held: 1 });
  });

  test('is told of a card that nobody issued', async () => {
    const name = giftCardBalance(freshId());
    expect(await hold('a', use(name, null, 1))).toEqual({
      ok: false,
      refusal: { code: 'gift-card-unusable', allowance: name, reason: 'unknown' },
    });
  });
});

const rowOf = (allowance: string) =>
  database.prepare('select total, held, committed from allowance_levels where allowance = ?').bind(allowance).first();

describe('the read model', () => {
  test('follows by itself, and shows a hold that ended by itself', async () => {
    const shows = (name: string, held: number) => async () =>
      expect(await rowOf(name)).toEqual({ total: 5, held, committed: 0 });
    // A hold that ended before anybody could see it proves nothing: on a slow machine a longer one is tried.
    for (const holdMs of [3_000, 12_000, 50_000]) {
      const now = Date.now();
      const name = promotionUses(freshId());
      await pricing.holdAllowances({ key: 'a', wants: [use(name, 5)], until: now + holdMs, now });
      await evict(name);
      const isSeen = await vi.waitFor(shows(name, 1), { ...patience, timeout: holdMs }).then(
        () => true,
        () => false,
      );
      await vi.waitFor(shows(name, 0), patience);
      if (isSeen) return;
    }
    throw new Error('No hold was ever seen');
  });

  test('is not put off by commits that never pause', async () => {
    const name = promotionUses(freshId());
    const started = Date.now();
    let held = 0;
    while ((await rowOf(name)) === null && Date.now() < started + patience.timeout) {
      const now = Date.now();
      await pricing.holdAllowances({ key: `chk_${held}`, wants: [use(name, null)], until: now + 900_000, now });
      held += 1;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await rowOf(name)).toMatchObject({ total: null, committed: 0 });
  });

  test('is rebuilt from the objects when it is lost', async () => {
    const now = Date.now();
    const card = await issue(700);
    await pricing.holdAllowances({ key: 'a', wants: [use(card, null, 200)], until: now + 900_000, now });
    await vi.waitFor(async () => expect(await rowOf(card)).not.toBeNull(), patience);
    await database.exec('delete from allowance_levels');
    expect(await pricing.rebuildAllowanceLevels()).toBeGreaterThan(0);
    await vi.waitFor(async () => expect(await rowOf(card)).toEqual({ total: 700, held: 200, committed: 0 }), patience);
  });

  test('tells a lost ledger from a first touch', async () => {
    const card = await issue(700);
    await database
      .prepare(`insert into allowance_levels (allowance, total, held, committed, is_disabled, sequence, as_of)
        values (?, 700, 0, 600, 0, 3, 0)`)
      .bind(card)
      .run();
    const holding = holdAllowances(
      { objects, openingsOf: (names) => openingsOf(databaseOf(database), names) },
      { key: 'a', wants: [use(card, null, 700)], until, now: tomorrow },
    );
    await expect(holding).rejects.toThrow('is lost');
  });
});
