/**
 * Scripts of stock commands as plain data, so that the pure core and the real object play the same ones: what may happen to
 * a stock unit, in any order, with repetitions, evictions and a clock that goes back.
 */
import * as fc from 'fast-check';

export type StockStep =
  | {
      readonly do: 'adjust';
      readonly place: number;
      readonly delta: number;
      readonly compare: 'no' | 'right' | 'wrong';
    }
  | { readonly do: 'floor'; readonly floor: number }
  | { readonly do: 'hold'; readonly key: number; readonly quantity: number; readonly seconds: number }
  | { readonly do: 'commit' | 'undo' | 'release'; readonly key: number }
  | { readonly do: 'open' | 'expire' | 'evict' | 'compact' }
  | { readonly do: 'tick'; readonly seconds: number }
  | { readonly do: 'replay'; readonly last: number };

const keyNumber = fc.integer({ min: 0, max: 4 });

export const stockStep: fc.Arbitrary<StockStep> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('hold' as const),
      key: keyNumber,
      quantity: fc.integer({ min: 1, max: 7 }),
      seconds: fc.integer({ min: -10, max: 900 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('commit' as const, 'undo' as const, 'release' as const),
      key: keyNumber,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('adjust' as const),
      place: fc.integer({ min: 0, max: 2 }),
      delta: fc.integer({ min: -8, max: 8 }),
      compare: fc.constantFrom('no' as const, 'right' as const, 'wrong' as const),
    }),
  },
  // The clock may also go back, by up to five minutes at a time.
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('tick' as const), seconds: fc.integer({ min: -300, max: 600 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('evict' as const, 'expire' as const, 'compact' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('floor' as const), floor: fc.integer({ min: -5, max: 0 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('replay' as const), last: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('open' as const) }) },
);
