/** What holds for the quote of any cart in any shop, and that its explanation adds up to the same figures. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PricedQuote, QuoteLine, QuoteRequest } from '../../../shared/contracts/pricing.ts';
import { CartExplanation } from '../../../shared/contracts/pricing-explanation.ts';
import type { TaxRateRow } from '../../../shared/contracts/pricing-taxes.ts';
import { sumOf } from '../../../shared/values/money.ts';
import { eur, priceList, promotion, quoted, request, shippingRate, shop, taxRate } from '../testing.ts';
import { explain, totalsOf } from './explain.ts';
import type { PricingSettings } from './settings.ts';

const anyRate = fc.integer({ min: 0, max: 1000 }).map((permille) => (permille / 1000).toFixed(3));
const anyAmount = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 30_000 }));
const anyItems = fc.constantFrom<object>(
  {},
  { tags: ['SALE'] },
  { productIds: ['prd_1', 'prd_2'] },
  { collectionIds: ['col_a'], variantIds: ['var_3'] },
);
const anyAmounts = anyAmount.map((amount) => [eur(amount)]);
const anyUnits = fc.constantFrom(null, 1, 3);
const anyQuantity = fc.integer({ min: 1, max: 3 });
const kind = <Kind extends string>(name: Kind) => fc.constant(name);
/** Steps that all take off a rate, or all amounts. */
const anyStepsOf = (start: Readonly<Record<string, fc.Arbitrary<unknown>>>) => {
  const some = { minLength: 1, maxLength: 3 };
  return fc.oneof(
    fc.array(fc.record({ ...start, rate: anyRate }), some),
    fc.array(fc.record({ ...start, amounts: anyAmounts }), some),
  );
};

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
const anyShop: fc.Arbitrary<PricingSettings> = fc
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
      variantId: `var_${index}`,
      productId: `prd_${index}`,
    })),
  );

