/** Sold gift cards whose units are taken back: emptied and blocked once, whatever breaks, and never again issued. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { levelsOf } from '../../../durable-objects/allowance/streams.ts';
import type { VoidRequest } from '../../../shared/contracts/pricing/allowances.ts';
import { giftCardBalance } from '../../../shared/contracts/pricing/allowances.ts';
import { envelope } from '../../../shared/events/envelope.ts';
import { OrderPaid } from '../../../shared/events/orders.ts';
import { databaseOf } from '../../../shared/messaging/d1.ts';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { lineWith, summaryWith } from '../../../shared/testing/summaries.ts';
import { makeId } from '../../../shared/values/ids.ts';
import { money } from '../../../shared/values/money.ts';
import { type Allowance, emptyAllowance, evolveAllowance } from '../domain/allowance/allowance.ts';
import { type AllowanceCommand, decideAllowance } from '../domain/allowance/decide.ts';
import { receiveEvents } from '../events.ts';
import type { AllowanceAnswer, AllowanceOpenings, AllowanceStub } from './service/allowance-object.ts';
import { restoreSoldCards, voidSoldCards } from './service/voided-cards.ts';
import { listGiftCards, openingsOf } from './store.ts';

const now = 1_000;
let database: TestDatabase;
/** The objects of the cards, as one. */
let cards: Map<string, Allowance>;
/** So many calls of an object are done; the next answer is lost. */
let callsUntilLost = Number.POSITIVE_INFINITY;
let events = 0;

beforeAll(async () => {
  database = await migratedDatabase('pricing');
});
afterAll(() => database.close());
beforeEach(async () => {
  cards = new Map();
  callsUntilLost = Number.POSITIVE_INFINITY;
  await database.db.exec('delete from gift_cards; delete from inbox_events');
});

function execute(name: string, command: AllowanceCommand, openings: AllowanceOpenings = {}): AllowanceAnswer {
  const opening = openings[name];
  const begun = cards.get(name) ?? emptyAllowance;
  if (!begun.isIssued && opening === undefined) return { unopened: [name], refusal: null, levels: [] };
  const { events: issued } = decideAllowance(begun, {
    type: 'issue',
    ...(opening ?? { amountMinor: 0, expiresAt: null }),
    now,
  });
  const opened = issued.reduce(evolveAllowance, begun);
  const decision = decideAllowance(opened, command);
  const state = decision.events.reduce(evolveAllowance, opened);
  cards.set(name, state);
  callsUntilLost -= 1;
  if (callsUntilLost < 0) throw new Error('the answer is lost');
  const refusal = decision.refusal === null ? null : { allowance: name, why: decision.refusal };
  return { unopened: [], refusal, levels: [levelsOf(name, { state, version: 1 })] };
}

const merged = (answers: readonly AllowanceAnswer[]): AllowanceAnswer => ({
  unopened: answers.flatMap(({ unopened }) => unopened),
  refusal: answers.find(({ refusal }) => refusal !== null)?.refusal ?? null,
  levels: answers.flatMap(({ levels }) => levels),
});
const unasked = () => Promise.reject(new Error('Nobody asks for this'));
const stub: AllowanceStub = {
  ...{ hold: unasked, end: unasked, movements: unasked, rebuild: unasked },
  change: async (name, command, openings) => execute(name, command, openings),
  read: async (names, at, openings) =>
    merged(names.map((name) => execute(name, { type: 'expire', now: at }, openings))),
};

const desk = () => {
  const db = databaseOf(database.db);
  return {
    ...{ db, secrets: ['the secret'] as const, now: () => now },
    notifications: { send: async () => '' },
    objects: { getByName: () => stub },
    openingsOf: (names: readonly string[]) => openingsOf(db, names),
    newId: (kind: Parameters<typeof makeId>[0]) =>
      makeId(kind, { now, random: crypto.getRandomValues(new Uint8Array(16)) }),
  };
};

/** The order is paid: its two units of 25.00 have cards. */
async function sell(quantity = 2, voidedGiftCards = 0): Promise<void> {
  events += 1;
  const line = { lineId: 'lin_a', quantity, giftCards: quantity, unitPrice: money(2500, 'EUR'), voidedGiftCards };
  const order = summaryWith({ lines: [lineWith(line)] });
  const facts = {
    id: `ord_1/${events}`,
    subject: order.orderId,
    sequence: 5,
    time: order.placedAt,
    traceparent: undefined,
  };
  const message = {
    body: envelope(OrderPaid, facts, order),
    attempts: 1,
    ack: () => undefined,
    retry: () => undefined,
  };
  await receiveEvents(desk(), { messages: [message] } as unknown as Pick<MessageBatch, 'messages'>);
}

const request = (quantity: number, changes: { backMinor?: number; soldQuantity?: number } = {}): VoidRequest => {
  const { backMinor = quantity * 2500, soldQuantity = 2 } = changes;
  const unit = { lineId: 'lin_a', quantity, soldQuantity, unitPrice: money(2500, 'EUR'), backMinor };
  return { voidKey: 'chk_1.v1', orderId: 'ord_1', units: [unit], now };
};

