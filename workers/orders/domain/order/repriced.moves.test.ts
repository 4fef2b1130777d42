/** An order that is refunded in parts and moves between markets with and without tax in their prices: whatever happens, its price adds up. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CartLine } from '../../../../shared/contracts/cart/api.ts';
import type { GivenDiscount, Quote } from '../../../../shared/contracts/pricing/api.ts';
import { allocate } from '../../../../shared/values/allocation.ts';
import { sumOf } from '../../../../shared/values/money.ts';
import { checkoutDetails, quote, variant } from '../../testing/checkouts.ts';
import { givenApart } from './given.ts';
import type { LineUnits, Refund } from './operation.ts';
import { newOrder, type Order } from './order.ts';
import { withoutUnits, withUnits } from './repriced.ts';
import { creditLines, goneUnitsOf, refundableShippingMinorOf } from './worth.ts';

const markets = {
  DE: { pricesIncludeTax: true, percent: 19 },
  AT: { pricesIncludeTax: true, percent: 20 },
  CH: { pricesIncludeTax: false, percent: 8 },
  GG: { pricesIncludeTax: false, percent: 0 },
} as const;
type Country = keyof typeof markets;
const countries = ['DE', 'AT', 'CH', 'GG'] as const satisfies Country[];
const untaxed = 'lin_book';
const percentOff = 10;
const fixedMinor = 700;

/** 7.00 off by one promotion, then a tenth off each line by another, and one tax on all lines but one. */
function priceIn(
  country: Country,
  lines: readonly CartLine[],
  shippingMinor: number,
  given: readonly GivenDiscount[] = [],
): Quote {
  const { pricesIncludeTax, percent } = markets[country];
  const taxOf = (minor: number) => Math.floor((minor * percent) / (pricesIncludeTax ? 100 + percent : 100));
  const had = given.find(({ promotionId }) => promotionId === 'pro_fixed')?.amountMinor ?? 0;
  const listed = lines.map(({ quantity, variant: { prices } }) => (prices[0]?.amountMinor ?? 0) * quantity);
  const fixed = allocate(Math.min(sumOf(listed), Math.max(0, fixedMinor - had)), listed);
  const priced = lines.map(({ lineId, quantity, variant: { prices } }, index) => {
    const unitPriceMinor = prices[0]?.amountMinor ?? 0;
    const subtotalMinor = unitPriceMinor * quantity;
    const fixedOff = { promotionId: 'pro_fixed', amountMinor: fixed[index] ?? 0 };
    const amountMinor = Math.floor(((subtotalMinor - fixedOff.amountMinor) * percentOff) / 100);
    const discounts = [fixedOff, { promotionId: 'pro_1', amountMinor }].filter((one) => one.amountMinor > 0);
    const discountMinor = sumOf(discounts.map((one) => one.amountMinor));
    const totalMinor = subtotalMinor - discountMinor;
    const taxMinor = lineId === untaxed ? 0 : taxOf(totalMinor);
    return {
      lineId,
      unitPriceMinor,
      compareAtMinor: null,
      priceListId: null,
      discounts,
      subtotalMinor,
      discountMinor,
      taxMinor,
      totalMinor,
    };
  });
  const discountMinor = sumOf(priced.map((line) => line.discountMinor));
  const goodsTaxMinor = sumOf(priced.map((line) => line.taxMinor));
  const taxMinor = goodsTaxMinor + taxOf(shippingMinor);
  const listedMinor = sumOf(priced.map((line) => line.totalMinor)) + shippingMinor;
  const totalMinor = pricesIncludeTax ? listedMinor : listedMinor + taxMinor;
  const shares = priced.flatMap(({ discounts }) => discounts);
  const promotions = ['pro_fixed', 'pro_1'].map((promotionId) => {
    const own = shares.filter((one) => one.promotionId === promotionId);
    return { promotionId, title: 'Sale', code: null, amountMinor: sumOf(own.map((one) => one.amountMinor)) };
  });
  const baseMinor = pricesIncludeTax ? listedMinor - taxMinor : listedMinor;
  return {
    ...quote,
    ...{ country, pricesIncludeTax, lines: priced, discountMinor, shippingMinor, taxMinor, totalMinor },
    subtotalMinor: sumOf(priced.map((line) => line.subtotalMinor)),
    discounts: promotions.filter(({ amountMinor }) => amountMinor > 0),
    taxLines: percent === 0 ? [] : [{ name: country, rate: `0.${percent}`, baseMinor, taxMinor }],
    goodsTaxLines: percent === 0 ? [] : [{ name: country, rate: `0.${percent}`, baseMinor, taxMinor: goodsTaxMinor }],
    ...{ giftCards: [], dueMinor: totalMinor },
  };
}

