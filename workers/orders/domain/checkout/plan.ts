/**
 * The plan of the checkout saga, pure: given where it stands and how the last effect went, what comes next. Effects are in
 * `workers/orders/checkout/steps.ts`; the order of the steps is data, so a test can plant a wrong one and see it caught.
 *
 * Holds are committed before money is captured, so money is never taken for goods that are gone. Whatever was refused or
 * cannot be known is undone in reverse, and an undo works whether or not there is anything to undo.
 */

import {
  beginSaga,
  type Next as NextOf,
  nextOfSaga,
  type Outcome,
  type Position,
  type SagaTraits,
} from '../saga-plan.ts';
import type { Checkout } from './checkout.ts';

export type { Outcome, Position };
export type Next = NextOf<StepName>;

export type StepName =
  | 'hold'
  | 'hold-allowances'
  | 'freeze'
  | 'begin'
  | 'authorize'
  | 'place'
  | 'commit'
  | 'capture'
  | 'settle';

/** `begin`, `place` and `settle` record; the others act on somebody else. */
export const checkoutSteps: readonly StepName[] = [
  'hold',
  'hold-allowances',
  'freeze',
  'begin',
  'authorize',
  'place',
  'commit',
  'capture',
  'settle',
];

const traits: SagaTraits<StepName> = {
  cleanWhenRefused: ['hold', 'hold-allowances', 'freeze'],
  resolvable: ['authorize'],
  // Until here nothing is recorded and holds end by themselves.
  abandonable: ['hold', 'hold-allowances', 'freeze', 'begin'],
};

/** The first action from a position. */
export function begin(position: Position, steps: readonly StepName[] = checkoutSteps): Next {
  return beginSaga(position, steps);
}

/** The next action after the one at a position went as `outcome` says. */
export function next(position: Position, outcome: Outcome, steps: readonly StepName[] = checkoutSteps): Next {
  return nextOfSaga(position, outcome, steps, traits);
}

/** Where a saga stands that was found after a crash: at its last durable record. Null when there is nothing to do. */
export function recover(checkout: Checkout, now: number, steps: readonly StepName[] = checkoutSteps): Position | null {
  switch (checkout.phase) {
    case 'paying':
      if (now >= checkout.details.holdUntil && checkout.actionUrl !== null) {
        return {
          direction: 'backward',
          index: steps.indexOf('authorize'),
          failure: { code: 'checkout-expired', detail: 'The payment was not confirmed in time.' },
        };
      }
      return { direction: 'forward', index: steps.indexOf('authorize'), isResolving: true };
    case 'placed':
      return { direction: 'forward', index: steps.indexOf('place') + 1, isResolving: false };
    case 'undoing':
      return { direction: 'backward', index: steps.length - 1, failure: checkout.failure };
    case 'open':
      if (now < checkout.details.holdUntil) return null;
      return {
        direction: 'backward',
        index: steps.indexOf('freeze'),
        failure: { code: 'checkout-expired', detail: 'The time to pay was over.' },
      };
    case 'none':
    case 'completed':
    case 'failed':
    case 'expired':
    case 'canceled':
      return null;
  }
}
