/** Counts that find less than is promised: recorded, shown with whom they touch, and nothing more is sold there. */
import { describe, expect, test } from 'vitest';
import { decideStock, emptyStock, evolveStock, type Stock, totalsOf, type UnitCommand } from './decide.ts';
import { shortPromisesOf } from './shortfall.ts';

const now = 1_800_000_000_000;

function tell(stock: Stock, command: UnitCommand): Stock {
  const { events, refusal } = decideStock(stock, command);
  expect(refusal).toBeNull();
  return events.reduce(evolveStock, stock);
}

const opened = (levels: Readonly<Record<string, number>>, floor = 0) =>
  tell(emptyStock, { type: 'open', levels, floor, now });
const held = (stock: Stock, key: string, quantity: number) =>
  tell(stock, { type: 'hold', key, quantity, until: now + 60_000, now });
const bought = (stock: Stock, key: string, quantity: number, at = now) =>
  tell(held(stock, key, quantity), { type: 'commit', key, now: at });
const counted = (stock: Stock, locationId: string, onHand: number) => {
  const onHandExpected = stock.levels[locationId]?.onHand ?? 0;
  const delta = onHand - onHandExpected;
  return tell(stock, { type: 'adjust', locationId, delta, reason: 'count', actor: 'x', onHandExpected, now });
};
const refusalOf = (stock: Stock, quantity: number, more: object = {}) =>
  decideStock(stock, { type: 'hold', key: 'chk_new', quantity, until: now + 60_000, now, ...more }).refusal;

describe('a count that finds less than is promised', () => {
  const stock = counted(bought(bought(opened({ loc_a: 5 }), 'chk_1', 3), 'chk_2', 2, now + 1), 'loc_a', 2);

  test('takes what is available below zero, and nothing more is sold', () => {
    expect(totalsOf(stock)).toEqual({ onHand: 2, held: 0, committed: 5, available: -3 });
    expect(refusalOf(stock, 1)).toEqual({ code: 'insufficient-stock', requested: 1, available: 0 });
  });

  test('touches the newest promises first', () => {
    expect(shortPromisesOf(stock)).toEqual([
      { key: 'chk_2', locationId: 'loc_a', quantity: 2, short: 2, isCommitted: true },
      { key: 'chk_1', locationId: 'loc_a', quantity: 3, short: 1, isCommitted: true },
    ]);
  });

  test('touches a checkout that is still open before any order', () => {
    const withHold = counted(held(bought(opened({ loc_a: 5 }), 'chk_1', 3), 'chk_2', 2), 'loc_a', 4);
    expect(shortPromisesOf(withHold)).toMatchObject([{ key: 'chk_2', short: 1, isCommitted: false }]);
  });

  test('is over when goods arrive', () => {
    const filled = counted(stock, 'loc_a', 6);
    expect([shortPromisesOf(filled), refusalOf(filled, 1), refusalOf(filled, 2)?.code]).toEqual([
      [],
      null,
      'insufficient-stock',
    ]);
  });

  test('lets what is there be shipped, and no more', () => {
    const ship = (quantity: number): UnitCommand => ({
      type: 'ship',
      key: 'chk_1',
      fulfillmentKey: 'ful_1',
      items: [{ locationId: 'loc_a', quantity }],
      now,
    });
    expect(decideStock(stock, ship(3)).refusal).toMatchObject({ code: 'insufficient-stock', available: 2 });
    expect(totalsOf(tell(stock, ship(2)))).toMatchObject({ onHand: 0, committed: 3, available: -3 });
  });

  test('never finds less than nothing', () => {
    const adjust = { type: 'adjust', locationId: 'loc_a', delta: -3, reason: 'x', actor: 'x', now } as const;
    expect(decideStock(stock, { ...adjust, onHandExpected: null }).refusal).toEqual({
      code: 'insufficient-stock',
      requested: 3,
      available: 2,
    });
  });
});

describe('a place that owes', () => {
  const neighbors = opened({ loc_a: 5, loc_b: 2 });
  const owing = counted(counted(bought(neighbors, 'chk_1', 5), 'loc_b', 4), 'loc_a', 2);

  test('takes nothing from its neighbor, which sells what it has', () => {
    expect(owing.levels).toEqual({
      loc_a: { onHand: 2, held: 0, committed: 5 },
      loc_b: { onHand: 4, held: 0, committed: 0 },
    });
    expect([refusalOf(owing, 4), refusalOf(owing, 5)]).toEqual([
      null,
      { code: 'insufficient-stock', requested: 5, available: 4 },
    ]);
  });

  test('lends nothing: a pickup there is refused', () => {
    expect(refusalOf(owing, 1, { locationIds: ['loc_a'] })).toMatchObject({ available: 0 });
  });

  test('may get all that the neighbor has free', () => {
    const send = {
      type: 'send-transfer',
      transferId: 't',
      fromLocationId: 'loc_b',
      toLocationId: 'loc_a',
      now,
    } as const;
    const arrived = tell(tell(owing, { ...send, quantity: 4 }), {
      type: 'receive-transfer',
      transferId: 't',
      received: 4,
      now,
    });
    expect([shortPromisesOf(arrived), totalsOf(arrived).available]).toEqual([[], 1]);
  });

  test('leaves less of the backorders that the floor allows to all places together', () => {
    const withFloor = tell(owing, { type: 'change-floor', floor: -4, now });
    expect([refusalOf(withFloor, 5), refusalOf(withFloor, 6)]).toEqual([
      null,
      { code: 'insufficient-stock', requested: 6, available: 5 },
    ]);
  });

  test('because it keeps goods back takes nothing from its neighbor either', () => {
    const keeping = tell(opened({ loc_a: 1, loc_b: 3 }), { type: 'change-settings', safety: { loc_a: 4 }, now });
    expect([refusalOf(keeping, 3), refusalOf(keeping, 4)?.code]).toEqual([null, 'insufficient-stock']);
  });
});
