/** The phases of a checkout that becomes an order: which event may follow which, when it wakes, what it shows outside. */
import { describe, expect, test } from 'vitest';
import { secondMs } from '../../../../shared/values/time.ts';
import { checkoutAt, checkoutDetails, manual, orderEvents, sandbox } from '../../testing/checkouts.ts';
import { summaryOf } from '../summary.ts';
import {
  evolveOrder,
  noOrder,
  type Order,
  type OrderEvent,
  orderIdOf,
  orderWakeAt,
  resumeAfterMs,
  statusOf,
  transitions,
} from './checkout.ts';
import { orderNumbersOf } from './order-numbers.ts';

const opened: readonly OrderEvent[] = [orderEvents['checkout-opened']];
const paying = [...opened, orderEvents['payment-started']];
const placed = [...paying, orderEvents['order-placed']];
const paid = [...placed, orderEvents['order-paid']];
const undoing = [...placed, orderEvents['undo-started']];
const ended = (
  endsAs: 'failed' | 'expired' | 'canceled',
  from: readonly OrderEvent[] = placed,
): readonly OrderEvent[] => [...from, { ...orderEvents['undo-started'], endsAs }, orderEvents['checkout-ended']];

/** How each phase is reached. */
const roads: Readonly<Record<Order['phase'], readonly OrderEvent[]>> = {
  none: [],
  open: opened,
  paying,
  placed,
  paid,
  undoing,
  failed: ended('failed'),
  expired: ended('expired'),
  canceled: ended('canceled'),
};
const orderAfter = (events: readonly OrderEvent[]): Order => events.reduce(evolveOrder, noOrder);
const phases = Object.keys(roads) as Order['phase'][];
const types = Object.keys(transitions) as OrderEvent['type'][];

describe.each(phases)('an order that is %s', (phase) => {
  const order = orderAfter(roads[phase]);

  test('is what its events make of it', () => {
    expect(order.phase).toBe(phase);
  });

  const follows = types.filter((type) => transitions[type].includes(phase));
  test.each(follows.length === 0 ? [null] : follows)('takes %s', (type) => {
    if (type !== null) expect(() => evolveOrder(order, orderEvents[type])).not.toThrow();
  });

  test.each(types.filter((type) => !transitions[type].includes(phase)))('throws at %s', (type) => {
    expect(() => evolveOrder(order, orderEvents[type])).toThrow(`${type} does not follow ${phase}`);
  });
});

describe('the table of transitions', () => {
  test('lets nothing follow an end, and nothing undo a paid order', () => {
    for (const phase of ['failed', 'expired', 'canceled'] as const)
      expect(types.filter((type) => transitions[type].includes(phase))).toEqual([]);
    expect(types.filter((type) => transitions[type].includes('paid'))).toEqual(['cart-completed']);
  });
});

describe('an order that is undone', () => {
  test('remembers that it was placed, so that its number is told when it is canceled', () => {
    expect(orderAfter(ended('failed'))).toMatchObject({
      phase: 'failed',
      placed: { number: 'ABCD-1234' },
      payment: sandbox,
    });
  });

  test('before it was placed has no summary', () => {
    expect(summaryOf(orderAfter(ended('expired', opened)))).toBeNull();
  });

  test('keeps why, and how it was to end', () => {
    expect(orderAfter(ended('canceled'))).toMatchObject({
      phase: 'canceled',
      failure: { code: 'payment-declined' },
      endedAt: orderEvents['checkout-ended'].at,
    });
  });
});

describe('a manual payment', () => {
  test('places an open checkout without a record of its own', () => {
    const order = orderAfter([...opened, { ...orderEvents['order-placed'], payment: manual }]);
    expect(order).toMatchObject({ phase: 'placed', payment: manual, number: 'ABCD-1234' });
  });
});

describe('the next time an order wakes', () => {
  const { holdUntil } = checkoutDetails();

  test.each<[string, readonly OrderEvent[], number | null]>([
    ['is the end of its holds while it is open', opened, holdUntil],
    ['is soon after the payment began', paying, checkoutAt + 1 + resumeAfterMs],
    ['is the end of its holds while the payer acts', [...paying, orderEvents['action-required']], holdUntil],
    ['is soon after it was placed', placed, checkoutAt + 3 + resumeAfterMs],
    ['is soon after its undo began', undoing, checkoutAt + 6 + resumeAfterMs],
    ['is a moment after it was paid, to complete its cart', paid, checkoutAt + 4 + 1_000],
    ['never comes once its cart is completed', [...paid, orderEvents['cart-completed']], null],
    ['never comes once it has ended', ended('failed'), null],
    ['never comes before it began', [], null],
  ])('%s', (_name, events, at) => {
    expect(orderWakeAt(orderAfter(events))).toBe(at);
  });

  test('leaves any provider the time to answer', () => {
    expect(resumeAfterMs).toBeGreaterThan(12 * secondMs);
  });
});

describe('what an order shows outside', () => {
  test.each<[Exclude<Order['phase'], 'none'>, string]>([
    ['open', 'open'],
    ['paying', 'processing'],
    ['placed', 'processing'],
    ['undoing', 'processing'],
    ['paid', 'completed'],
    ['failed', 'failed'],
    ['expired', 'expired'],
    ['canceled', 'canceled'],
  ])('%s is shown as %s', (phase, status) => {
    const order = orderAfter(roads[phase]);
    expect(order.phase === 'none' ? null : statusOf(order)).toBe(status);
  });

  test('has a summary from the moment it is placed', () => {
    expect(summaryOf(orderAfter(paying))).toBeNull();
    expect(summaryOf(orderAfter(placed))).toMatchObject({ status: 'placed', totalMinor: 2990, capturedMinor: 0 });
    expect(summaryOf(orderAfter(paid))).toMatchObject({ status: 'paid', capturedMinor: 2990 });
    expect(summaryOf(orderAfter(undoing))).toMatchObject({ status: 'placed', capturedMinor: 0 });
    expect(summaryOf(orderAfter(ended('failed')))).toMatchObject({ status: 'canceled', capturedMinor: 0 });
  });

  test('sums what each line takes of its stock units', () => {
    expect(summaryOf(orderAfter(paid))?.lines).toMatchObject([
      { sku: 'CUP-1', quantity: 2, unitPriceMinor: 1250, stockUnits: [{ stockUnitId: 'stk_1', quantity: 2 }] },
    ]);
  });
});

describe('the id and number of an order', () => {
  const checkoutId = `chk_01jd0123456789abcdefghjkmnw0s${'z'.repeat(12)}`;

  test('are those of its checkout, without the seal that only the shopper has', () => {
    expect(orderIdOf(checkoutId)).toBe('ord_01jd0123456789abcdefghjkmnw0s');
  });

  test('can be said on the phone, and begins with the place of the order', () => {
    for (const number of orderNumbersOf(checkoutId).slice(0, -1))
      expect(number).toMatch(/^WS[0-9A-HJKMNP-TV-Z]{2}-[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(orderNumbersOf(checkoutId)[0]).toBe('WSGH-JKMN');
    expect(new Set(orderNumbersOf(checkoutId)).size).toBe(8);
  });

  test('share no number with an order of another place', () => {
    const elsewhere = checkoutId.replace('mnw0s', 'mne0s');
    const numbers = orderNumbersOf(checkoutId);
    expect(orderNumbersOf(elsewhere).filter((number) => numbers.includes(number))).toEqual([]);
  });
});
