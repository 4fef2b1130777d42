/** The plan of a checkout as a table: every stage with every outcome, forward and backward, and every recovery. */
import { describe, expect, test } from 'vitest';
import { type Checkout, type CheckoutEvent, evolveCheckout, noCheckout } from '../domain/checkout/checkout.ts';
import { checkoutPlan, preparationOf, recover, type StepName, stageOf } from '../domain/checkout/plan.ts';
import { begin, type Next, next, type Outcome, type Position } from '../domain/plan.ts';
import { checkoutAt, checkoutDetails, checkoutEvents } from '../testing/checkouts.ts';
import { silentNeighbours } from '../testing/neighbours.ts';
import { traitsIn } from './saga.ts';
import { checkoutSteps } from './steps.ts';

const failure = { code: 'payment-declined', detail: 'No.' };
const outcomes = {
  done: { kind: 'done' },
  refused: { kind: 'refused', failure },
  unknown: { kind: 'unknown', why: 'no answer' },
  absent: { kind: 'absent' },
  action: { kind: 'action', url: 'https://pay.example/1' },
} as const satisfies Record<Outcome['kind'], Outcome>;

const stage = (step: StepName) => stageOf(step, checkoutPlan);
const at = (step: StepName, isResolving = false): Position<StepName> => ({
  direction: 'forward',
  index: stage(step),
  isResolving,
});
const back = (step: StepName): Position<StepName> => ({ direction: 'backward', index: stage(step), failure });

const traitsOf = traitsIn(checkoutSteps(silentNeighbours));
/** What follows when one step of the stage goes as said, and those beside it are done. */
function nextAfter(position: Position<StepName>, step: StepName, outcome: Outcome): Next<StepName> {
  const all = (checkoutPlan[position.index] ?? []).map((one) => (one === step ? outcome : outcomes.done));
  return next(position, all, checkoutPlan, traitsOf);
}

/** In words: what to do, and with which steps. */
function told(action: Next<StepName>): string {
  return 'steps' in action ? `${action.do} ${action.steps.join(' + ')}` : action.do;
}

describe('a step that ends', () => {
  // A refusal is undone from its stage, but for steps that promise that a refusal left nothing behind.
  test.each<[StepName, string, string, string]>([
    // step, when done, when refused, when unknown
    ['freeze', 'run agree + hold', 'undone', 'undo freeze'],
    ['agree', 'run hold-again + hold-allowances', 'undo hold', 'undo agree + hold'],
    ['hold', 'run hold-again + hold-allowances', 'undo agree', 'undo agree + hold'],
    ['hold-again', 'run begin', 'undo hold-allowances', 'undo hold-again + hold-allowances'],
    ['hold-allowances', 'run begin', 'undo hold-again', 'undo hold-again + hold-allowances'],
    ['begin', 'run authorize', 'undo begin', 'undo begin'],
    ['authorize', 'run place', 'undo authorize', 'resolve authorize'],
    ['place', 'run commit + use-allowances', 'undo place', 'retry-later'],
    ['commit', 'run capture', 'undo commit + use-allowances', 'retry-later'],
    ['use-allowances', 'run capture', 'undo commit + use-allowances', 'retry-later'],
    ['capture', 'run settle', 'undo capture', 'retry-later'],
    ['settle', 'completed', 'undo settle', 'retry-later'],
  ])('%s leads on to "%s" when done, "%s" when refused, "%s" when unknown', (step, done, refused, unknown) => {
    expect(told(nextAfter(at(step), step, outcomes.done))).toBe(done);
    expect(told(nextAfter(at(step), step, outcomes.refused))).toBe(refused);
    expect(told(nextAfter(at(step), step, outcomes.unknown))).toBe(unknown);
    expect(nextAfter(at(step), step, outcomes.action)).toEqual({ do: 'wait', url: outcomes.action.url });
  });

  test('every step of the plan is in the table', () => {
    expect(checkoutPlan).toEqual([
      ['freeze'],
      ['agree', 'hold'],
      ['hold-again', 'hold-allowances'],
      ['begin'],
      ['authorize'],
      ['place'],
      ['commit', 'use-allowances'],
      ['capture'],
      ['settle'],
    ]);
  });
});

