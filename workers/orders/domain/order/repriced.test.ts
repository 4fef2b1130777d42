/** Units that went back beside a price of the rest: every sum of the quote holds, and each unit is charged as it was. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CartLine } from '../../../../shared/contracts/cart/api.ts';
import type { Quote } from '../../../../shared/contracts/pricing/api.ts';
import { sumOf } from '../../../../shared/values/money.ts';
import { checkoutDetails, quote, variant } from '../../testing/checkouts.ts';
import { newOrder, type Order } from './order.ts';
import { withoutUnits, withUnits } from './repriced.ts';
import { creditLines, goneUnitsOf } from './worth.ts';

interface Market {
  readonly pricesIncludeTax: boolean;
  readonly percentOff: number;
  readonly shippingMinor: number;
  readonly cardsMinor: number;
}

/** A shop with one promotion and one tax, rounded down wherever that is possible. */
function priceOf(lines: readonly CartLine[], { pricesIncludeTax, percentOff, shippingMinor, cardsMinor }: Market) {
  const priced = lines.map(({ lineId, quantity, variant: { prices } }) => {
    const unitPriceMinor = prices[0]?.amountMinor ?? 0;
    const subtotalMinor = unitPriceMinor * quantity;
    const discountMinor = Math.floor((subtotalMinor * percentOff) / 100);
    const totalMinor = subtotalMinor - discountMinor;
    const discounts = discountMinor === 0 ? [] : [{ promotionId: 'pro_1', amountMinor: discountMinor }];
    const list = { unitPriceMinor, compareAtMinor: null, priceListId: null, discounts };
    return { lineId, ...list, subtotalMinor, discountMinor, taxMinor: Math.floor(totalMinor / 7), totalMinor };
  });
  const discountMinor = sumOf(priced.map((line) => line.discountMinor));
  const goodsTaxMinor = sumOf(priced.map((line) => line.taxMinor));
  const taxMinor = goodsTaxMinor + Math.floor(shippingMinor / 7);
  const netMinor = sumOf(priced.map((line) => line.totalMinor)) + shippingMinor;
  const totalMinor = pricesIncludeTax ? netMinor : netMinor + taxMinor;
  const usedMinor = Math.min(totalMinor, cardsMinor);
  const promotion = { promotionId: 'pro_1', title: 'Sale', code: null, amountMinor: discountMinor };
  return {
    ...quote,
    pricesIncludeTax,
    lines: priced,
    subtotalMinor: sumOf(priced.map((line) => line.subtotalMinor)),
    discountMinor,
    shippingMinor,
    taxMinor,
    totalMinor,
    isUnshippable: false,
    shippingDiscountMinor: 0,
    discounts: discountMinor === 0 ? [] : [promotion],
    rejectedCodes: [],
    taxLines: [{ name: 'VAT', rate: '0.1', baseMinor: netMinor, taxMinor }],
    goodsTaxLines: [{ name: 'VAT', rate: '0.1', baseMinor: netMinor, taxMinor: goodsTaxMinor }],
    taxRelief: null,
    giftCards: cardsMinor === 0 ? [] : [{ key: 'gift:gft_1', usedMinor }],
    dueMinor: totalMinor - usedMinor,
    allowances: [],
  } satisfies Quote;
}

const percentOff = fc.integer({ min: 0, max: 100 });
const market = fc.record({
  pricesIncludeTax: fc.boolean(),
  percentOff,
  shippingMinor: fc.nat({ max: 900 }),
  cardsMinor: fc.constantFrom(0, 700),
});
const drawnLine = fc
  .record({ quantity: fc.integer({ min: 1, max: 6 }), unitMinor: fc.nat({ max: 9_999 }), gone: fc.nat({ max: 6 }) })
  .map((line) => ({ ...line, gone: Math.min(line.gone, line.quantity) }));

/** An order, the units that leave it, its lines with one more, and what the rest costs by the promotion of another day. */
const anyExchange = fc
  .record({ drawn: fc.array(drawnLine, { minLength: 1, maxLength: 4 }), market, laterPercentOff: percentOff })
  .map(({ drawn, market, laterPercentOff }) => {
    const lines = drawn.map(({ quantity, unitMinor }, index): CartLine => {
      const prices = [{ currency: 'EUR' as const, amountMinor: unitMinor }];
      return { lineId: `lin_${index}`, quantity, variant: { ...variant, prices }, attributes: {} };
    });
    const { holdKey } = checkoutDetails();
    const order = newOrder({ holdKey, lines, quote: priceOf(lines, market), capturedMinor: 0 });
    const leaving = drawn.flatMap(({ gone }, index) => (gone > 0 ? [{ lineId: `lin_${index}`, quantity: gone }] : []));
    const after = [...lines, { lineId: 'lin_new', quantity: 2, variant, attributes: {} }];
    const later = { ...market, percentOff: laterPercentOff, shippingMinor: 0 };
    return { order, leaving, after, rest: (kept: readonly CartLine[]) => priceOf(kept, later) };
  });

interface Parts {
  readonly order: Order;
  readonly leaving: readonly { readonly lineId: string; readonly quantity: number }[];
  readonly after: readonly CartLine[];
  readonly rest: (kept: readonly CartLine[]) => Quote;
}

function exchanged({ order, leaving, after, rest }: Parts) {
  const gone = goneUnitsOf(order, leaving);
  const kept = rest(withoutUnits(after, gone));
  return { kept, whole: withUnits(order, after, gone, kept).quote };
}

describe('a quote of an order from which units went back', () => {
  test('adds up in every way', () => {
    fc.assert(
      fc.property(anyExchange, (parts) => {
        const { whole } = exchanged(parts);
        const { subtotalMinor, discountMinor, shippingMinor, taxMinor, totalMinor, pricesIncludeTax } = whole;
        expect(totalMinor).toBe(subtotalMinor - discountMinor + shippingMinor + (pricesIncludeTax ? 0 : taxMinor));
        expect(sumOf(whole.taxLines.map((line) => line.taxMinor))).toBe(taxMinor);
        expect(sumOf(whole.discounts.map((one) => one.amountMinor))).toBe(
          sumOf(whole.lines.flatMap(({ discounts }) => discounts.map((one) => one.amountMinor))),
        );
        expect(sumOf(whole.giftCards.map((card) => card.usedMinor))).toBe(totalMinor - whole.dueMinor);
        for (const line of whole.lines) {
          expect(line.subtotalMinor - line.discountMinor).toBe(line.totalMinor);
          expect(line.discountMinor).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  test('costs what the rest costs, the shipping as it was charged, and what those units are credited at', () => {
    fc.assert(
      fc.property(anyExchange, (parts) => {
        const { kept, whole } = exchanged(parts);
        const credits = creditLines(parts.order, parts.leaving);
        const creditMinor = credits.ok ? sumOf(credits.value.map(({ grossMinor }) => grossMinor)) : -1;
        const { shippingMinor, pricesIncludeTax } = parts.order.quote;
        const shippingTaxMinor = pricesIncludeTax ? 0 : Math.floor(shippingMinor / 7);
        expect(whole.totalMinor - creditMinor).toBe(kept.totalMinor + shippingMinor + shippingTaxMinor);
      }),
    );
  });
});
