/** Which gifts a cart is offered. */
import { describe, expect, test } from 'vitest';
import type { OfferedGift, QuoteLine } from '../../../shared/contracts/pricing/api.ts';
import type { Promotion } from '../../../shared/contracts/pricing/promotions.ts';
import { variantId } from '../testing/quoted-carts.ts';
import { eur, guest, line, promotion, quoted, request, shop } from '../testing/settings.ts';
import type { QuoteRequest } from './request.ts';

const [mug, pin] = [variantId(1), variantId(2)];
const gift = (id: string, changes: object = {}, variant = mug, quantity = 1): Promotion =>
  promotion(id, { kind: 'gift-item', variantId: variant, quantity }, { title: `Gift ${id}`, ...changes });
const mugs = (quantity: number, lineId = 'mugs') => line(lineId, 800, quantity, { variantId: mug });
const pot = line('pot', 5000, 1, { variantId: variantId(9), productId: 'prd_pot' });
const from = (amount: number) => ({ conditions: { minSubtotals: [eur(amount)] } });
const alone = { isCombinable: false };
const tenthOff = (changes: object) => promotion('tenth', { kind: 'percent-off-order', rate: '0.1' }, changes);

function giftsOf(
  promotions: readonly Promotion[],
  lines: readonly QuoteLine[] = [pot],
  changes: Partial<QuoteRequest> = {},
): readonly OfferedGift[] {
  return quoted(shop({ promotions }), request(lines, { needsGiftOffers: true, ...changes })).offeredGifts ?? [];
}

/** The offers in short: which promotion, and how many units. */
const shortly = (gifts: readonly OfferedGift[]) => gifts.map((one) => `${one.promotionId} ${one.quantity}`);

describe('a gift is offered', () => {
  test('with its promotion, its title and what to add', () => {
    expect(giftsOf([gift('a', {}, mug, 2)])).toEqual([
      { promotionId: 'a', title: 'Gift a', variantId: mug, quantity: 2, allowances: [] },
    ]);
  });

  test('only to who asks', () => {
    expect(quoted(shop({ promotions: [gift('a')] }), request([pot]))).not.toHaveProperty('offeredGifts');
  });

  test.each([
    { held: [mugs(1)], offered: ['a 2'] },
    { held: [mugs(1), mugs(1, 'other')], offered: ['a 1'] },
    { held: [mugs(3)], offered: [] },
    { held: [mugs(2), mugs(2, 'other')], offered: [] },
  ])('as far as the cart has not got it: $offered', ({ held, offered }) => {
    expect(shortly(giftsOf([gift('a', {}, mug, 3)], [pot, ...held]))).toEqual(offered);
  });

  test.each([
    { when: 'the threshold is reached', promotions: [gift('a', from(5000))], offered: ['a 1'] },
    { when: 'the threshold is missed', promotions: [gift('a', from(5001))], offered: [] },
    {
      when: 'an earlier discount leaves less than the threshold',
      promotions: [tenthOff({ priority: 1 }), gift('a', from(5000))],
      offered: [],
    },
    {
      when: 'a discount comes after it',
      promotions: [tenthOff({ priority: 900 }), gift('a', from(5000))],
      offered: ['a 1'],
    },
    { when: 'it is switched off', promotions: [gift('a', { isActive: false })], offered: [] },
    { when: 'its code is not given', promotions: [gift('a', { codes: ['MUG'] })], offered: [] },
    { when: 'its code is given', promotions: [gift('a', { codes: ['GIFT'] })], offered: ['a 1'] },
    {
      when: 'its minimum is in another currency',
      promotions: [gift('a', { conditions: { minSubtotals: [{ amount: 1, currency: 'CHF' }] } })],
      offered: [],
    },
    {
      when: 'what must be in the cart is not',
      promotions: [gift('a', { conditions: { items: { productIds: ['prd_pan'] } } })],
      offered: [],
    },
    {
      when: 'what must be in the cart is there',
      promotions: [gift('a', { conditions: { items: { productIds: ['prd_pot'] } } })],
      offered: ['a 1'],
    },
    {
      when: 'each customer has it once and nobody is known',
      promotions: [gift('a', { limits: { usesPerCustomerMax: 1 } })],
      offered: [],
    },
  ])('or not, when $when', ({ promotions, offered }) => {
    expect(shortly(giftsOf(promotions, [pot], { codes: ['Gift'] }))).toEqual(offered);
  });
});

