/** What units and shipping are worth: however they are given back, they add up to what the order costs. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sumOf } from '../../../../shared/values/money.ts';
import { checkoutDetails, quote } from '../../testing/checkouts.ts';
import { balancesOf } from './balances.ts';
import { newOrder, type Order } from './order.ts';
import { decideRefund, type RefundCommand } from './refund.ts';
import { paidShippingMinorOf } from './worth.ts';

const lineOf = fc.record({
  quantity: fc.integer({ min: 1, max: 9 }),
  unitMinor: fc.nat({ max: 9_999 }),
  discountMinor: fc.nat({ max: 5_000 }),
});

/** An order in a market whose prices include tax, or do not, with discounts and taxes that were rounded somehow. */
const anyOrder = fc
  .record({
    drawn: fc.array(lineOf, { minLength: 1, maxLength: 4 }),
    pricesIncludeTax: fc.boolean(),
    shippingMinor: fc.nat({ max: 900 }),
  })
  .map(({ drawn, pricesIncludeTax, shippingMinor }): Order => {
    const details = checkoutDetails();
    const [template] = details.lines;
    if (template === undefined) throw new Error('The builder has a line');
    const quoted = drawn.map(({ quantity, unitMinor, discountMinor: wished }, index) => {
      const subtotalMinor = unitMinor * quantity;
      const discountMinor = Math.min(wished, subtotalMinor);
      const totalMinor = subtotalMinor - discountMinor;
      return {
        lineId: `lin_${index}`,
        unitPriceMinor: unitMinor,
        compareAtMinor: null,
        priceListId: null,
        subtotalMinor,
        discountMinor,
        taxMinor: Math.floor(totalMinor / 7),
        totalMinor,
        discounts: [],
      };
    });
    const shippingTaxMinor = Math.floor(shippingMinor / 7);
    const taxMinor = sumOf(quoted.map((line) => line.taxMinor)) + shippingTaxMinor;
    const netMinor = sumOf(quoted.map((line) => line.totalMinor)) + shippingMinor;
    const totalMinor = pricesIncludeTax ? netMinor : netMinor + taxMinor;
    return newOrder({
      holdKey: details.holdKey,
      lines: drawn.map(({ quantity }, index) => ({ ...template, lineId: `lin_${index}`, quantity })),
      quote: { ...quote, lines: quoted, pricesIncludeTax, shippingMinor, taxMinor, totalMinor, dueMinor: totalMinor },
      capturedMinor: totalMinor,
    });
  });

const numbering = { checkoutId: 'chk_1', number: 1, now: 0 };
const nothing: RefundCommand = { type: 'refund', lines: [], shippingMinor: 0, otherMinor: 0, note: null };

/** The order after a refund that is granted; null when nothing of it is worth anything. */
function refunded(order: Order, command: RefundCommand): Order | null {
  const decided = decideRefund(order, command, numbering);
  const refund = decided.ok ? decided.value.change.refund : undefined;
  return refund === undefined ? null : { ...order, refunds: [...order.refunds, refund] };
}

describe('an order that is refunded unit by unit, and its shipping last', () => {
  test('is refunded to the cent', () => {
    fc.assert(
      fc.property(anyOrder, (order) => {
        const units = order.lines.flatMap(({ lineId, quantity }) =>
          Array.from({ length: quantity }, () => ({ ...nothing, lines: [{ lineId, quantity: 1 }] })),
        );
        const end = [...units, { ...nothing, shippingMinor: 'all' as const }].reduce(
          (order, command) => refunded(order, command) ?? order,
          order,
        );
        expect(balancesOf(end)).toMatchObject({ refundableMinor: 0, refundedMinor: order.quote.totalMinor });
      }),
    );
  });
});

describe('a refund of everything at once', () => {
  test('is the total', () => {
    fc.assert(
      fc.property(anyOrder, (order) => {
        fc.pre(order.quote.totalMinor > 0);
        const lines = order.lines.map(({ lineId, quantity }) => ({ lineId, quantity }));
        const end = refunded(order, { ...nothing, lines, shippingMinor: 'all' });
        expect(end === null ? null : balancesOf(end).refundedMinor).toBe(order.quote.totalMinor);
      }),
    );
  });
});

describe('a refund beyond what was captured', () => {
  test('is refused with what is left', () => {
    const order = newOrder({ ...checkoutDetails(), capturedMinor: 2990 });
    expect(decideRefund(order, { ...nothing, otherMinor: 2991 }, numbering)).toMatchObject({
      ok: false,
      refusal: { code: 'refund-too-large', max: { amount: 2990, currency: 'EUR' } },
    });
    expect(decideRefund(order, { ...nothing, otherMinor: 2990 }, numbering).ok).toBe(true);
  });

  test('finds nothing as long as nothing was captured', () => {
    const order = newOrder({ ...checkoutDetails(), capturedMinor: 0 });
    expect(decideRefund(order, { ...nothing, otherMinor: 1 }, numbering)).toMatchObject({
      refusal: { code: 'wrong-state', subject: 'payment', state: 'authorized', action: 'refund-rest' },
    });
  });
});

describe('the shipping of an order', () => {
  test('is what its lines leave of the total', () => {
    expect(paidShippingMinorOf(quote)).toBe(490);
  });
});
