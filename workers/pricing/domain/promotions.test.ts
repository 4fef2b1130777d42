/** What a merchant's promotions take off a cart, and what the answer says of a code that does nothing. */
import { describe, expect, test } from 'vitest';
import { promotionBudget, promotionUses, promotionUsesOf } from '../../../shared/contracts/pricing/allowances.ts';
import { PromotionDraft } from '../../../shared/contracts/pricing/promotions.ts';
import { eur, guest, line, now, promotion, quoted, request, shippingRate, shop } from '../testing/settings.ts';
import { promotionEdits, promotionsMax } from './edit-promotions.ts';

const tenth = { kind: 'percent-off-order', rate: '0.1' };
const iso = (offsetMs: number) => new Date(now + offsetMs).toISOString();
const cup = line('cup', 1000, 3, {
  variantId: 'var_cup',
  productId: 'prd_cup',
  tags: ['Sale'],
  collectionIds: ['col_a'],
});
const pot = line('pot', 2500, 1, { variantId: 'var_pot', productId: 'prd_pot' });

function offered(offer: object, lines = [cup, pot]) {
  return quoted(
    shop({ promotions: [promotion('pro_1', offer)], shippingRates: [shippingRate('parcel', {})] }),
    request(lines),
  );
}

describe('an offer', () => {
  test.each([
    { offer: tenth, off: { cup: 300, pot: 250 }, shipping: 490 },
    { offer: { ...tenth, includesShipping: true }, off: { cup: 300, pot: 250 }, shipping: 441 },
    { offer: { kind: 'fixed-off-order', amounts: [eur(1100)] }, off: { cup: 600, pot: 500 }, shipping: 490 },
    { offer: { kind: 'fixed-off-order', amounts: [{ amount: 1100, currency: 'CHF' }] }, off: {}, shipping: 490 },
    { offer: { kind: 'order-fixed-price', amounts: [eur(4400)] }, off: { cup: 600, pot: 500 }, shipping: 490 },
    { offer: { kind: 'percent-off-items', rate: '0.5', items: { tags: ['SALE'] } }, off: { cup: 1500 }, shipping: 490 },
    {
      offer: { kind: 'percent-off-items', rate: '0.5', items: { variantIds: ['var_cup'] }, unitsMax: 1 },
      off: { cup: 500 },
      shipping: 490,
    },
    { offer: { kind: 'percent-off-items', rate: '0.5', items: { productIds: ['prd_none'] } }, off: {}, shipping: 490 },
    {
      offer: { kind: 'fixed-off-each-item', amounts: [eur(50)], items: { collectionIds: ['col_a'] } },
      off: { cup: 150 },
      shipping: 490,
    },
    {
      offer: { kind: 'fixed-off-across-items', amounts: [eur(50)], items: { productIds: ['prd_pot'] } },
      off: { pot: 50 },
      shipping: 490,
    },
    { offer: { kind: 'buy-x-get-y', buy: { quantity: 2 }, get: { quantity: 1 } }, off: { cup: 1000 }, shipping: 490 },
    { offer: { kind: 'free-shipping' }, off: {}, shipping: 0 },
    { offer: { kind: 'fixed-off-shipping', amounts: [eur(90)] }, off: {}, shipping: 400 },
    { offer: { kind: 'percent-off-shipping', rate: '0.5' }, off: {}, shipping: 245 },
    { offer: { kind: 'gift-item', variantId: `var_${'0'.repeat(26)}` }, off: {}, shipping: 490 },
  ])('of $offer takes off $off and leaves $shipping for shipping', ({ offer, off, shipping }) => {
    const answer = offered(offer);
    expect(
      Object.fromEntries(
        answer.lines.flatMap((one) => (one.discountMinor === 0 ? [] : [[one.lineId, one.discountMinor]])),
      ),
    ).toEqual(off);
    expect(answer.shippingMinor).toBe(shipping);
  });

  test('of a gift makes so many units of the variant free, on whichever lines they stand', () => {
    const variantId = `var_${'0'.repeat(26)}`;
    const lines = [line('b', 700, 2, { variantId }), line('a', 700, 1, { variantId }), pot];
    const answer = offered({ kind: 'gift-item', variantId, quantity: 2 }, lines);
    expect(answer.lines.map((one) => one.discountMinor)).toEqual([700, 700, 0]);
  });

  const bySubtotal = {
    kind: 'tiered-by-subtotal',
    steps: [
      { from: [eur(8000)], rate: '0.2' },
      { from: [eur(5000)], rate: '0.1' },
    ],
  };
  const byQuantity = {
    kind: 'tiered-by-quantity',
    items: { tags: ['sale'] },
    steps: [
      { fromQuantity: 3, rate: '0.1' },
      { fromQuantity: 5, rate: '0.2' },
    ],
  };
  const chf = (amount: number) => ({ amount, currency: 'CHF' });
  const amountBySubtotal = {
    kind: 'tiered-by-subtotal',
    steps: [
      { from: [eur(10_000)], amounts: [eur(2500)] },
      { from: [chf(100), eur(5000)], amounts: [eur(1000), chf(99)] },
      { from: [chf(200)], amounts: [chf(9999)] },
    ],
  };
  const amountByQuantity = {
    kind: 'tiered-by-quantity',
    items: { tags: ['sale'] },
    steps: [
      { fromQuantity: 3, amounts: [eur(333)] },
      { fromQuantity: 4, amounts: [chf(9999)] },
      { fromQuantity: 5, amounts: [chf(1), eur(700)] },
      { fromQuantity: 9, amounts: [eur(10_000)] },
    ],
  };
  test.each([
    { offer: amountBySubtotal, quantity: 4, off: 0 },
    { offer: amountBySubtotal, quantity: 5, off: 1000 },
    { offer: amountBySubtotal, quantity: 9, off: 1000 },
    { offer: amountBySubtotal, quantity: 10, off: 2500 },
    { offer: amountByQuantity, quantity: 2, off: 0 },
    { offer: amountByQuantity, quantity: 3, off: 333 },
    { offer: amountByQuantity, quantity: 4, off: 333 },
    { offer: amountByQuantity, quantity: 8, off: 700 },
    { offer: amountByQuantity, quantity: 9, off: 9000 },
    { offer: bySubtotal, quantity: 4, off: 0 },
    { offer: bySubtotal, quantity: 5, off: 500 },
    { offer: bySubtotal, quantity: 8, off: 1600 },
    { offer: byQuantity, quantity: 2, off: 0 },
    { offer: byQuantity, quantity: 4, off: 400 },
    { offer: byQuantity, quantity: 5, off: 1000 },
  ])('$offer.kind takes $off off $quantity units of 10.00', ({ offer, quantity, off }) => {
    expect(offered(offer, [{ ...cup, quantity }]).discountMinor).toBe(off);
  });

  test('of a step by amount is spread over the lines it is about, once for all units', () => {
    const bag = { ...pot, lineId: 'bag', unitPriceMinor: 500, quantity: 2, tags: ['sale'] };
    const offs = (offer: object) => offered(offer, [cup, pot, bag]).lines.map(({ discountMinor }) => discountMinor);
    expect(offs(amountBySubtotal)).toEqual([461, 385, 154]);
    expect(offs(amountByQuantity)).toEqual([525, 0, 175]);
  });

  test('by subtotal counts what earlier promotions left', () => {
    const promotions = [
      promotion('pro_1', { kind: 'fixed-off-order', amounts: [eur(1)] }, { priority: 1 }),
      promotion('pro_2', bySubtotal, { priority: 2 }),
    ];
    expect(quoted(shop({ promotions }), request([{ ...cup, quantity: 5 }])).discountMinor).toBe(1);
  });
});