const lineOf = (lineId: string, quantity: number, amountMinor: number): CartLine => {
  const prices = [{ currency: 'EUR' as const, amountMinor }];
  return { lineId, quantity, variant: { ...variant, prices }, attributes: {} };
};

/** As an edit does it. */
function edited(
  order: Order,
  country: Country,
  lines: readonly CartLine[],
  replaced: readonly LineUnits[] = [],
): Order {
  const gone = goneUnitsOf(order, replaced);
  const isAllThere = gone.length === 0 && order.refunds.every(({ shippingMinor }) => shippingMinor === 0);
  const { parted: _former, ...rest } = order;
  if (isAllThere) return { ...rest, lines, quote: priceIn(country, lines, 490) };
  const kept = priceIn(country, withoutUnits(lines, gone), 490, givenApart(order, gone, replaced));
  return { ...rest, ...withUnits(order, lines, gone, kept, replaced) };
}

/** A unit comes back, and another of the same goods goes out for it. */
function exchanged(order: Order, country: Country, line: CartLine): Order {
  const leaving = [{ lineId: line.lineId, quantity: 1 }];
  const credits = creditLines(order, leaving);
  if (!credits.ok) return order;
  const another = { ...line, lineId: `lin_${order.lines.length}`, quantity: 1 };
  return refunded(edited(order, country, [...order.lines, another], leaving), credits.value, 0);
}

function refunded(order: Order, lines: Refund['lines'], shippingMinor: number): Order {
  const creditMinor = sumOf(lines.map(({ grossMinor }) => grossMinor)) + shippingMinor;
  const facts = {
    id: 'rfd',
    key: 'rfd',
    cause: 'refund',
    returnId: null,
    note: null,
    isPending: false,
    at: 0,
  } as const;
  const refund = { ...facts, amountMinor: creditMinor, creditMinor, parts: [], lines, shippingMinor };
  return { ...order, refunds: [...order.refunds, refund] };
}

type Step =
  | { readonly do: 'move'; readonly to: Country }
  | { readonly do: 'refund-unit' | 'cancel-unit' | 'exchange-unit'; readonly line: number }
  | { readonly do: 'refund-shipping' | 'add' };

function stepped(order: Order, step: Step): Order {
  const here = countries.find((one) => one === order.quote.country) ?? 'DE';
  const line = order.lines['line' in step ? step.line % order.lines.length : 0];
  const { lineId = '' } = line ?? {};
  switch (step.do) {
    case 'move':
      return edited(order, step.to, order.lines);
    case 'add':
      return edited(order, here, [...order.lines, lineOf(`lin_${order.lines.length}`, 2, 700)]);
    case 'exchange-unit':
      return line === undefined || line.lineId === untaxed ? order : exchanged(order, here, line);
    case 'refund-shipping':
      return refunded(order, [], Math.min(100, refundableShippingMinorOf(order)));
    case 'refund-unit': {
      const credits = creditLines(order, [{ lineId, quantity: 1 }]);
      return credits.ok ? refunded(order, credits.value, 0) : order;
    }
    case 'cancel-unit': {
      const canceledUnits = [...order.canceledUnits, { refundId: null, lineId, quantity: 1 }];
      const canceled = canceledUnits.filter((one) => one.lineId === lineId).length;
      const { quantity = 0 } = order.lines.find((one) => one.lineId === lineId) ?? {};
      return canceled > quantity ? order : { ...order, canceledUnits };
    }
  }
}

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('move' as const), to: fc.constantFrom(...countries) }),
  fc.record({ do: fc.constantFrom('refund-unit', 'cancel-unit', 'exchange-unit'), line: fc.nat({ max: 3 }) }),
  fc.record({ do: fc.constantFrom('refund-shipping' as const, 'add' as const) }),
);
const anyOrder = fc
  .record({
    country: fc.constantFrom(...countries),
    units: fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat({ max: 9_999 })), { minLength: 1, maxLength: 3 }),
  })
  .map(({ country, units }) => {
    const lines = units.map(([quantity, minor], index) =>
      lineOf(index === 1 ? untaxed : `lin_${index}`, quantity, minor),
    );
    return newOrder({
      holdKey: checkoutDetails().holdKey,
      lines,
      quote: priceIn(country, lines, 490),
      capturedMinor: 0,
    });
  });
const anyLife = fc.record({ order: anyOrder, steps: fc.array(anyStep, { maxLength: 8 }) });

