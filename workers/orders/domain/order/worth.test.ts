/** What units and shipping are worth: however they are given back, they add up to what the order costs. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sumOf } from '../../../../shared/values/money.ts';
import { checkoutDetails, quote } from '../../testing/checkouts.ts';
import { balancesOf } from './balances.ts';
import { evolveOrder } from './evolve.ts';
import type { Fulfillment, OperationDraft } from './operation.ts';
import { newOrder, type Order, type OrderReturn, refundedUnitsOf } from './order.ts';
import { decideRefund, type RefundCommand } from './refund.ts';
import { decideReceive } from './returns.ts';
import { paidShippingMinorOf } from './worth.ts';

const lineOf = fc.record({
  quantity: fc.integer({ min: 1, max: 9 }),
  unitMinor: fc.oneof(fc.nat({ max: 9_999 }), fc.nat({ max: 3 })),
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

type Way = 'return' | 'refund' | 'cancel';

/** An order of which every unit has shipped but those that are to be canceled, and all that shipped is on its way back. */
function onItsWayBack(order: Order, wayOf: (lineId: string, unit: number) => Way): Order {
  const unitsBy = (ways: readonly Way[]) =>
    order.lines.flatMap(({ lineId, quantity }) => {
      const count = Array.from({ length: quantity }, (_, unit) => wayOf(lineId, unit)).filter((way) =>
        ways.includes(way),
      ).length;
      return count === 0 ? [] : [{ lineId, quantity: count }];
    });
  const shipped: Fulfillment = {
    ...{ id: 'ful_1', locationIds: ['loc_1'], tracking: null, shipments: [], at: 0 },
    lines: unitsBy(['return', 'refund']),
  };
  const back: OrderReturn = {
    ...{ id: 'ret_1', state: 'approved', exchange: [], received: [], note: null, requestedAt: 0, failure: null },
    lines: unitsBy(['return', 'refund']).map((line) => ({ ...line, reason: null })),
  };
  return { ...order, fulfillments: [shipped], returns: [back] };
}

/** The order after a decision whose effects were all done. */
function carriedOut(order: Order, draft: OperationDraft, followUp: OperationDraft | null): Order {
  const operation = { ...draft, id: 'op', actor: 'key:merchant', asked: null, followUp };
  const ended = { type: 'operation-ended', failure: null, deed: null, at: 0 } as const;
  const done = evolveOrder(evolveOrder(order, { type: 'operation-started', operation, at: 0 }), ended);
  return done.running === null ? done : evolveOrder(done, ended);
}

function afterUnit(order: Order, lineId: string, way: Way): Order {
  const numbered = { ...numbering, number: order.operationCount + 1 };
  if (way === 'return') {
    const line = { lineId, quantity: 1, condition: 'sellable' as const, isRestocked: false };
    const receive = { type: 'receive', returnId: 'ret_1', lines: [line], locationId: null, isRefunded: true } as const;
    const received = decideReceive(order, receive, numbered, null);
    if (!received.ok) throw new Error(received.refusal.code);
    return carriedOut(order, received.value.draft, received.value.followUp);
  }
  const line = { lineId, quantity: 1, cancelQuantity: way === 'cancel' ? 1 : 0 };
  const decided = decideRefund(order, { ...nothing, lines: [line] }, numbered);
  return decided.ok ? carriedOut(order, decided.value, null) : order;
}

/** Each unit with the way that it is given back, in any order. */
const anyGivingBack = anyOrder.chain((order) => {
  const units = order.lines.flatMap(({ lineId, quantity }) =>
    Array.from({ length: quantity }, (_, unit) => ({ lineId, unit })),
  );
  return fc
    .record({
      ways: fc.array(fc.constantFrom<Way>('return', 'return', 'refund', 'cancel'), {
        minLength: units.length,
        maxLength: units.length,
      }),
      places: fc.shuffledSubarray(
        units.map((_, index) => index),
        { minLength: units.length },
      ),
    })
    .map(({ ways, places }) => ({
      order,
      units: units.map((one, at) => ({ ...one, way: ways[at] ?? 'return' })),
      places,
    }));
});

describe('an order whose units are returned, refunded and canceled one by one, in any order', () => {
  test('pays back what was paid for the goods, to the cent, and counts every unit', () => {
    fc.assert(
      fc.property(anyGivingBack, ({ order, units, places }) => {
        fc.pre(order.quote.totalMinor > 0);
        const wayOf = (lineId: string, unit: number) =>
          units.find((one) => one.lineId === lineId && one.unit === unit)?.way ?? 'return';
        const given = places.reduce(
          (before, place) => {
            const { lineId = '', way = 'return' } = units[place] ?? {};
            return afterUnit(before, lineId, way);
          },
          onItsWayBack(order, wayOf),
        );
        // What was refunded by itself comes back last, and is not paid for again.
        const refunded = units.filter(({ way }) => way === 'refund');
        const end = refunded.reduce((before, { lineId }) => afterUnit(before, lineId, 'return'), given);
        expect(balancesOf(end).refundedMinor).toBe(order.quote.totalMinor - paidShippingMinorOf(order.quote));
        if (balancesOf(end).refundableMinor > 0)
          for (const { lineId, quantity } of order.lines) expect(refundedUnitsOf(end, lineId)).toBe(quantity);
      }),
      { numRuns: 1_000 },
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

describe('units that are worth less than a cent each and come back one by one', () => {
  test.each([
    { quantity: 4, paidMinor: 3 },
    { quantity: 20, paidMinor: 10 },
  ])('are all counted, and add up to what was paid: $paidMinor for $quantity', ({ quantity, paidMinor }) => {
    const details = checkoutDetails();
    const lines = details.lines.slice(0, 1).map((line) => ({ ...line, lineId: 'lin_0', quantity }));
    const quoted = quote.lines.slice(0, 1).map((line) => {
      const taxMinor = 0;
      return { ...line, lineId: 'lin_0', taxMinor, totalMinor: paidMinor };
    });
    const totals = { shippingMinor: 0, totalMinor: paidMinor, dueMinor: paidMinor, pricesIncludeTax: true };
    const order = newOrder({
      holdKey: details.holdKey,
      lines,
      quote: { ...quote, ...totals, lines: quoted },
      capturedMinor: paidMinor,
    });
    let after = onItsWayBack(order, () => 'return');
    for (let unit = 0; unit < quantity; unit += 1) after = afterUnit(after, 'lin_0', 'return');
    expect(balancesOf(after).refundedMinor).toBe(paidMinor);
    expect(refundedUnitsOf(after, 'lin_0')).toBe(quantity);
  });
});