describe('a code', () => {
  const told = (changes: object, asked: object = {}, offer: object = tenth) => {
    const promotions = [promotion('pro_1', offer, { codes: ['SPRING'], ...changes })];
    const answer = quoted(shop({ promotions }), request([cup, pot], { codes: [' spring'], ...asked }));
    return { off: answer.discountMinor, rejected: answer.rejectedCodes, discounts: answer.discounts };
  };

  test('works in any case, and is named as it was typed', () => {
    expect(told({})).toEqual({
      off: 550,
      rejected: [],
      discounts: [{ promotionId: 'pro_1', title: 'pro_1', code: ' spring', amountMinor: 550 }],
    });
  });

  test('takes nothing off when it is not given', () => {
    expect(told({}, { codes: [] })).toMatchObject({ off: 0, rejected: [] });
  });

  test.each([
    { why: 'nobody knows it', changes: { codes: ['OTHER'] }, reason: { reason: 'unknown' } },
    { why: 'it is switched off', changes: { isActive: false }, reason: { reason: 'unknown' } },
    {
      why: 'it starts in a second',
      changes: { startsAt: iso(1000) },
      reason: { reason: 'not-started', from: now + 1000 },
    },
    { why: 'it ends at this moment', changes: { endsAt: iso(0) }, reason: { reason: 'expired', until: now } },
    {
      why: 'the subtotal is a cent short',
      changes: { conditions: { minSubtotals: [eur(5501)] } },
      reason: { reason: 'below-minimum', minimumMinor: 5501 },
    },
    {
      why: 'there are too few items',
      changes: { conditions: { minQuantity: 4, items: { tags: ['sale'] } } },
      reason: { reason: 'items-missing' },
    },
    {
      why: 'it is for others',
      changes: { conditions: { customerGroups: ['vip'] } },
      reason: { reason: 'not-for-customer' },
    },
    {
      why: 'it is for first orders and nobody is known',
      changes: { conditions: { isFirstOrder: true } },
      reason: { reason: 'customer-needed' },
    },
    {
      why: 'it has no amount in the currency',
      changes: { conditions: { minSubtotals: [{ amount: 1, currency: 'CHF' }] } },
      reason: { reason: 'wrong-currency' },
    },
    {
      why: 'uses are counted per customer and nobody is known',
      changes: { limits: { usesPerCustomerMax: 1 } },
      reason: { reason: 'customer-needed' },
    },
  ])('is rejected when $why', ({ changes, reason }) => {
    expect(told(changes)).toEqual({ off: 0, rejected: [{ code: ' spring', ...reason }], discounts: [] });
  });

  test('is rejected when its uses are known to be spent', () => {
    const rejected = [{ code: ' spring', reason: 'used-up', available: 0 }];
    expect(told({ limits: { usesMax: 5 } }, { usedUp: ['promo:pro_1'] })).toMatchObject({ off: 0, rejected });
    // Of a budget something may be left.
    expect(told({ limits: { budgets: [eur(5)] } }, { usedUp: ['budget:pro_1:EUR'] }).rejected).toEqual([
      { code: ' spring', reason: 'used-up' },
    ]);
    // Others may still use what one customer has used up.
    const customer = { ...guest, id: 'cus_1', groups: [], isFirstOrder: true };
    const once = { limits: { usesPerCustomerMax: 1, usesMax: 5 } };
    expect(told(once, { customer, usedUp: [promotionUsesOf('pro_1', 'cus_1')] }).rejected).toEqual([
      { code: ' spring', reason: 'used-up', available: 0, isOfCustomer: true },
    ]);
    expect(told({ limits: {} }, { usedUp: ['promo:pro_1'] })).toMatchObject({ off: 550 });
  });

  test('works at the last moment and for the customer it is for', () => {
    expect(told({ startsAt: iso(0), endsAt: iso(1) }).off).toBe(550);
    const customer = { ...guest, id: 'cus_1', groups: ['vip'], isFirstOrder: true };
    const conditions = { customerGroups: ['vip'], isFirstOrder: true, marketIds: [] };
    expect(told({ conditions, limits: { usesPerCustomerMax: 1 } }, { customer }).off).toBe(550);
  });
});

