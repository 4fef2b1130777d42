/** The spread of a quantity over locations: it adds up, takes from nobody more than is free, and keeps the order. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spread } from './allocation.ts';
import { decideStock, emptyStock, evolveStock, type UnitCommand } from './decide.ts';

const place = (locationId: string, free: number, rank = 0) => ({ locationId, free, rank });

test('parts and what is missing add up to the quantity, and no place gives more than it has free', () => {
  const places = fc.uniqueArray(
    fc.record({
      locationId: fc.constantFrom('loc_a', 'loc_b', 'loc_c', 'loc_d'),
      free: fc.integer({ min: -5, max: 9 }),
      rank: fc.integer({ min: 0, max: 2 }),
    }),
    { selector: ({ locationId }) => locationId },
  );
  fc.assert(
    fc.property(places, fc.integer({ min: 0, max: 30 }), (shelves, quantity) => {
      const { parts, missing } = spread(shelves, quantity);
      expect(parts.reduce((sum, part) => sum + part.quantity, missing)).toBe(quantity);
      const free = new Map<string, number>(shelves.map((shelf) => [shelf.locationId, shelf.free]));
      for (const part of parts) expect(part.quantity).toBeLessThanOrEqual(free.get(part.poolId) ?? 0);
      // Only the last place may keep something back: all before it gave everything.
      for (const part of parts.slice(0, -1)) expect(part.quantity).toBe(free.get(part.poolId));
      if (missing > 0) expect(parts).toHaveLength(shelves.filter((shelf) => shelf.free > 0).length);
    }),
  );
});

describe('the order of locations', () => {
  test('is the one with most free first where the merchant has not ranked them', () => {
    const { parts } = spread([place('loc_a', 3), place('loc_b', 5), place('loc_c', 3)], 9);
    expect(parts.map((part) => part.poolId)).toEqual(['loc_b', 'loc_a', 'loc_c']);
  });

  test('is the rank before anything else', () => {
    const { parts, first } = spread([place('loc_a', 9, 1), place('loc_b', 2, 0)], 4);
    expect(parts).toEqual([
      { poolId: 'loc_b', quantity: 2 },
      { poolId: 'loc_a', quantity: 2 },
    ]);
    expect(first).toBe('loc_b');
  });
});

describe('a hold of a stock unit', () => {
  const now = 0;
  const opened = (floor: number) =>
    decideStock(emptyStock, { type: 'open', levels: { loc_a: 4, loc_b: 6 }, floor, now }).events.reduce(
      evolveStock,
      emptyStock,
    );
  const hold = (quantity: number, locationIds?: readonly string[]): UnitCommand => ({
    type: 'hold',
    key: 'k',
    quantity,
    until: 1,
    now,
    ...(locationIds === undefined ? {} : { locationIds }),
  });
  const partsOf = (...asked: Parameters<typeof decideStock>) => {
    const [event] = decideStock(...asked).events;
    return event?.type === 'hold-placed' ? event.parts.map((part) => [part.poolId, part.quantity]) : null;
  };

  test('takes by the ranks that it is told', () => {
    expect(partsOf(opened(0), hold(5))).toEqual([['loc_b', 5]]);
    expect(partsOf(opened(0), hold(5), { loc_b: 1 })).toEqual([
      ['loc_a', 4],
      ['loc_b', 1],
    ]);
  });

  test('takes only from the places it names', () => {
    expect(partsOf(opened(0), hold(4, ['loc_a']))).toEqual([['loc_a', 4]]);
    expect(decideStock(opened(0), hold(5, ['loc_a'])).refusal).toEqual({
      code: 'insufficient-stock',
      requested: 5,
      available: 4,
    });
  });

  test('owes a backorder at the place that was asked first, down to the floor', () => {
    expect(partsOf(opened(-3), hold(13), { loc_b: 1 })).toEqual([
      ['loc_a', 7],
      ['loc_b', 6],
    ]);
    expect(decideStock(opened(-3), hold(14)).refusal).toMatchObject({ available: 13 });
  });

  test('leaves the safety stock, and a backorder does not reach into it', () => {
    const kept = decideStock(opened(-2), { type: 'change-settings', safety: { loc_b: 5 }, now });
    const stock = kept.events.reduce(evolveStock, opened(-2));
    expect(decideStock(stock, hold(8)).refusal).toMatchObject({ available: 7 });
    expect(decideStock(stock, hold(7)).refusal).toBeNull();
  });
});
