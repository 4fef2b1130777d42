/** The cause of every cent of one cart, by hand. */
import { expect, test } from 'vitest';
import { bookOf, eur, line, priceList, promotion, request, shippingRate, shop, taxRate } from '../testing/settings.ts';
import { explain } from './explain.ts';

test('a cart is explained by price, discounts in their order, and tax, for every line and for shipping', () => {
  const settings = shop({
    promotions: [
      promotion('pro_half', { kind: 'percent-off-items', rate: '0.5', items: { tags: ['sale'] } }, { title: 'Half' }),
      promotion('pro_cent', { kind: 'fixed-off-order', amounts: [eur(2)] }, { priority: 200, title: 'Two cents' }),
    ],
    priceLists: [priceList('plt_1', { name: 'Trade' })],
    taxRates: [taxRate('VAT', '0.2')],
    shippingRates: [shippingRate('parcel', { name: 'Parcel' })],
  });
  const entry = { variantId: 'var_1', currency: 'EUR' as const, amount: 333, compareAtAmount: null, tiers: [] };
  const lines = [
    line('cup', 400, 3, { variantId: 'var_1', tags: ['sale'] }),
    line('pot', 501, 1, { isTaxable: false }),
  ];
  const asked = request(lines, { giftCards: [{ key: 'gft_1', balanceMinor: 100 }] });
  const explained = explain(settings, asked, { book: bookOf({ plt_1: [entry] }) });
  if (!explained.ok) throw new Error(explained.refusal.code);
  const { entries, totals, payments } = explained.value;
  const told = entries.map(({ key, steps }) => [
    key,
    steps.map(({ kind, title, baseMinor, quantity, amountMinor, rounding }) => [
      kind,
      title,
      baseMinor,
      quantity,
      amountMinor,
      rounding,
    ]),
  ]);
  // Half of 9.99 is 4.995: five euros off. Of the two cents one each falls on 4.99 and 5.01.
  expect(told).toEqual([
    [
      'cup',
      [
        ['price', 'Trade', 333, 3, 999, 'exact'],
        ['discount', 'Half', 999, 1, -500, 'half-up'],
        ['discount', 'Two cents', 499, 1, -1, 'shared'],
        ['tax-inside', 'VAT', 498, 1, 83, 'half-up'],
      ],
    ],
    [
      'pot',
      [
        ['price', 'Catalogue price', 501, 1, 501, 'exact'],
        ['discount', 'Two cents', 501, 1, -1, 'shared'],
      ],
    ],
    [
      'parcel',
      [
        ['price', 'Parcel', 490, 1, 490, 'exact'],
        ['tax-inside', 'VAT', 490, 1, 82, 'half-up'],
      ],
    ],
  ]);
  expect(payments).toEqual([{ key: 'gft_1', usedMinor: 100 }]);
  expect(totals).toEqual({
    subtotalMinor: 1500,
    discountMinor: 502,
    shippingMinor: 490,
    shippingDiscountMinor: 0,
    taxMinor: 165,
    totalMinor: 1488,
    dueMinor: 1388,
  });
});

test.each([
  {
    steps: [
      { from: [eur(400)], rate: '0.1' },
      { from: [eur(900)], rate: '0.2' },
    ],
    step: { rate: '0.2', amountMinor: -200 },
  },
  {
    steps: [
      { from: [eur(400)], amounts: [eur(50)] },
      { from: [eur(900)], amounts: [eur(150)] },
    ],
    step: { rate: null, amountMinor: -150 },
  },
])(
  'of a promotion with steps, the explanation tells the rate of the one that was reached: $step',
  ({ steps, step }) => {
    const settings = shop({ promotions: [promotion('pro_1', { kind: 'tiered-by-subtotal', steps })] });
    const explained = explain(settings, request([line('cup', 1000)]));
    if (!explained.ok) throw new Error(explained.refusal.code);
    expect(explained.value.entries[0]?.steps[1]).toMatchObject({ kind: 'discount', baseMinor: 1000, ...step });
  },
);

test('a compound tax is explained by the price and the taxes before it', () => {
  const taxRates = [taxRate('GST', '0.05'), taxRate('PST', '0.1', { isCompound: true, priority: 1 })];
  const explained = explain(shop({ taxRates }, { pricesIncludeTax: false }), request([line('cup', 10_000)]));
  if (!explained.ok) throw new Error(explained.refusal.code);
  expect(explained.value.entries[0]?.steps.slice(1)).toMatchObject([
    { title: 'GST', baseMinor: 10_000, amountMinor: 500 },
    { title: 'PST, on top of the taxes before it', baseMinor: 10_500, amountMinor: 1_050 },
  ]);
});

test('what cannot be quoted cannot be explained, for the same reason', () => {
  expect(explain(shop(), request([], { currency: 'USD' }))).toMatchObject({
    refusal: { code: 'currency-not-in-market' },
  });
});