const anyRequest: fc.Arbitrary<QuoteRequest> = fc
  .record({
    lines: anyLines,
    codes: fc.subarray(['Spring', 'VIP', 'nope']),
    giftCards: fc.array(fc.record({ key: fc.constant('card'), balanceMinor: anyAmount }), { maxLength: 2 }),
    customer: fc.record({
      id: fc.constantFrom(null, 'cus_1'),
      groups: fc.constantFrom([], ['vip']),
      isFirstOrder: fc.boolean(),
      vatId: fc.constant(null),
      isTaxExempt: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
  })
  .map(({ lines, ...rest }) => request(lines, rest));

const runs = { numRuns: 1_000 };

function forAny(check: (settings: PricingSettings, asked: QuoteRequest, answer: PricedQuote) => void): void {
  fc.assert(
    fc.property(anyShop, anyRequest, (settings, asked) => check(settings, asked, quoted(settings, asked))),
    runs,
  );
}

describe('the quote of any cart', () => {
  test('totals its lines, shipping and tax less its discounts, and is never negative', () => {
    forAny((_, __, answer) => {
      const { subtotalMinor, discountMinor, shippingMinor, taxMinor, totalMinor, dueMinor, giftCards } = answer;
      expect(totalMinor).toBe(subtotalMinor - discountMinor + shippingMinor + (answer.pricesIncludeTax ? 0 : taxMinor));
      expect(subtotalMinor).toBe(sumOf(answer.lines.map((one) => one.subtotalMinor)));
      expect(dueMinor).toBe(totalMinor - sumOf(giftCards.map((card) => card.usedMinor)));
      for (const amount of [subtotalMinor, discountMinor, shippingMinor, taxMinor, totalMinor, dueMinor])
        expect(Number.isSafeInteger(amount) && amount >= 0).toBe(true);
      for (const one of answer.lines) expect(Math.min(one.totalMinor, one.taxMinor)).toBeGreaterThanOrEqual(0);
    });
  });

  test('gives every cent of a discount to a line or to shipping, and every cent of tax to a rate', () => {
    forAny((_, __, answer) => {
      const off = sumOf(answer.discounts.map((one) => one.amountMinor));
      expect(off).toBe(answer.discountMinor + answer.shippingDiscountMinor);
      for (const one of answer.lines)
        expect(sumOf(one.discounts.map(({ amountMinor }) => amountMinor))).toBe(one.discountMinor);
      expect(sumOf(answer.taxLines.map((one) => one.taxMinor))).toBe(answer.taxMinor);
    });
  });

  test('says of every code what it took off or why it took nothing', () => {
    forAny((_, { codes = [] }, answer) => {
      const known = [
        ...answer.discounts.flatMap(({ code }) => code ?? []),
        ...answer.rejectedCodes.map(({ code }) => code),
      ];
      expect(known.sort()).toEqual([...codes].sort());
    });
  });

  test('asks to hold a use and the amount of every limited discount, a first order, and nothing else', () => {
    forAny((settings, { customer }, answer) => {
      expect(answer.allowances).toEqual(
        answer.discounts.flatMap(({ promotionId, amountMinor }) => {
          const setting = settings.promotions?.find(({ id }) => id === promotionId);
          const isLimited = setting?.limits.usesMax === 9;
          const first = { allowance: `promo:${promotionId}:${customer?.id}`, quantity: 1, limit: 1 };
          return [
            ...(isLimited ? [{ allowance: `promo:${promotionId}`, quantity: 1, limit: 9 }] : []),
            ...(setting?.conditions.isFirstOrder === true ? [first] : []),
            ...(isLimited ? [{ allowance: `budget:${promotionId}:EUR`, quantity: amountMinor, limit: 100_000 }] : []),
          ];
        }),
      );
    });
  });

  test('returns to the same figures when what was added is removed', () => {
    forAny((settings, asked, before) => {
      const added = {
        lineId: 'x',
        unitPriceMinor: 777,
        quantity: 2,
        weightGrams: 9,
        requiresShipping: true,
        isTaxable: true,
      };
      const longer = { ...asked, lines: [...asked.lines, added] };
      expect(quoted(settings, longer).lines).toHaveLength(asked.lines.length + 1);
      expect(quoted(settings, { ...longer, lines: longer.lines.filter(({ lineId }) => lineId !== 'x') })).toEqual(
        before,
      );
    });
  });

  test('is explained by steps that add up to its own figures', () => {
    forAny((settings, asked, answer) => {
      const explained = explain(settings, asked);
      if (!explained.ok) throw new Error(explained.refusal.code);
      const { entries, payments, totals } = CartExplanation.parse(explained.value);
      const { subtotalMinor, discountMinor, shippingMinor, shippingDiscountMinor, taxMinor, totalMinor, dueMinor } =
        answer;
      expect(JSON.stringify(totalsOf(entries, payments))).toBe(
        JSON.stringify({
          subtotalMinor,
          discountMinor,
          shippingMinor,
          shippingDiscountMinor,
          taxMinor,
          totalMinor,
          dueMinor,
        }),
      );
      expect(totals).toEqual(totalsOf(entries, payments));
      for (const one of answer.lines) {
        const steps = entries.find(({ key }) => key === one.lineId)?.steps ?? [];
        const sum = (kinds: readonly string[]) =>
          sumOf(steps.filter(({ kind }) => kinds.includes(kind)).map(({ amountMinor }) => amountMinor));
        expect(sum(['price', 'tax-relief', 'discount'])).toBe(one.totalMinor);
        expect(sum(['tax-inside', 'tax-on-top'])).toBe(one.taxMinor);
      }
    });
  });
});

describe('the order of lines', () => {
  test('decides nothing where neither a cent nor a unit is tied', () => {
    const withoutSpreading = anyShop.map((settings) => ({
      ...settings,
      // A discount that is spread may tie a cent between lines, and the cent then moves the tax of both.
      promotions: (settings.promotions ?? []).filter(({ offer }) =>
        ['percent-off-items', 'fixed-off-each-item', 'buy-x-get-y', 'tiered-by-quantity', 'free-shipping'].includes(
          offer.kind,
        ),
      ),
    }));
    const anyTwoOrders = anyRequest.chain((asked) =>
      fc.tuple(
        fc.constant(asked),
        fc.shuffledSubarray([...asked.lines], { minLength: asked.lines.length }).map((lines) => ({ ...asked, lines })),
      ),
    );
    fc.assert(
      fc.property(withoutSpreading, anyTwoOrders, (settings, [asked, other]) => {
        const { lines: linesA, ...totalsA } = quoted(settings, asked);
        // Of two units at one price the first is the dearest: a list that makes prices equal makes such ties.
        fc.pre(new Set(linesA.map(({ unitPriceMinor }) => unitPriceMinor)).size === linesA.length);
        const { lines: linesB, ...totalsB } = quoted(settings, other);
        expect(totalsB).toEqual(totalsA);
        const most = settings.markets[0]?.rounding.level === 'order' ? 2 : 0;
        for (const one of linesA) {
          const twin = linesB.find(({ lineId }) => lineId === one.lineId);
          expect(twin?.totalMinor).toBe(one.totalMinor);
          expect(Math.abs((twin?.taxMinor ?? -9) - one.taxMinor)).toBeLessThanOrEqual(most);
        }
      }),
      runs,
    );
  });
});

test('the same request at the same moment has the same answer, whatever was asked in between', () => {
  forAny((settings, asked, answer) => {
    quoted(settings, { ...asked, codes: [], lines: asked.lines.slice(1) });
    expect(quoted(settings, asked)).toEqual(answer);
  });
});
