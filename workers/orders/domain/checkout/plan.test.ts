/** The plan of the checkout saga as a table: every step with every outcome, forward and backward, and every recovery. */
import { describe, expect, test } from 'vitest';
import { checkoutAt, checkoutDetails, checkoutEvents } from '../../testing/checkouts.ts';
import { type Checkout, type CheckoutEvent, evolveCheckout, noCheckout } from './checkout.ts';
import { begin, checkoutSteps, next, type Outcome, type Position, recover, type StepName } from './plan.ts';

const failure = { code: 'payment-declined', detail: 'No.' };
const outcomes = {
  done: { kind: 'done' },
  refused: { kind: 'refused', failure },
  unknown: { kind: 'unknown', why: 'no answer' },
  action: { kind: 'action', url: 'https://pay.example/1' },
} as const satisfies Record<Outcome['kind'], Outcome>;

const at = (step: StepName, isResolving = false): Position => ({
  direction: 'forward',
  index: checkoutSteps.indexOf(step),
  isResolving,
});
const back = (step: StepName): Position => ({ direction: 'backward', index: checkoutSteps.indexOf(step), failure });

/** In words: what to do, and at which step. */
function told(action: ReturnType<typeof next>): string {
  return 'step' in action ? `${action.do} ${action.step}` : action.do;
}

describe('a step that ends', () => {
  // A refusal is undone from the step itself, unless the step promises that a refusal left nothing behind.
  test.each<[StepName, string, string, string]>([
    // step, when done, when refused, when unknown
    ['hold', 'run hold-allowances', 'undone', 'undo hold'],
    ['hold-allowances', 'run freeze', 'undo hold', 'undo hold-allowances'],
    ['freeze', 'run begin', 'undo hold-allowances', 'undo freeze'],
    ['begin', 'run authorize', 'undo begin', 'undo begin'],
    ['authorize', 'run place', 'undo authorize', 'resolve authorize'],
    ['place', 'run commit', 'undo place', 'retry-later'],
    ['commit', 'run capture', 'undo commit', 'retry-later'],
    ['capture', 'run settle', 'undo capture', 'retry-later'],
    ['settle', 'completed', 'undo settle', 'retry-later'],
  ])('%s leads on to "%s" when done, "%s" when refused, "%s" when unknown', (step, done, refused, unknown) => {
    expect(told(next(at(step), outcomes.done))).toBe(done);
    expect(told(next(at(step), outcomes.refused))).toBe(refused);
    expect(told(next(at(step), outcomes.unknown))).toBe(unknown);
    expect(next(at(step), outcomes.action)).toEqual({ do: 'wait', url: outcomes.action.url });
  });

  test('every step of the plan is in the table', () => {
    expect(checkoutSteps).toEqual([
      'hold',
      'hold-allowances',
      'freeze',
      'begin',
      'authorize',
      'place',
      'commit',
      'capture',
      'settle',
    ]);
  });
});

describe('a question about a payment whose outcome is unknown', () => {
  test.each<[Outcome['kind'], string]>([
    ['done', 'run place'],
    // Also a refusal is undone here: that the question was refused does not prove that nothing was authorized.
    ['refused', 'undo authorize'],
    ['unknown', 'retry-later'],
    ['action', 'wait'],
  ])('that is answered "%s" leads to "%s"', (outcome, expected) => {
    expect(told(next(at('authorize', true), outcomes[outcome]))).toBe(expected);
  });

  test('is never followed by a second authorization', () => {
    for (const outcome of Object.values(outcomes))
      expect(told(next(at('authorize', true), outcome))).not.toBe('run authorize');
  });
});

