/** Scenarios of our own through the runner: numbers that follow what the case gives, and mistakes that cannot pass. */
import { describe, expect, test } from 'vitest';
import { limitless, writingBy } from '../../tests/simulation/mistakes.ts';
import type { Plants } from '../../tests/simulation/plants.ts';
import { decideStock } from '../../workers/inventory/domain/decide.ts';
import { decideAllowance } from '../../workers/pricing/domain/allowance/decide.ts';
import { UnreadableCase } from './area.ts';
import { concurrency, concurrencyUnder } from './concurrency.ts';

const threeForFive = { stock: 7, checkouts: 5, quantityEach: 2, totalEachMinor: 1500, currency: 'JPY' };
const sold = { ordersPlaced: 3, refusedCheckouts: 2, stockLeft: 1, capturedMinor: 4500, openAuthorizationMinor: 0 };
const held = {
  stock: 9,
  hold: { by: 'Ada', quantity: 4, expired: false },
  attempts: [
    { by: 'Bob', quantity: 6 },
    { by: 'Cleo', quantity: 3 },
    { by: 'Bob', quantity: 2 },
  ],
};
const coupon = { usesLeft: 2, checkouts: 5, subtotalMinor: 4000, discountMinor: 700 };
const card = { balanceMinor: 2500, totalsMinor: [1000, 1400, 800] };
const neverOverdrawn = { balanceMinorAtLeast: 0, spentPlusBalanceMinor: 2500, neverSpentMoreThanMinor: 2500 };

describe('a scenario', () => {
  test.each([
    ['a rush', threeForFive, sold],
    [
      'a rush on single units, where nothing is said of a quantity',
      { stock: 1, checkouts: 3, totalEachMinor: 5 },
      { ordersPlaced: 1, refusedCheckouts: 2, capturedMinor: 5 },
    ],
    [
      'a rush of mixed quantities, at a total that does not divide',
      { stock: 3, checkouts: [{ quantity: 2 }, { quantity: 1 }, { quantity: 2 }], totalEachMinor: 1001 },
      { ordersPlaced: 2, refusedCheckouts: 1, stockLeft: 0, capturedMinor: 2002, openAuthorizationMinor: 0 },
    ],
    ['a live hold', held, { results: ['refused', 'placed', 'placed'], availableLeft: 0, stillHeldByAda: 4 }],
    [
      'a hold that has expired',
      { ...held, hold: { ...held.hold, expired: true } },
      { results: ['placed', 'placed', 'refused'], availableLeft: 0, stillHeldByAda: 0 },
    ],
    [
      'two browsers and a webhook on each of two checkouts',
      { checkouts: 2, completions: 3, totalMinor: 777 },
      { ordersPlaced: 2, answersWithThatOrder: 6, capturedMinor: 1554 },
    ],
    [
      'one key',
      { requests: 12, keys: 1, totalMinor: 950 },
      { ordersPlaced: 1, identicalAnswers: 12, capturedMinor: 950 },
    ],
    [
      'one checkout under three keys',
      { requests: 9, keys: 3, totalMinor: 950 },
      { ordersPlaced: 1, capturedMinor: 950 },
    ],
    ['one item', { unitPriceMinor: 250, adds: [2, 1, 4] }, { lines: 1, quantity: 7, subtotalMinor: 1750 }],
    [
      'a coupon for two of five',
      coupon,
      {
        usesLeft: 0,
        discountedOrders: 2,
        neverBoth: true,
        otherCheckout: 'refused-or-repriced',
        otherTotalIfRepricedMinor: 4000,
      },
    ],
    [
      'a coupon with uses to spare',
      { ...coupon, usesLeft: 7 },
      { usesLeft: 2, discountedOrders: 5, otherCheckout: 'none' },
    ],
    [
      'three refunds of what two use up',
      { capturedMinor: 7000, refundsMinor: [3000, 3000, 3000] },
      { accepted: 2, refused: 1, refundedMinor: 6000, heldMinor: 1000 },
    ],
    ['a gift card in three checkouts', card, neverOverdrawn],
  ])('of %s comes out as told on every seed', async (_name, given, expected) => {
    expect(await concurrency.differences({ scenario: 'In words.', ...given }, expected)).toEqual([]);
  });

  test('that comes out otherwise names the seed and each number', async () => {
    const found = await concurrency.differences(threeForFive, { ...sold, ordersPlaced: 4, stockLeft: 0 });
    expect(found).toEqual(['seed 1: ordersPlaced: expected 4, got 3', 'seed 1: stockLeft: expected 0, got 1']);
  });

  test.each([
    [
      'a bound that is passed',
      card,
      { neverSpentMoreThanMinor: 2000 },
      /^seed \d+: neverSpentMoreThanMinor: expected 2000, got \d+$/,
    ],
    ['a word that does not fit', coupon, { otherCheckout: 'repriced' }, /otherCheckout: expected "repriced", got \[/],
    ['another full price', coupon, { otherTotalIfRepricedMinor: 3999 }, /otherTotalIfRepricedMinor: expected 3999/],
    ['a number that no run tells', card, { lostMinor: 0 }, /lostMinor: expected 0, got nothing/],
  ])('fails for %s', async (_name, given, expected, fault) => {
    expect((await concurrency.differences(given, expected)).join('\n')).toMatch(fault);
  });

  test.each([{}, { stock: 1, weather: 'rain' }, { ...threeForFive, stock: -1 }, { ...card, color: 'red' }])(
    'of an unknown shape is refused: %j',
    async (given) => {
      await expect(concurrency.differences(given, {})).rejects.toThrow(UnreadableCase);
    },
  );
});

/** Decides on a hold as if nobody else held anything. */
const deafStock: typeof decideStock = (stock, command, ranks) => {
  if (command.type !== 'hold') return decideStock(stock, command, ranks);
  const levels = Object.entries(stock.levels).map(([id, level]) => [id, { ...level, held: 0, committed: 0 }]);
  return decideStock({ ...stock, levels: Object.fromEntries(levels) }, command, ranks);
};
const forgetful: typeof decideAllowance = (allowance, command) =>
  command.type === 'commit' ? { events: [], refusal: null } : decideAllowance(allowance, command);

describe('a planted mistake', () => {
  test.each<readonly [name: string, plants: Plants, given: object, expected: object, fault: RegExp]>([
    ['a hold of stock that ignores others', { decideStock: deafStock }, threeForFive, sold, /ordersPlaced|oversold/],
    [
      'the same beside a live hold',
      { decideStock: deafStock },
      held,
      { results: ['refused', 'placed', 'placed'] },
      /results/,
    ],
    ['a coupon without a limit', { decideAllowance: limitless }, coupon, { discountedOrders: 2 }, /discountedOrders/],
    ['a card that forgets what it paid', { decideAllowance: forgetful }, card, neverOverdrawn, /spentPlusBalanceMinor/],
    [
      'a key that is answered anew each time',
      {
        orderStorage: (storage) => ({
          ...writingBy(storage, (write) => storage.write(write)),
          saveAnswer: () => undefined,
        }),
      },
      { requests: 12, keys: 1, totalMinor: 950 },
      { identicalAnswers: 12 },
      /seed \d+: /,
    ],
  ])('is caught: %s', async (_name, plants, given, expected, fault) => {
    expect((await concurrencyUnder(() => plants).differences(given, expected)).join('\n')).toMatch(fault);
  });
});
