/** Prices that a merchant makes by hand: instead of the catalogue's and those of lists, and never below zero. */
import { describe, expect, test } from 'vitest';
import type { HandPrice } from '../../../shared/contracts/pricing/api.ts';
import type { PriceList } from '../../../shared/contracts/pricing/price-lists.ts';
import { emptyBook, unitPrices } from './price-lists.ts';

const listed: PriceList = {
  ...{ id: 'plist_1', name: 'Trade', isActive: true, priority: 1, marketIds: [], customerGroups: [] },
  ...{ startsAt: null, endsAt: null, adjustment: { direction: 'down', rate: '0.1' }, version: 1 },
  pricesVersion: 1,
};
const priceOf = (handPrice: HandPrice, lists: readonly PriceList[] = []) =>
  unitPrices([{ variantId: 'var_1', unitPriceMinor: 1999, quantity: 2, handPrice }], lists, emptyBook, {
    currency: 'EUR',
    mode: 'half-up',
  })[0];

describe('a price by hand', () => {
  test.each<[HandPrice, number, number | null]>([
    [{ kind: 'price', amountMinor: 1500 }, 1500, 1999],
    [{ kind: 'price', amountMinor: 2500 }, 2500, null],
    [{ kind: 'price', amountMinor: 0 }, 0, 1999],
    [{ kind: 'off', amountMinor: 99 }, 1900, 1999],
    [{ kind: 'off', amountMinor: 5000 }, 0, 1999],
    [{ kind: 'rate-off', rate: '0.15' }, 1699, 1999],
    [{ kind: 'rate-off', rate: '1' }, 0, 1999],
  ])('%j of 19.99 is %d', (hand, unitPriceMinor, compareAtMinor) => {
    expect(priceOf(hand)).toEqual({ unitPriceMinor, compareAtMinor, priceListId: null });
  });

  test('is instead of a list, and a discount is off what the list says', () => {
    expect(priceOf({ kind: 'price', amountMinor: 1500 }, [listed])).toMatchObject({
      unitPriceMinor: 1500,
      priceListId: null,
    });
    expect(priceOf({ kind: 'off', amountMinor: 99 }, [listed])).toMatchObject({
      unitPriceMinor: 1700,
      compareAtMinor: 1799,
    });
  });
});