describe('an undo', () => {
  test.each<[StepName, string]>([
    ['settle', 'undo capture'],
    ['capture', 'undo commit'],
    ['commit', 'undo place'],
    ['place', 'undo authorize'],
    ['authorize', 'undo begin'],
    ['begin', 'undo freeze'],
    ['freeze', 'undo hold-allowances'],
    ['hold-allowances', 'undo hold'],
    ['hold', 'undone'],
  ])('of %s leads to "%s"', (step, expected) => {
    expect(told(next(back(step), outcomes.done))).toBe(expected);
  });

  test.each(checkoutSteps)('of %s that gets no answer is tried again, never skipped', (step) => {
    expect(next(back(step), outcomes.unknown)).toEqual({ do: 'retry-later', why: 'no answer' });
  });

  test('carries the reason to its end', () => {
    expect(next(back('hold'), outcomes.done)).toEqual({ do: 'undone', failure });
  });
});

describe('a hold, freeze or begin that gets no answer', () => {
  test.each<StepName>(['hold', 'hold-allowances', 'freeze', 'begin'])(
    'ends as unavailable and undoes %s too',
    (step) => {
      expect(next(at(step), outcomes.unknown)).toMatchObject({
        do: 'undo',
        step,
        position: { failure: { code: 'unavailable' } },
      });
    },
  );
});

describe('a position past the ends of the plan', () => {
  test('is the end', () => {
    const beyond = checkoutSteps.length;
    expect(begin({ direction: 'forward', index: beyond, isResolving: false })).toEqual({ do: 'completed' });
    expect(begin({ direction: 'backward', index: -1, failure })).toEqual({ do: 'undone', failure });
  });
});

describe('money is taken last', () => {
  test('after the goods are committed, and the order is recorded before anything irreversible', () => {
    const order = (step: StepName) => checkoutSteps.indexOf(step);
    expect(order('commit')).toBeLessThan(order('capture'));
    expect(order('place')).toBeLessThan(order('commit'));
    expect(order('hold')).toBeLessThan(order('authorize'));
    expect(order('begin')).toBeLessThan(order('authorize'));
  });
});

describe('a checkout that is found after a crash', () => {
  const checkoutAfter = (...types: readonly CheckoutEvent['type'][]): Checkout =>
    types.map((type) => checkoutEvents[type]).reduce<Checkout>(evolveCheckout, noCheckout);
  const { holdUntil } = checkoutDetails();
  const expired = { code: 'checkout-expired', detail: expect.any(String) };

  const opened = ['checkout-opened'] as const;
  const paying = [...opened, 'payment-started'] as const;
  const waiting = [...paying, 'action-required'] as const;
  const placed = [...paying, 'order-placed'] as const;
  const paid = [...placed, 'order-paid'] as const;

  test.each<[string, readonly CheckoutEvent['type'][], number, unknown]>([
    ['that never began has nothing to do', [], checkoutAt, null],
    ['that is open keeps waiting for its payment', opened, holdUntil - 1, null],
    [
      'that is open when its time is over gives back cart and goods',
      opened,
      holdUntil,
      { ...back('freeze'), failure: expired },
    ],
    ['that was paying asks what became of the payment', paying, checkoutAt, at('authorize', true)],
    ['that was paying asks even when its time is over', paying, holdUntil, at('authorize', true)],
    ['that waits for the payer asks again', waiting, holdUntil - 1, at('authorize', true)],
    [
      'that waited for the payer for too long is undone from the authorization',
      waiting,
      holdUntil,
      { ...back('authorize'), failure: expired },
    ],
    ['that was placed commits its goods', placed, checkoutAt, at('commit')],
    [
      'that was being undone is undone from the very end, whatever was done before',
      [...placed, 'undo-started'],
      checkoutAt,
      { ...back('settle'), failure: checkoutEvents['undo-started'].failure },
    ],
    ['that is paid has nothing to do', paid, checkoutAt, null],
    ['that has ended has nothing to do', [...opened, 'undo-started', 'checkout-ended'], checkoutAt, null],
  ])('%s', (_name, events, now, position) => {
    expect(recover(checkoutAfter(...events), now)).toEqual(position);
  });
});
