/** The phases of a checkout: which event may follow which, when it wakes, what it shows outside. */
import { describe, expect, test } from 'vitest';
import { secondMs } from '../../../../shared/values/time.ts';
import { checkoutAt, checkoutDetails, checkoutEvents, manual, paymentBy, sandbox } from '../../testing/checkouts.ts';
import { summaryOf } from '../summary.ts';
import {
  type Checkout,
  type CheckoutEvent,
  checkoutWakeAt,
  evolveCheckout,
  nextHoldKey,
  noCheckout,
  orderIdOf,
  resumeAfterMs,
  statusOf,
  transitions,
} from './checkout.ts';
import { orderNumbersOf } from './order-numbers.ts';
import { leadsTo } from './states.ts';

const opened: readonly CheckoutEvent[] = [checkoutEvents['checkout-opened']];
const paying = [...opened, checkoutEvents['payment-started']];
const reopening = [...paying, checkoutEvents['payment-refused']];
const reopened = [...reopening, checkoutEvents['checkout-reopened']];
const placed = [...paying, checkoutEvents['order-placed']];
const completed = [...placed, checkoutEvents['order-paid']];
const undoing = [...placed, checkoutEvents['undo-started']];
const ended = (
  endsAs: 'failed' | 'expired' | 'canceled',
  from: readonly CheckoutEvent[] = placed,
): readonly CheckoutEvent[] => [
  ...from,
  { ...checkoutEvents['undo-started'], endsAs },
  checkoutEvents['checkout-ended'],
];

/** How each phase is reached. */
const roads: Readonly<Record<Checkout['phase'], readonly CheckoutEvent[]>> = {
  none: [],
  open: opened,
  paying,
  reopening,
  placed,
  completed,
  undoing,
  failed: ended('failed'),
  expired: ended('expired'),
  canceled: ended('canceled'),
};
const checkoutAfter = (events: readonly CheckoutEvent[]): Checkout => events.reduce(evolveCheckout, noCheckout);
const phases = Object.keys(roads) as Checkout['phase'][];
const types = Object.keys(transitions) as CheckoutEvent['type'][];

describe.each(phases)('a checkout that is %s', (phase) => {
  const checkout = checkoutAfter(roads[phase]);

  test('is what its events make of it', () => {
    expect(checkout.phase).toBe(phase);
  });

  const follows = types.filter((type) => transitions[type].includes(phase));
  test.each(follows.length === 0 ? [null] : follows)('takes %s', (type) => {
    if (type !== null) expect(() => evolveCheckout(checkout, checkoutEvents[type])).not.toThrow();
  });

  test.each(types.filter((type) => !transitions[type].includes(phase)))('throws at %s', (type) => {
    expect(() => evolveCheckout(checkout, checkoutEvents[type])).toThrow(`${type} does not follow ${phase}`);
  });
});

describe('the table of transitions', () => {
  test.each(types)('says where %s leads', (type) => {
    for (const phase of transitions[type]) {
      const after = evolveCheckout(checkoutAfter(roads[phase]), checkoutEvents[type]).phase;
      expect(leadsTo[type].length === 0 ? [phase] : leadsTo[type]).toContain(after);
    }
  });

  test('lets nothing follow an end, and nothing undo a completed checkout', () => {
    for (const phase of ['failed', 'expired', 'canceled'] as const)
      expect(types.filter((type) => transitions[type].includes(phase))).toEqual([]);
    expect(types.filter((type) => transitions[type].includes('completed'))).toEqual(['cart-completed']);
  });
});

describe('a hold that is made again', () => {
  const { checkoutId } = checkoutDetails();

  test.each(['goods', 'allowances'] as const)('has its new key in the record (%s)', (holds) => {
    const key = `${checkoutId}.again1`;
    const checkout = checkoutAfter([...placed, { ...checkoutEvents['held-again'], holds, key }]);
    const keys = holds === 'goods' ? { holdKey: key } : { allowanceKey: key };
    expect(checkout).toMatchObject({ phase: 'placed', details: { ...checkoutDetails(), ...keys } });
  });

  test('has another key each time, six times', () => {
    const keys: (string | null)[] = [`${checkoutId}.h`];
    while (keys.at(-1) !== null && keys.length < 12) keys.push(nextHoldKey(checkoutId, keys.at(-1) ?? ''));
    const parts = [1, 2, 3, 4, 5, 6].map((turn) => `${checkoutId}.again${turn}`);
    expect(keys.slice(1)).toEqual([...parts, null]);
  });
});

