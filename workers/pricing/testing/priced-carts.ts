/** Carts for the tests of the pricing engine: builders that name only what a test is about, and any cart a shopper may fill. */
import * as fc from 'fast-check';
import type { Cart, CartLine, PricedCart, TaxRate } from '../domain/cart.ts';
import { price } from '../domain/price.ts';
import type { Conditions, Offer, Promotion } from '../domain/promotion.ts';

export const vat: readonly TaxRate[] = [{ name: 'vat', rate: '0.20' }];

const unconditional: Conditions = { code: null, minSubtotalMinor: null, minLineQuantity: null, containsKey: null };

/** A tax-inclusive cart that rounds half up per line, with nothing but its lines. */
export function cartWith(lines: readonly CartLine[], changes: Partial<Cart> = {}): Cart {
  return {
    pricesIncludeTax: true,
    rounding: { mode: 'half-up', level: 'line' },
    lines,
    shipping: [],
    surcharges: [],
    codes: [],
    giftCards: [],
    promotions: [],
    ...changes,
  };
}

export function line(key: string, unitPriceMinor: number, quantity = 1, changes: Partial<CartLine> = {}): CartLine {
  return { key, unitPriceMinor, quantity, taxRates: [], tags: [], ...changes };
}

export function promotion(key: string, offer: Offer, conditions: Partial<Conditions> = {}): Promotion {
  return { key, conditions: { ...unconditional, ...conditions }, ...offer };
}

/** The price of a cart that is not refused. */
export function priced(cart: Cart): PricedCart {
  const result = price(cart);
  if (!result.ok) throw new Error(`refused: ${result.refusal.code}`);
  return result.value;
}

const linesMax = 12;
const lineKeys = Array.from({ length: linesMax }, (_, index) => `lin_${index}`);

const anyPercent = fc.integer({ min: 0, max: 1000 }).map((permille) => `${permille === 1000 ? 1 : 0}.${pad(permille)}`);
const anyTaxRates = fc.constantFrom<readonly TaxRate[]>(
  [],
  vat,
  [{ name: 'reduced', rate: '0.07' }],
  [{ name: 'none', rate: '0' }],
  [
    { name: 'state', rate: '0.04' },
    { name: 'city', rate: '0.045' },
  ],
  [
    { name: 'federal', rate: '0.05' },
    { name: 'vat', rate: '0.2' },
    { name: 'province', rate: '0.09975' },
  ],
);
const anyAmount = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 30_000 }));
const anyKeys = fc.option(fc.subarray(lineKeys));
const anyTag = fc.option(fc.constantFrom('sale', 'new'), { freq: 1 });
const anyMost = fc.option(fc.integer({ min: 0, max: 4 }));
const anyScope = fc.constantFrom('lines' as const, 'lines+shipping' as const);
const anySize = fc.integer({ min: 1, max: 3 });
const choice = { keys: anyKeys, tag: anyTag };
const unitLimits = {
  maxQuantity: anyMost,
  ofOrder: fc.option(fc.record({ max: anySize, first: fc.constantFrom('cheapest' as const, 'dearest' as const) })),
};

const anyOffer: fc.Arbitrary<Offer> = fc.oneof(
  fc.record({ kind: fc.constant('percentOffOrder' as const), rate: anyPercent, scope: anyScope, keys: anyKeys }),
  fc.record({ kind: fc.constant('fixedOffOrder' as const), amountMinor: anyAmount, scope: anyScope, keys: anyKeys }),
  fc.record({ kind: fc.constant('orderFixedPrice' as const), amountMinor: anyAmount }),
  fc.record({ kind: fc.constant('percentOffItems' as const), rate: anyPercent, ...unitLimits, ...choice }),
  fc.record({
    kind: fc.constant('fixedOffItemsEach' as const),
    amountMinor: anyAmount,
    ...unitLimits,
    ...choice,
  }),
  fc.record({ kind: fc.constant('fixedOffItemsAcross' as const), amountMinor: anyAmount, ...choice }),
  fc.record({
    kind: fc.constant('buyXGetY' as const),
    buy: fc.record({ keys: anyKeys, quantity: anySize }),
    get: fc.record({ keys: anyKeys, quantity: anySize, rate: anyPercent }),
    maxSets: anyMost,
  }),
  fc.record({ kind: fc.constant('freeShipping' as const) }),
  fc.record({ kind: fc.constant('fixedOffShipping' as const), amountMinor: anyAmount }),
  fc.record({ kind: fc.constant('percentOffShipping' as const), rate: anyPercent }),
);
const anyConditions: fc.Arbitrary<Conditions> = fc.record({
  code: fc.option(fc.constantFrom('SPRING', 'VIP'), { freq: 1 }),
  minSubtotalMinor: fc.option(anyAmount, { freq: 1 }),
  minimums: fc.array(fc.record({ keys: anyKeys, minMinor: anyAmount }), { maxLength: 1 }),
  minLineQuantity: fc.option(anySize, { freq: 1 }),
  containsKey: fc.option(fc.constantFrom('lin_0', 'lin_3'), { freq: 1 }),
});
const anyPromotions = fc
  .array(
    fc.tuple(
      anyOffer,
      fc.oneof({ weight: 2, arbitrary: fc.constant(unconditional) }, anyConditions),
      fc.option(anyAmount),
    ),
    { maxLength: 6 },
  )
  .map((offers) =>
    offers.map(([offer, conditions, maxAmountMinor], index) => ({
      ...promotion(`pro_${index}`, offer, conditions),
      ...(maxAmountMinor === null ? {} : { maxAmountMinor }),
    })),
  );

/** Lines whose unit prices all differ, so that "the dearest" and "the cheapest" unit have one answer each. */
export const anyLines: fc.Arbitrary<readonly CartLine[]> = fc
  .uniqueArray(
    fc.record({
      unitPriceMinor: fc.oneof(anyAmount, fc.integer({ min: 0, max: 1_000_000_000 })),
      quantity: fc.integer({ min: 0, max: 30 }),
      taxRates: anyTaxRates,
      tags: fc.subarray(['sale', 'new']),
    }),
    { maxLength: linesMax, selector: (one) => one.unitPriceMinor },
  )
  .map((lines) => lines.map((one, index) => ({ ...one, key: lineKeys[index] ?? '' })));

const anyRounding = fc.record({
  mode: fc.constantFrom('half-up' as const, 'down' as const),
  level: fc.constantFrom('line' as const, 'order' as const),
});

/** Any cart without rebates: what it costs is never refused. */
export const anyCart: fc.Arbitrary<Cart> = fc.record({
  pricesIncludeTax: fc.boolean(),
  rounding: anyRounding,
  lines: anyLines,
  shipping: fc.uniqueArray(
    fc.record({ key: fc.constantFrom('shp_0', 'shp_1'), amountMinor: anyAmount, taxRates: anyTaxRates }),
    { maxLength: 2, selector: (one) => one.key },
  ),
  surcharges: fc.array(
    fc.record({
      key: fc.constant('fee'),
      amountMinor: anyAmount,
      taxRates: anyTaxRates,
      includesTax: fc.option(fc.boolean()),
    }),
    { maxLength: 2 },
  ),
  codes: fc.subarray(['SPRING', 'VIP', 'UNKNOWN']),
  giftCards: fc.array(fc.record({ key: fc.constant('card'), balanceMinor: anyAmount }), { maxLength: 2 }),
  promotions: anyPromotions,
});

function pad(permille: number): string {
  return String(permille % 1000).padStart(3, '0');
}
