/** Any shop and any cart, for the properties of pricing. */
import * as fc from 'fast-check';
import type { QuoteLine } from '../../../shared/contracts/pricing/api.ts';
import type { TaxRateRow } from '../../../shared/contracts/pricing/taxes.ts';
import type { QuoteRequest } from '../domain/request.ts';
import type { PricingSettings } from '../domain/settings.ts';
import { eur, priceList, promotion, request, shippingRate, shop, taxRate } from './settings.ts';

/** The variant of the line at that place in a cart. */
export const variantId = (place: number): string => `var_${String(place).padStart(26, '0')}`;

const anyRate = fc.integer({ min: 0, max: 1000 }).map((permille) => (permille / 1000).toFixed(3));
export const anyAmount = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 30_000 }));
const anyItems = fc.constantFrom<object>(
  {},
  { tags: ['SALE'] },
  { productIds: ['prd_1', 'prd_2'] },
  { collectionIds: ['col_a'], variantIds: [variantId(3)] },
);
const anyAmounts = anyAmount.map((amount) => [eur(amount)]);
const anyUnits = fc.constantFrom(null, 1, 3);
const anyQuantity = fc.integer({ min: 1, max: 3 });
const kind = <Kind extends string>(name: Kind) => fc.constant(name);
/** Steps that all take off a rate, or all amounts, and each begin elsewhere. */
const anyStepsOf = (start: Readonly<Record<string, fc.Arbitrary<unknown>>>) => {
  const selector = (step: object) => JSON.stringify({ ...step, rate: 0, amounts: 0 });
  const some = { minLength: 1, maxLength: 3, selector };
  return fc.oneof(
    fc.uniqueArray(fc.record({ ...start, rate: anyRate }), some),
    fc.uniqueArray(fc.record({ ...start, amounts: anyAmounts }), some),
  );
};

export const anyGift: fc.Arbitrary<object> = fc.record({
  kind: kind('gift-item'),
  variantId: fc.integer({ min: 0, max: 4 }).map(variantId),
  quantity: anyQuantity,
});

const anyOffer: fc.Arbitrary<object> = fc.oneof(
  fc.record({ kind: kind('percent-off-order'), rate: anyRate, includesShipping: fc.boolean() }),
  fc.record({ kind: kind('fixed-off-order'), amounts: anyAmounts, includesShipping: fc.boolean() }),
  fc.record({ kind: kind('order-fixed-price'), amounts: anyAmounts }),
  fc.record({ kind: kind('percent-off-items'), rate: anyRate, items: anyItems, unitsMax: anyUnits }),
  fc.record({ kind: kind('fixed-off-each-item'), amounts: anyAmounts, items: anyItems, unitsMax: anyUnits }),
  fc.record({ kind: kind('fixed-off-across-items'), amounts: anyAmounts, items: anyItems }),
  fc.record({
    kind: kind('buy-x-get-y'),
    buy: fc.record({ items: anyItems, quantity: anyQuantity }),
    get: fc.record({ items: anyItems, quantity: anyQuantity, rate: anyRate }),
  }),
  fc.record({
    kind: kind('tiered-by-subtotal'),
    steps: anyStepsOf({ from: anyAmounts }),
  }),
  fc.record({
    kind: kind('tiered-by-quantity'),
    items: anyItems,
    steps: anyStepsOf({ fromQuantity: anyQuantity }),
  }),
  fc.constant({ kind: 'free-shipping' }),
  fc.record({ kind: kind('fixed-off-shipping'), amounts: anyAmounts }),
  fc.record({ kind: kind('percent-off-shipping'), rate: anyRate }),
  anyGift,
);

const anyConditions = fc.record({
  customerGroups: fc.constantFrom([], ['vip']),
  isFirstOrder: fc.boolean(),
  minSubtotals: fc.constantFrom([], [eur(5_000)]),
  items: anyItems,
  minQuantity: fc.constantFrom(null, 2, 5),
});

