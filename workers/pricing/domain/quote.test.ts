/** What a cart costs: numbers that can be checked by hand, and properties that hold for any cart in any market. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Quote, QuoteLine } from '../../../shared/contracts/pricing/api.ts';
import { amountMax } from '../../../shared/values/money.ts';
import { explain } from './explain.ts';
import { quote } from './quote.ts';
import type { QuoteRequest } from './request.ts';
import type { Market, PricingSettings, ShippingRate } from './settings.ts';

const market: Market = {
  id: 'de',
  name: 'Germany',
  countries: ['DE'],
  currencies: ['EUR'],
  taxRate: '0.19',
  pricesIncludeTax: true,
  rounding: { mode: 'half-up', level: 'line' },
  shippingTax: 'standard',
  hasReverseCharge: false,
  orderMinimums: [],
  variantMaximums: [],
  isDefault: true,
  isFallback: false,
  version: 1,
};
const standard: ShippingRate = {
  id: 'standard',
  marketId: 'de',
  name: 'Standard',
  prices: [{ amount: 490, currency: 'EUR' }],
  freeFrom: [{ amount: 5000, currency: 'EUR' }],
  version: 1,
};
const express: ShippingRate = {
  ...standard,
  id: 'express',
  name: 'Express',
  prices: [{ amount: 1290, currency: 'EUR' }],
  freeFrom: [],
};

function settings(
  changes: Partial<Market> = {},
  shippingRates: readonly ShippingRate[] = [express, standard],
): PricingSettings {
  const others = { promotions: [], priceLists: [], taxRates: [], paymentMethods: [] };
  return { version: 7, changedAt: 0, markets: [{ ...market, ...changes }], shippingRates, ...others };
}

function line(lineId: string, unitPriceMinor: number, quantity = 1, changes: Partial<QuoteLine> = {}): QuoteLine {
  return { lineId, unitPriceMinor, quantity, weightGrams: 100, requiresShipping: true, isTaxable: true, ...changes };
}

function request(lines: readonly QuoteLine[], shippingOptionId: string | null = null): QuoteRequest {
  return { country: 'DE', currency: 'EUR', lines, shippingOptionId };
}

function quoted(given: PricingSettings, asked: QuoteRequest): Quote {
  const result = quote(given, asked);
  if (!result.ok) throw new Error(`refused: ${result.refusal.code}`);
  return result.value;
}

const digital = { requiresShipping: false };

describe('a flat tax', () => {
  test.each([
    { rate: '0.20', included: true, price: 999, quantity: 1, tax: 167, total: 999 },
    { rate: '0.20', included: false, price: 999, quantity: 1, tax: 200, total: 1199 },
    { rate: '0.19', included: true, price: 11900, quantity: 1, tax: 1900, total: 11900 },
    { rate: '0.255', included: true, price: 1, quantity: 999, tax: 203, total: 999 },
    { rate: '0.05', included: false, price: 10, quantity: 1, tax: 1, total: 11 },
    { rate: '0.05', included: false, price: 9, quantity: 1, tax: 0, total: 9 },
    { rate: '0', included: false, price: 999, quantity: 3, tax: 0, total: 2997 },
  ])(
    'of $rate on $price × $quantity (inside: $included) is $tax',
    ({ rate, included, price, quantity, tax, total }) => {
      const answer = quoted(
        settings({ taxRate: rate, pricesIncludeTax: included }),
        request([line('a', price, quantity, digital)]),
      );
      expect(answer).toMatchObject({ taxMinor: tax, totalMinor: total, pricesIncludeTax: included, pricingVersion: 7 });
    },
  );

  test('rounds a line as a whole, not unit by unit', () => {
    const answer = quoted(settings({ taxRate: '0.20', pricesIncludeTax: false }), request([line('a', 2, 10, digital)]));
    expect(answer.taxMinor).toBe(4);
  });

  test('is not charged on what is not taxable', () => {
    const answer = quoted(settings(), request([line('a', 999, 1, { ...digital, isTaxable: false })]));
    expect(answer).toMatchObject({ taxMinor: 0, totalMinor: 999 });
  });

  test('is charged on shipping at the same rate', () => {
    const answer = quoted(settings({ taxRate: '0.20', pricesIncludeTax: false }), request([line('a', 1000)]));
    expect(answer).toMatchObject({ subtotalMinor: 1000, shippingMinor: 490, taxMinor: 298, totalMinor: 1788 });
    expect(answer.lines).toMatchObject([
      { lineId: 'a', subtotalMinor: 1000, discountMinor: 0, taxMinor: 200, totalMinor: 1000 },
    ]);
  });

  test('rounded once per order goes to the largest fractions, ties to the first', () => {
    const rounding = { mode: 'half-up', level: 'order' } as const;
    const lines = [line('a', 33, 1, digital), line('b', 33, 1, digital), line('c', 33, 1, digital)];
    const answer = quoted(settings({ taxRate: '0.10', pricesIncludeTax: false, rounding }), request(lines));
    expect(answer.taxMinor).toBe(10);
    expect(answer.lines.map((one) => one.taxMinor)).toEqual([4, 3, 3]);
  });

  test('rounded down keeps the fraction', () => {
    const rounding = { mode: 'down', level: 'line' } as const;
    const answer = quoted(
      settings({ taxRate: '0.10', pricesIncludeTax: false, rounding }),
      request([line('a', 99, 1, digital)]),
    );
    expect(answer.taxMinor).toBe(9);
  });
});

describe('shipping', () => {
  test('takes the cheapest option when none was chosen', () => {
    const answer = quoted(settings(), request([line('a', 1000)]));
    expect(answer.shippingOptionId).toBe('standard');
    expect(answer.shippingOptions.map((option) => option.id)).toEqual(['standard', 'express']);
  });

  test.each([
    { subtotal: 4999, price: 490 },
    { subtotal: 5000, price: 0 },
  ])('costs $price at a subtotal of $subtotal', ({ subtotal, price }) => {
    expect(quoted(settings(), request([line('a', subtotal)])).shippingMinor).toBe(price);
  });

  test('charges the option that was chosen', () => {
    expect(quoted(settings(), request([line('a', 1000)], 'express'))).toMatchObject({
      shippingOptionId: 'express',
      shippingMinor: 1290,
    });
  });

  test('costs nothing and offers nothing where nothing is shipped, and keeps the choice for later', () => {
    const answer = quoted(settings(), request([line('a', 1000, 1, digital)], 'express'));
    expect(answer).toMatchObject({ shippingOptions: [], shippingOptionId: null, shippingMinor: 0, totalMinor: 1000 });
  });

  test.each([{ lines: [line('a', 1000)] }, { lines: [] }])('refuses an option that does not exist', ({ lines }) => {
    expect(quote(settings(), request(lines, 'drone'))).toEqual({
      ok: false,
      refusal: { code: 'unknown-shipping-option', shippingOptionId: 'drone' },
    });
  });

  test('refuses an option that has no price in the currency', () => {
    const dollars: ShippingRate = { ...express, id: 'dollars', prices: [{ amount: 900, currency: 'USD' }] };
    const result = quote(settings({}, [standard, dollars]), request([line('a', 1000)], 'dollars'));
    expect(result).toMatchObject({ ok: false, refusal: { code: 'unknown-shipping-option' } });
  });

  test('is free in a market without rates', () => {
    expect(quoted(settings({}, []), request([line('a', 1000)]))).toMatchObject({
      shippingOptionId: null,
      shippingMinor: 0,
    });
  });
});

test('an empty cart costs nothing', () => {
  expect(quoted(settings(), request([]))).toMatchObject({
    subtotalMinor: 0,
    taxMinor: 0,
    shippingMinor: 0,
    totalMinor: 0,
    lines: [],
  });
});

test('a price below zero is a defect, not a discount', () => {
  expect(() => quote(settings(), request([line('a', -1)]))).toThrow(/negative/);
});

const anyLine = fc.record({
  unitPriceMinor: fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 50_000_000 })),
  quantity: fc.integer({ min: 1, max: 999 }),
  requiresShipping: fc.boolean(),
  isTaxable: fc.boolean(),
});
const anyLines = fc
  .array(anyLine, { maxLength: 20 })
  .map((lines) => lines.map((one, index): QuoteLine => ({ ...one, lineId: `lin_${index}`, weightGrams: 0 })));
const anySettings = fc
  .record({
    taxRate: fc.integer({ min: 0, max: 100_000 }).map((rate) => (rate / 100_000).toFixed(5)),
    pricesIncludeTax: fc.boolean(),
    rounding: fc.record({
      mode: fc.constantFrom('half-up' as const, 'down' as const),
      level: fc.constantFrom('line' as const, 'order' as const),
    }),
  })
  .map((changes) => settings(changes));
const runs = { numRuns: 2_000 };

describe('for any cart in any market', () => {
  test('the totals are the sums they claim to be, and nothing is negative', () => {
    fc.assert(
      fc.property(anySettings, anyLines, (given, lines) => {
        const answer = quoted(given, request(lines));
        const sumOf = (pick: (one: Quote['lines'][number]) => number) =>
          answer.lines.reduce((total, one) => total + pick(one), 0);
        const taxOnTop = answer.pricesIncludeTax ? 0 : answer.taxMinor;
        expect(answer.totalMinor).toBe(answer.subtotalMinor - answer.discountMinor + answer.shippingMinor + taxOnTop);
        expect(answer.subtotalMinor).toBe(sumOf((one) => one.subtotalMinor));
        expect(sumOf((one) => one.totalMinor)).toBe(answer.subtotalMinor - answer.discountMinor);
        expect(answer.taxMinor).toBeGreaterThanOrEqual(sumOf((one) => one.taxMinor));
        for (const one of answer.lines) {
          for (const amount of [one.subtotalMinor, one.discountMinor, one.taxMinor, one.totalMinor]) {
            expect(Number.isSafeInteger(amount) && amount >= 0).toBe(true);
          }
          expect(one.taxMinor).toBeLessThanOrEqual(one.totalMinor);
        }
      }),
      runs,
    );
  });

  test('a tax is never further than one minor unit from the exact one, and half of one when rounded half up per line', () => {
    fc.assert(
      fc.property(anySettings, anyLines, (given, lines) => {
        const [only] = given.markets;
        const answer = quoted(given, request(lines));
        const rate = BigInt((only?.taxRate ?? '0').replace('.', ''));
        const whole = only?.pricesIncludeTax ? 100_000n + rate : 100_000n;
        answer.lines.forEach((one, index) => {
          const base = lines[index]?.isTaxable ? BigInt(one.subtotalMinor) : 0n;
          const off = BigInt(one.taxMinor) * whole - base * rate;
          const isNearest = only?.rounding.mode === 'half-up' && only.rounding.level === 'line';
          expect((off < 0n ? -off : off) * (isNearest ? 2n : 1n) <= whole).toBe(true);
        });
      }),
      runs,
    );
  });

  test('the order of lines moves at most a tied minor unit between lines, never a total', () => {
    const shuffled = anyLines.chain((lines) =>
      fc.tuple(fc.constant(lines), fc.shuffledSubarray([...lines], { minLength: lines.length })),
    );
    fc.assert(
      fc.property(anySettings, shuffled, (given, [lines, others]) => {
        const { lines: linesA, ...totalsA } = quoted(given, request(lines));
        const { lines: linesB, ...totalsB } = quoted(given, request(others));
        expect(totalsB).toEqual(totalsA);
        for (const one of linesA) {
          const twin = linesB.find((other) => other.lineId === one.lineId);
          const most = given.markets[0]?.rounding.level === 'order' ? 1 : 0;
          expect(Math.abs((twin?.taxMinor ?? -9) - one.taxMinor)).toBeLessThanOrEqual(most);
        }
      }),
      runs,
    );
  });

  test('removing what was added returns to the same quote', () => {
    fc.assert(
      fc.property(anySettings, anyLines, anyLine, (given, lines, added) => {
        const before = quoted(given, request(lines));
        const extra: QuoteLine = { ...added, lineId: 'lin_added', weightGrams: 0 };
        const between = quoted(given, request([...lines, extra]));
        expect(between.subtotalMinor).toBe(before.subtotalMinor + extra.unitPriceMinor * extra.quantity);
        expect(quoted(given, request(lines))).toEqual(before);
      }),
      runs,
    );
  });
});

test('a cart that is listed at more than amounts may be is refused, never a defect', () => {
  const dear = (count: number, priceMinor: number) =>
    request(Array.from({ length: count }, (_, index) => line(`lin_${index}`, priceMinor, 999)));
  const refusal = { code: 'total-too-large', max: amountMax };
  for (const asked of [dear(12, amountMax), dear(200, amountMax), dear(1, Math.ceil(amountMax / 999))])
    for (const ask of [quote, explain]) expect(ask(settings(), asked)).toEqual({ ok: false, refusal });
  expect(quote(settings(), dear(1, Math.floor(amountMax / 999))).ok).toBe(true);
});