describe('promotions together', () => {
  const first = promotion('pro_b', tenth, { priority: 1 });
  const alone = promotion(
    'pro_a',
    { kind: 'fixed-off-order', amounts: [eur(100)] },
    { priority: 2, isCombinable: false, codes: ['ALONE'] },
  );
  const last = promotion('pro_c', tenth, { priority: 3 });
  const applied = (promotions: readonly (typeof first)[]) => {
    const answer = quoted(shop({ promotions }), request([{ ...cup, quantity: 1 }], { codes: ['alone'] }));
    return {
      off: answer.discounts.map(({ promotionId, amountMinor }) => [promotionId, amountMinor]),
      rejected: answer.rejectedCodes,
    };
  };

  test('act by priority, each on what is left', () => {
    expect(applied([last, first]).off).toEqual([
      ['pro_b', 100],
      ['pro_c', 90],
    ]);
  });

  test('tell a minimum that earlier ones took away from a cart', () => {
    const minimum = { codes: ['MIN'], conditions: { minSubtotals: [eur(901)] } };
    const answered = (priority: number) =>
      quoted(
        shop({ promotions: [first, promotion('pro_m', tenth, { priority, ...minimum })] }),
        request([{ ...cup, quantity: 1 }], { codes: ['MIN'] }),
      ).rejectedCodes;
    expect(answered(2)).toEqual([{ code: 'MIN', reason: 'below-minimum', minimumMinor: 901 }]);
    // Before them it acts.
    expect(answered(0)).toEqual([]);
  });

  test('are barred by an exclusive one that comes first', () => {
    expect(applied([last, alone])).toEqual({ off: [['pro_a', 100]], rejected: [] });
  });

  test('bar an exclusive one that comes after, and its code says so', () => {
    expect(applied([first, alone, last])).toEqual({
      off: [
        ['pro_b', 100],
        ['pro_c', 90],
      ],
      rejected: [{ code: 'alone', reason: 'not-combinable' }],
    });
  });
});