describe('steps side by side', () => {
  const { refused, unknown } = outcomes;

  test('that are all cleanly refused leave nothing of their stage to undo', () => {
    expect(told(next(at('agree'), [refused, refused], checkoutPlan, traitsOf))).toBe('undo freeze');
  });

  test('are refused for the first reason in the order of the plan', () => {
    const other = { kind: 'refused', failure: { code: 'insufficient-stock' } } as const;
    expect(next(at('agree'), [refused, other], checkoutPlan, traitsOf)).toMatchObject({ position: { failure } });
  });

  test('are undone when one is refused, whatever became of the other', () => {
    expect(told(next(at('agree'), [refused, unknown], checkoutPlan, traitsOf))).toBe('undo hold');
    expect(told(next(at('commit'), [unknown, outcomes.done, refused], checkoutPlan, traitsOf))).toBe(
      'undo commit + use-allowances',
    );
  });
});

describe('a question about a payment whose outcome is unknown', () => {
  test.each<[Outcome['kind'], string]>([
    ['done', 'run place'],
    // Also a refusal is undone here: that the question was refused does not prove that nothing was authorized.
    ['refused', 'undo authorize'],
    ['unknown', 'retry-later'],
    // The provider has not seen it, so it is authorized under the same key.
    ['absent', 'run authorize'],
    ['action', 'wait'],
  ])('that is answered "%s" leads to "%s"', (outcome, expected) => {
    expect(told(nextAfter(at('authorize', true), 'authorize', outcomes[outcome]))).toBe(expected);
  });

  test('is followed by a second authorization only when there was none', () => {
    const { absent: _absent, ...others } = outcomes;
    for (const outcome of Object.values(others))
      expect(told(nextAfter(at('authorize', true), 'authorize', outcome))).not.toBe('run authorize');
  });

  test('is not asked again at once when that second authorization gets no answer either', () => {
    const again = nextAfter(at('authorize', true), 'authorize', outcomes.absent);
    const position = 'position' in again ? again.position : at('begin');
    expect(told(nextAfter(position, 'authorize', outcomes.unknown))).toBe('retry-later');
    expect(told(nextAfter(position, 'authorize', outcomes.done))).toBe('run place');
  });
});

describe('an undo', () => {
  test.each<[StepName, string]>([
    ['settle', 'undo capture'],
    ['capture', 'undo commit + use-allowances'],
    ['commit', 'undo place'],
    ['place', 'undo authorize'],
    ['authorize', 'undo begin'],
    ['begin', 'undo hold-again + hold-allowances'],
    ['hold-allowances', 'undo agree + hold'],
    ['hold', 'undo freeze'],
    ['freeze', 'undone'],
  ])('of %s leads to "%s"', (step, expected) => {
    expect(told(nextAfter(back(step), step, outcomes.done))).toBe(expected);
  });

  test.each(checkoutPlan.flat())('of %s that gets no answer is tried again, never skipped', (step) => {
    expect(nextAfter(back(step), step, outcomes.unknown)).toEqual({ do: 'retry-later', why: 'no answer' });
  });

  test('carries the reason to its end', () => {
    expect(nextAfter(back('freeze'), 'freeze', outcomes.done)).toEqual({ do: 'undone', failure });
  });
});

describe('a step before the payment that gets no answer', () => {
  test.each(['freeze', 'agree', 'hold', 'hold-again', 'hold-allowances', 'begin'] as const)(
    'ends as unavailable and undoes %s too',
    (step) => {
      const action = nextAfter(at(step), step, outcomes.unknown);
      expect(action).toMatchObject({ do: 'undo', position: { failure: { code: 'unavailable' } } });
      expect('steps' in action ? action.steps : []).toContain(step);
    },
  );
});

describe('a position past the ends of the plan', () => {
  test('is the end', () => {
    const beyond = checkoutPlan.length;
    expect(begin({ direction: 'forward', index: beyond, isResolving: false }, checkoutPlan)).toEqual({
      do: 'completed',
    });
    expect(begin({ direction: 'backward', index: -1, failure }, checkoutPlan)).toEqual({ do: 'undone', failure });
  });
});

describe('money is taken last', () => {
  test('after the goods are committed, and the order is recorded before anything irreversible', () => {
    expect(stage('commit')).toBeLessThan(stage('capture'));
    expect(stage('use-allowances')).toBeLessThan(stage('capture'));
    expect(stage('place')).toBeLessThan(stage('commit'));
    expect(stage('hold')).toBeLessThan(stage('authorize'));
    expect(stage('begin')).toBeLessThan(stage('authorize'));
    expect(preparationOf(checkoutPlan).flat()).toEqual(['freeze', 'agree', 'hold', 'hold-again', 'hold-allowances']);
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
      { ...back('hold-allowances'), failure: expired },
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
    [
      'whose payment came to nothing goes on to call it off, and no further',
      [...paying, 'payment-refused'],
      holdUntil,
      { ...back('authorize'), failure: checkoutEvents['payment-refused'].failure },
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