describe('of several gifts', () => {
  test.each([
    {
      what: 'all are offered in their order',
      promotions: [gift('a', { priority: 9 }, pin), gift('b', { priority: 1 })],
      offered: ['b 1', 'a 1'],
    },
    {
      what: 'of one variant each adds to the ones before',
      promotions: [gift('b'), gift('c', {}, mug, 3), gift('d')],
      offered: ['b 1', 'c 2'],
    },
    {
      what: 'one that applies alone is the only one',
      promotions: [gift('b', alone), gift('c', {}, pin)],
      offered: ['b 1'],
    },
    {
      what: 'one that applies alone does not come second',
      promotions: [gift('b'), gift('c', alone, pin)],
      offered: ['b 1'],
    },
  ])('$what', ({ promotions, offered }) => {
    expect(shortly(giftsOf(promotions))).toEqual(offered);
  });
});

describe('a promotion that applies alone', () => {
  test('shuts out the gifts after it once it has acted, and not those before it', () => {
    const promotions = [
      gift('a', { priority: 1 }),
      tenthOff({ priority: 2, ...alone }),
      gift('b', { priority: 3 }, pin),
    ];
    expect(shortly(giftsOf(promotions))).toEqual(['a 1']);
  });

  test('offers its gift when its turn comes first, though that would bar what comes later', () => {
    expect(shortly(giftsOf([gift('a', { priority: 1, ...alone }), tenthOff({ priority: 2 })]))).toEqual(['a 1']);
    expect(shortly(giftsOf([gift('a', { priority: 3, ...alone }), tenthOff({ priority: 2 })]))).toEqual([]);
  });

  test('offers the rest of a gift that the cart has a part of', () => {
    const promotions = [gift('a', alone, mug, 2), gift('b', {}, pin)];
    expect(shortly(giftsOf(promotions, [pot, mugs(1)]))).toEqual(['a 1']);
  });
});

describe('a gift of which there is only so much', () => {
  const limited = gift('a', { limits: { usesMax: 5, usesPerCustomerMax: 1, budgets: [eur(9000)] } }, mug, 2);
  const customer = { ...guest, id: 'cus_1' };

  test('names what it needs beside the quote', () => {
    expect(giftsOf([limited], [pot], { customer })[0]?.allowances).toEqual([
      { allowance: 'promo:a', quantity: 1, limit: 5 },
      { allowance: 'promo:a:cus_1', quantity: 1, limit: 1 },
      { allowance: 'budget:a:EUR', quantity: 1, limit: 9000 },
    ]);
  });

  test('is not offered when it is used up, and makes room for the next', () => {
    const promotions = [{ ...limited, isCombinable: false }, gift('b', {}, pin)];
    expect(shortly(giftsOf(promotions, [pot], { customer }))).toEqual(['a 2']);
    expect(shortly(giftsOf(promotions, [pot], { customer, usedUp: ['promo:a'] }))).toEqual(['b 1']);
  });

  test('needs no second use for the rest, and risks no budget for it', () => {
    const counted = gift('a', { limits: { usesMax: 5 } }, mug, 2);
    expect(giftsOf([counted], [pot, mugs(1)])).toMatchObject([{ quantity: 1, allowances: [] }]);
    expect(giftsOf([limited], [pot, mugs(1)], { customer })).toEqual([]);
  });
});