test('a limited promotion names what a checkout must hold, by the names of the contract', () => {
  const limits = { usesMax: 3, usesPerCustomerMax: 1, budgets: [eur(900)] };
  const promotions = [promotion('pro_1', tenth, { limits })];
  const answer = quoted(shop({ promotions }), request([cup], { customer: { ...guest, id: 'cus_1' } }));
  expect(answer.allowances).toEqual([
    { allowance: promotionUses('pro_1'), quantity: 1, limit: 3 },
    { allowance: promotionUsesOf('pro_1', 'cus_1'), quantity: 1, limit: 1 },
    { allowance: promotionBudget('pro_1', 'EUR'), quantity: 300, limit: 900 },
  ]);
});

test('a use of a customer with an id and an address counts for both, and is spent when either has had it', () => {
  const promotions = [promotion('pro_1', tenth, { limits: { usesPerCustomerMax: 2 } })];
  const off = (customer: object, usedUp: readonly string[] = []) =>
    quoted(shop({ promotions }), request([cup], { customer: { ...guest, ...customer }, usedUp }));
  const both = { id: 'cus_1', guestId: 'hash' };
  expect(off(both).allowances).toEqual([
    { allowance: promotionUsesOf('pro_1', 'cus_1'), quantity: 1, limit: 2 },
    { allowance: promotionUsesOf('pro_1', 'hash'), quantity: 1, limit: 2 },
  ]);
  expect(off({ id: 'hash', guestId: 'hash' }).allowances).toHaveLength(1);
  for (const name of ['cus_1', 'hash']) expect(off(both, [promotionUsesOf('pro_1', name)]).discountMinor, name).toBe(0);
});

test('a cart costs what it costs since the settings changed or a promotion began or ended', () => {
  const since = (changes: object) =>
    quoted(shop({ promotions: [promotion('pro_1', tenth, changes)] }), request([cup])).pricingSince;
  expect(since({})).toBe(1000);
  expect(since({ startsAt: iso(-5), endsAt: iso(5) })).toBe(now - 5);
  expect(since({ startsAt: iso(-9), endsAt: iso(-2) })).toBe(now - 2);
});

