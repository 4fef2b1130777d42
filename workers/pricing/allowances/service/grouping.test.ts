/** Where the wants of a checkout go: added up, in one order for everybody, and to the objects that they always went to. */
import { describe, expect, test } from 'vitest';
import {
  giftCardBalance,
  promotionBudget,
  promotionUses,
  promotionUsesOf,
  storeCreditBalance,
  wantsOfQuote,
} from '../../../../shared/contracts/pricing/allowances.ts';
import { allowanceObjectNameOf, allowanceObjectNames } from '../../../../shared/values/placement.ts';
import { addedUp, byObject } from './grouping.ts';

const want = (allowance: string, quantity = 1, limit: number | null = 5) => ({ allowance, quantity, limit });

// Ledgers that exist lie there: a change would strand them.
test.each([
  ['promo:pro_01', 'allowance-10'],
  ['gift:gft_01', 'allowance-14'],
  ['credit:cus_01:EUR', 'allowance-12'],
])('%s lies in %s for good', (allowance, object) => {
  expect(allowanceObjectNameOf(allowance)).toBe(object);
});

test('the uses and the budget of a promotion lie in one object', () => {
  const names = [promotionUses('pro_1'), promotionUsesOf('pro_1', 'cus_1'), promotionBudget('pro_1', 'EUR')];
  expect(new Set(names.map(allowanceObjectNameOf)).size).toBe(1);
});

test('gift cards are spread over all objects', () => {
  const cards = Array.from({ length: 1_000 }, (_, index) => giftCardBalance(`gft_${index}`));
  expect(new Set(cards.map(allowanceObjectNameOf))).toEqual(new Set(allowanceObjectNames));
});

test('a name cannot be made to mean another allowance', () => {
  expect(() => promotionUses('pro_1:cus_1')).toThrow();
  expect(() => storeCreditBalance('', 'EUR')).toThrow();
});

describe('the wants of a checkout', () => {
  test('are added up by allowance', () => {
    expect(addedUp([want('promo:a'), want('gift:b', 3, null), want('promo:a', 2)])).toEqual([
      want('promo:a', 3),
      want('gift:b', 3, null),
    ]);
  });

  test('go to their objects in an order that does not depend on the cart', () => {
    const wants = Array.from({ length: 40 }, (_, index) => want(`gift:gft_${index}`));
    const groups = byObject(wants);
    expect(byObject(wants.toReversed())).toEqual(groups);
    expect(groups.map(([object]) => object)).toEqual(groups.map(([object]) => object).sort());
    expect(groups.flatMap(([, group]) => group)).toHaveLength(40);
  });

  test.each([
    ['of nothing', [want('promo:a', 0)]],
    ['of a fraction', [want('promo:a', 1.5)]],
    ['under two limits', [want('promo:a', 1, 5), want('promo:a', 1, 6)]],
    ['without end', Array.from({ length: 1_001 }, () => want('promo:a'))],
  ])('%s are a defect', (_what, wants) => {
    expect(() => addedUp(wants)).toThrow('Invariant broken');
  });

  test('are what a quote says: its promotions, and the cards that pay something', () => {
    const giftCards = [
      { key: 'gift:a', usedMinor: 300 },
      { key: 'gift:b', usedMinor: 0 },
    ];
    expect(wantsOfQuote({ allowances: [want('promo:a'), want('budget:a:EUR', 0)], giftCards })).toEqual([
      want('promo:a'),
      want('gift:a', 300, null),
    ]);
  });
});