describe('a checkout that is undone', () => {
  test('remembers that it was placed, so that its number is told when it is canceled', () => {
    expect(checkoutAfter(ended('failed'))).toMatchObject({
      phase: 'failed',
      placed: { number: 'ABCD-1234' },
      payment: paymentBy(sandbox),
    });
  });

  test('before it was placed has no summary', () => {
    expect(summaryOf(checkoutAfter(ended('expired', opened)))).toBeNull();
  });

  test('keeps why, and how it was to end', () => {
    expect(checkoutAfter(ended('canceled'))).toMatchObject({
      phase: 'canceled',
      failure: { code: 'payment-declined' },
      endedAt: checkoutEvents['checkout-ended'].at,
    });
  });
});

describe('a manual payment', () => {
  test('places an open checkout without a record of its own', () => {
    const checkout = checkoutAfter([...opened, { ...checkoutEvents['order-placed'], payment: paymentBy(manual) }]);
    expect(checkout).toMatchObject({ phase: 'placed', payment: paymentBy(manual), number: 'ABCD-1234' });
  });
});

describe('the next time a checkout wakes', () => {
  const { holdUntil } = checkoutDetails();

  test.each<[string, readonly CheckoutEvent[], number | null]>([
    ['is the end of its holds while it is open', opened, holdUntil],
    ['is soon after the payment began', paying, checkoutAt + 1 + resumeAfterMs],
    ['is the end of its holds while the payer acts', [...paying, checkoutEvents['action-required']], holdUntil],
    ['is soon after its payment came to nothing', reopening, checkoutAt + 2 + resumeAfterMs],
    ['is the end of its holds while it is open for another payment', reopened, holdUntil],
    ['is soon after it was placed', placed, checkoutAt + 3 + resumeAfterMs],
    ['is soon after its undo began', undoing, checkoutAt + 6 + resumeAfterMs],
    ['is a moment after it was paid, to complete its cart', completed, checkoutAt + 4 + 250],
    ['never comes once its cart is completed', [...completed, checkoutEvents['cart-completed']], null],
    ['never comes once it has ended', ended('failed'), null],
    ['never comes before it began', [], null],
  ])('%s', (_name, events, at) => {
    expect(checkoutWakeAt(checkoutAfter(events))).toBe(at);
  });

  test('leaves any provider the time to answer', () => {
    expect(resumeAfterMs).toBeGreaterThan(12 * secondMs);
  });
});

describe('what a checkout shows outside', () => {
  test.each<[Exclude<Checkout['phase'], 'none'>, string]>([
    ['open', 'open'],
    ['paying', 'processing'],
    ['reopening', 'processing'],
    ['placed', 'processing'],
    ['undoing', 'processing'],
    ['completed', 'completed'],
    ['failed', 'failed'],
    ['expired', 'expired'],
    ['canceled', 'canceled'],
  ])('%s is shown as %s', (phase, status) => {
    const checkout = checkoutAfter(roads[phase]);
    expect(checkout.phase === 'none' ? null : statusOf(checkout)).toBe(status);
  });

  test('has a summary from the moment it is placed', () => {
    expect(summaryOf(checkoutAfter(paying))).toBeNull();
    expect(summaryOf(checkoutAfter(placed))).toMatchObject({
      status: 'placed',
      total: { amount: 2990 },
      captured: { amount: 0 },
    });
    expect(summaryOf(checkoutAfter(completed))).toMatchObject({ status: 'paid', captured: { amount: 2990 } });
    expect(summaryOf(checkoutAfter(undoing))).toMatchObject({ status: 'placed', captured: { amount: 0 } });
    expect(summaryOf(checkoutAfter(ended('failed')))).toMatchObject({ status: 'canceled', captured: { amount: 0 } });
  });

  test('sums what each line takes of its stock units', () => {
    expect(summaryOf(checkoutAfter(completed))?.lines).toMatchObject([
      { sku: 'CUP-1', quantity: 2, unitPrice: { amount: 1250 }, stockUnits: [{ stockUnitId: 'stk_1', quantity: 2 }] },
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