describe('a merchant', () => {
  const { add: addPromotion, change: changePromotion } = promotionEdits;
  const { id: _, version: __, ...draft } = promotion('pro_1', tenth, { codes: ['spring ', 'Fall'] });
  const always = () => true;

  test('may not use a code twice, whatever its case', () => {
    const added = addPromotion(shop(), 'pro_1', draft);
    if (!added.ok) throw new Error(added.refusal.code);
    expect(added.value.value.codes).toEqual(['SPRING', 'FALL']);
    const settings = shop({ promotions: [added.value.value] });
    expect(addPromotion(settings, 'pro_2', { ...draft, codes: ['fall'] })).toEqual({
      ok: false,
      refusal: { code: 'code-taken', discountCode: 'FALL', promotionId: 'pro_1' },
    });
    expect(changePromotion(settings, 'pro_1', { codes: ['fall'] }, always)).toMatchObject({ ok: true });
    expect(addPromotion(shop(), 'pro_2', { ...draft, codes: ['a', 'A '] })).toMatchObject({
      refusal: { errors: [{ pointer: '/codes/1' }] },
    });
  });

  test('may not end a promotion before it starts, nor name a market that is not there', () => {
    expect(addPromotion(shop(), 'pro_1', { ...draft, startsAt: iso(0), endsAt: iso(0) })).toMatchObject({
      refusal: { errors: [{ pointer: '/endsAt' }] },
    });
    const conditions = { ...draft.conditions, marketIds: ['mkt_de', 'mkt_xx'] };
    expect(addPromotion(shop(), 'pro_1', { ...draft, conditions })).toMatchObject({
      refusal: { errors: [{ pointer: '/conditions/marketIds/1' }] },
    });
  });

  test.each([
    { steps: [{ fromQuantity: 2 }], at: ['0'] },
    { steps: [{ fromQuantity: 2, rate: '0.1', amounts: [eur(1)] }], at: ['0.amounts'] },
    {
      steps: [
        { fromQuantity: 2, rate: '0.1' },
        { fromQuantity: 3, amounts: [eur(1)] },
        { fromQuantity: 4, rate: '0.2' },
        { fromQuantity: 5, amounts: [eur(2)] },
      ],
      at: ['1.amounts', '3.amounts'],
    },
    {
      steps: [
        { fromQuantity: 2, amounts: [eur(1)] },
        { fromQuantity: 3, rate: '0.1' },
      ],
      at: ['1.rate'],
    },
    { steps: [{ from: [eur(9)], amounts: [{ amount: 1, currency: 'CHF' }] }], at: ['0.amounts'] },
    { steps: [{ from: [eur(9), { amount: 9, currency: 'CHF' }], amounts: [eur(1)] }], at: ['0.amounts'] },
    { steps: [{ from: [eur(9)], amounts: [] }], at: ['0.amounts'] },
    { steps: [{ from: [eur(9)], amounts: [eur(0)] }], at: [] },
    {
      steps: [
        { fromQuantity: 2, rate: '0.1' },
        { fromQuantity: 2, rate: '0.2' },
      ],
      at: ['1.fromQuantity'],
    },
    {
      steps: [
        { from: [eur(9), { amount: 8, currency: 'CHF' }], rate: '0.1' },
        { from: [eur(10)], rate: '0.2' },
        { from: [eur(10), { amount: 7, currency: 'CHF' }], rate: '0.3' },
      ],
      at: ['2.from'],
    },
  ])('is told which of the steps $steps is wrong: $at', ({ steps, at }) => {
    const kind = steps.some((step) => 'from' in step) ? 'tiered-by-subtotal' : 'tiered-by-quantity';
    const { error } = PromotionDraft.safeParse({ title: 'Steps', offer: { kind, steps } });
    expect(error?.issues.map(({ path }) => path.join('.')) ?? []).toEqual(at.map((place) => `offer.steps.${place}`));
  });

  test.each([
    { count: promotionsMax - 1, isTaken: true },
    { count: promotionsMax, isTaken: false },
  ])('has room beside $count others: $isTaken', ({ count, isTaken }) => {
    const promotions = Array.from({ length: count }, (_, index) => promotion(`pro_${index}`, tenth));
    expect(addPromotion(shop({ promotions }), 'pro_new', draft).ok).toBe(isTaken);
  });
});