const rows = async () =>
  (await listGiftCards(desk().db, { beforeId: null, last4: null, orderId: 'ord_1', limit: 99 })).map(({ row }) => row);
/** By unit: what is left, and whether the card is blocked. */
async function left(): Promise<readonly (readonly [unit: number, left: number, isBlocked: boolean])[]> {
  const found = await rows();
  return found
    .map(({ id, unit, amountMinor }) => {
      const { total = amountMinor, committed = 0, isDisabled = false } = cards.get(giftCardBalance(id)) ?? {};
      return [unit ?? 0, (total ?? 0) - committed, isDisabled] as const;
    })
    .sort(([a], [b]) => a - b);
}
async function spend(unit: number, amountMinor: number): Promise<void> {
  const card = (await rows()).find((one) => one.unit === unit);
  const name = giftCardBalance(card?.id ?? '');
  const entry = { key: 'spent', reason: 'Spent', actor: 'shopper', now } as const;
  execute(
    name,
    { type: 'adjust', deltaMinor: -amountMinor, ...entry },
    { [name]: { amountMinor: 2500, expiresAt: null } },
  );
}

describe('the cards of units that are taken back', () => {
  test('are emptied and blocked: the fullest first, and of equal ones the newest unit', async () => {
    await sell();
    expect(await voidSoldCards(desk(), request(1))).toEqual({ ok: true, value: null });
    expect(await left()).toEqual([
      [1, 2500, false],
      [2, 0, true],
    ]);
  });

  test('are those that are not spent', async () => {
    await sell();
    await spend(2, 100);
    await voidSoldCards(desk(), request(1));
    expect(await left()).toEqual([
      [1, 0, true],
      [2, 2400, false],
    ]);
  });

  test('stay as they are where less is left than is paid back, and are emptied where it is enough', async () => {
    await sell();
    await spend(2, 1000);
    const refused = { ok: false, refusal: { code: 'gift-card-spent', lineId: 'lin_a', maxMinor: 4000 } };
    expect(await voidSoldCards(desk(), request(2))).toEqual(refused);
    expect(await left()).toEqual([
      [1, 2500, false],
      [2, 1500, false],
    ]);
    expect(await voidSoldCards(desk(), { ...request(2, { backMinor: 4000 }), voidKey: 'chk_1.v2' })).toMatchObject({
      ok: true,
    });
    expect(await left()).toEqual([
      [1, 0, true],
      [2, 0, true],
    ]);
  });

  test('are not issued by news that come late, and a unit that is sold afterwards has its own', async () => {
    await voidSoldCards(desk(), request(2));
    await sell(2);
    expect(await left()).toEqual([
      [1, 0, true],
      [2, 0, true],
    ]);
    await sell(1, 2);
    expect(await left()).toEqual([
      [1, 0, true],
      [2, 0, true],
      [3, 2500, false],
    ]);
  });

  test('are given back when nothing came of it, and one that a merchant had blocked stays so', async () => {
    await sell();
    const blocked = giftCardBalance((await rows()).find(({ unit }) => unit === 1)?.id ?? '');
    execute(
      blocked,
      { type: 'switch', isDisabled: true, actor: 'key:admin', now },
      { [blocked]: { amountMinor: 2500, expiresAt: null } },
    );
    await voidSoldCards(desk(), request(2));
    for (const _again of [1, 2]) await restoreSoldCards(desk(), { voidKey: 'chk_1.v1', isPaid: true, now });
    expect(await left()).toEqual([
      [1, 2500, true],
      [2, 2500, false],
    ]);
  });

  test('of an order that is not paid are issued with its money alone', async () => {
    await voidSoldCards(desk(), request(1, { backMinor: 0 }));
    await restoreSoldCards(desk(), { voidKey: 'chk_1.v1', isPaid: false, now });
    expect(await left()).toEqual([]);
    await sell();
    expect(await left()).toEqual([
      [1, 2500, false],
      [2, 2500, false],
    ]);
  });

  test('are emptied once and given back once, wherever it breaks', async () => {
    for (let calls = 0; calls < 14; calls += 1) {
      cards = new Map();
      await database.db.exec('delete from gift_cards; delete from inbox_events');
      await sell();
      const untilDone = async (work: () => Promise<unknown>) => {
        callsUntilLost = calls;
        for (let tries = 0; ; tries += 1) {
          const isDone = await work().then(
            () => true,
            () => false,
          );
          callsUntilLost = Number.POSITIVE_INFINITY;
          if (isDone) return;
          expect(tries).toBeLessThan(2);
        }
      };
      await untilDone(() => voidSoldCards(desk(), request(2)));
      expect(await left()).toEqual([
        [1, 0, true],
        [2, 0, true],
      ]);
      await untilDone(() => restoreSoldCards(desk(), { voidKey: 'chk_1.v1', isPaid: true, now }));
      expect(await left()).toEqual([
        [1, 2500, false],
        [2, 2500, false],
      ]);
    }
  });
});