function expectSums({ lines, taxLines, ...sums }: Quote): void {
  const { subtotalMinor, discountMinor, shippingMinor, taxMinor, totalMinor, pricesIncludeTax } = sums;
  expect(subtotalMinor - discountMinor + shippingMinor + (pricesIncludeTax ? 0 : taxMinor)).toBe(totalMinor);
  expect(sumOf(taxLines.map((line) => line.taxMinor))).toBe(taxMinor);
  for (const line of taxLines) expect(line.taxMinor).toBeGreaterThanOrEqual(0);
  expect(sumOf(sums.discounts.map((one) => one.amountMinor))).toBe(discountMinor);
  for (const line of lines) {
    expect(line.subtotalMinor - line.discountMinor).toBe(line.totalMinor);
    expect(sumOf(line.discounts.map((one) => one.amountMinor))).toBe(line.discountMinor);
    expect(Math.min(line.totalMinor, line.taxMinor, line.discountMinor)).toBeGreaterThanOrEqual(0);
  }
}

/** What an order costs and why, in any order of its taxes. */
const bill = ({ quote: { lines, taxLines, discounts, ...sums } }: Order) => ({
  lines,
  discounts,
  taxes: taxLines.map(({ name, taxMinor }) => `${name} ${taxMinor}`).sort(),
  sums: [sums.subtotalMinor, sums.discountMinor, sums.shippingMinor, sums.taxMinor, sums.totalMinor],
});

describe('an order that is edited, refunded and moved', () => {
  test('adds up after every step', () => {
    fc.assert(
      fc.property(anyLife, ({ order, steps }) => {
        steps.reduce((before, step) => {
          const now = stepped(before, step);
          expectSums(now.quote);
          return now;
        }, order);
      }),
    );
  });

  test('costs the same after an edit that changes nothing, twice', () => {
    fc.assert(
      fc.property(anyLife, ({ order, steps }) => {
        const stay = { do: 'move', to: 'CH' } as const;
        const once = stepped(steps.reduce(stepped, order), stay);
        expect(bill(stepped(once, stay))).toEqual(bill(once));
      }),
    );
  });

  test('costs what it did once it is back, whatever the way', () => {
    const anyWay = fc.array(fc.constantFrom(...countries), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(anyLife, anyWay, ({ order, steps }, way) => {
        const home = order.quote.country === 'CH' ? 'CH' : 'DE';
        const stay = { do: 'move', to: home } as const;
        const start = stepped(steps.reduce(stepped, order), stay);
        const away = way.reduce((before, to) => stepped(before, { do: 'move', to }), start);
        expect(bill(stepped(away, stay))).toEqual(bill(start));
      }),
    );
  });

  test('is given a fixed amount once: what is left bears no more of it than what went back has left', () => {
    fc.assert(
      fc.property(anyLife, ({ order, steps }) => {
        // What was exchanged is shown with its share, and another market shows shares with its own tax.
        const own = steps.filter((step) => step.do !== 'exchange-unit' && step.do !== 'move');
        const { discounts } = own.reduce(stepped, order).quote;
        const fixed = discounts.find(({ promotionId }) => promotionId === 'pro_fixed');
        expect(fixed?.amountMinor ?? 0).toBeLessThanOrEqual(fixedMinor);
      }),
    );
  });

  test('costs what it did after an edit that changes nothing, whatever went back before', () => {
    const anyUnits = fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyOrder, anyUnits, (order, units) => {
        const here = countries.find((one) => one === order.quote.country) ?? 'DE';
        const after = units.map((line) => ({ do: 'refund-unit' as const, line })).reduce(stepped, order);
        const { discounts: before } = order.quote;
        const { discounts } = stepped(after, { do: 'move', to: here }).quote;
        const amountIn = (all: Quote['discounts']) => all.find(({ promotionId }) => promotionId === 'pro_fixed');
        expect(amountIn(discounts)?.amountMinor).toBe(amountIn(before)?.amountMinor);
      }),
    );
  });

  test('costs the same after an exchange for the same goods', () => {
    fc.assert(
      fc.property(anyOrder, fc.nat({ max: 2 }), (order, line) => {
        fc.pre(order.lines.every(({ lineId }) => lineId !== untaxed));
        const after = stepped(order, { do: 'exchange-unit', line });
        const creditMinor = sumOf(after.refunds.map((refund) => refund.creditMinor));
        // Each line rounds its tenth and its tax by itself.
        const cents = 2 * after.lines.length;
        expect(Math.abs(after.quote.totalMinor - creditMinor - order.quote.totalMinor)).toBeLessThanOrEqual(cents);
      }),
    );
  });

  test('of two cups, one refunded, costs the same again after a journey through a market with net prices', () => {
    const cups = [lineOf('lin_0', 2, 1200)];
    const whole = priceIn('DE', cups, 490);
    const order = newOrder({ holdKey: 'hold', lines: cups, quote: whole, capturedMinor: 0 });
    const one = stepped(order, { do: 'refund-unit', line: 0 });
    const back = stepped(stepped(one, { do: 'move', to: 'CH' }), { do: 'move', to: 'DE' });
    expect(back.quote).toMatchObject({ subtotalMinor: 2400, discountMinor: 870, totalMinor: 2020 });
  });
});