const anyPromotions = fc
  .array(
    fc.record({
      offer: anyOffer,
      priority: fc.integer({ min: 0, max: 5 }),
      isCombinable: fc.boolean(),
      codes: fc.constantFrom([], ['spring'], ['vip']),
      conditions: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, anyConditions),
      limits: fc.constantFrom({}, { usesMax: 9, budgets: [eur(100_000)] }),
    }),
    { maxLength: 6 },
  )
  .map((all) => all.map(({ offer, ...rest }, index) => promotion(`pro_${index}`, offer, rest)));

const anyTaxRates = fc.constantFrom<readonly TaxRateRow[]>(
  [],
  [taxRate('standard', '0.19'), taxRate('reduced', '0.07', { taxClass: 'reduced' })],
  [taxRate('state', '0.05'), taxRate('city', '0.09975', { isCompound: true, priority: 1 })],
  [taxRate('vat', '0.2'), taxRate('shipping', '0.1', { taxClass: 'shipping' })],
);

/** A shop with any promotions, taxes and rounding, one list with a tenth off for the group `vip`, and two shipping rates. */
export const anyShop: fc.Arbitrary<PricingSettings> = fc
  .record({
    promotions: anyPromotions,
    taxRates: anyTaxRates,
    market: fc.record({
      taxRate: anyRate,
      pricesIncludeTax: fc.boolean(),
      shippingTax: fc.constantFrom('standard' as const, 'weighted' as const),
      rounding: fc.record({
        mode: fc.constantFrom('half-up' as const, 'down' as const),
        level: fc.constantFrom('line' as const, 'order' as const),
      }),
    }),
  })
  .map(({ promotions, taxRates, market }) =>
    shop(
      {
        promotions,
        taxRates,
        priceLists: [priceList('plt_1', { customerGroups: ['vip'], adjustment: { direction: 'down', rate: '0.1' } })],
        shippingRates: [
          shippingRate('parcel', { freeFrom: [eur(20_000)] }),
          shippingRate('heavy', {
            prices: [eur(300)],
            steps: [{ fromGrams: 500, fromSubtotals: [], prices: [eur(900)] }],
          }),
        ],
      },
      market,
    ),
  );

/** Unit prices all differ, so that "the dearest" and "the cheapest" unit have one answer each. */
const anyLines: fc.Arbitrary<readonly QuoteLine[]> = fc
  .uniqueArray(
    fc.record({
      unitPriceMinor: fc.oneof(anyAmount, fc.integer({ min: 0, max: 100_000_000 })),
      quantity: fc.integer({ min: 1, max: 30 }),
      weightGrams: fc.constantFrom(0, 100),
      requiresShipping: fc.boolean(),
      isTaxable: fc.boolean(),
      taxClass: fc.constantFrom('standard', 'reduced'),
      tags: fc.constantFrom([], ['sale', 'new']),
      collectionIds: fc.constantFrom([], ['col_a']),
    }),
    { maxLength: 10, selector: (one) => one.unitPriceMinor },
  )
  .map((lines) =>
    lines.map((one, index) => ({
      ...one,
      lineId: `lin_${index}`,
      variantId: variantId(index),
      productId: `prd_${index}`,
    })),
  );

export const anyRequest: fc.Arbitrary<QuoteRequest> = fc
  .record({
    lines: anyLines,
    codes: fc.subarray(['Spring', 'VIP', 'nope']),
    handDiscount: fc.constantFrom(
      undefined,
      { kind: 'off', amountMinor: 777 } as const,
      { kind: 'rate-off', rate: '0.125' } as const,
    ),
    giftCards: fc.array(fc.record({ key: fc.constant('card'), balanceMinor: anyAmount }), { maxLength: 2 }),
    customer: fc.record({
      id: fc.constantFrom(null, 'cus_1'),
      groups: fc.constantFrom([], ['vip']),
      isFirstOrder: fc.boolean(),
      vatId: fc.constant(null),
      isTaxExempt: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
  })
  .map(({ lines, handDiscount, ...rest }) =>
    request(lines, handDiscount === undefined ? rest : { ...rest, handDiscount }),
  );
