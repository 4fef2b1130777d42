/**
 * The plan of the checkout saga, pure: given where it stands and how the last effect went, what comes next. Effects are in
 * `durable-objects/order/steps.ts`; the order of the steps is data, so a test can plant a wrong one and see it caught.
 *
 * Holds are committed before money is captured, so money is never taken for goods that are gone. Whatever was refused or
 * cannot be known is undone in reverse, and an undo works whether or not there is anything to undo.
 */
import type { Failure, Order } from './order.ts';

export type StepName = 'hold' | 'freeze' | 'begin' | 'authorize' | 'place' | 'commit' | 'capture' | 'settle';

/** `begin`, `place` and `settle` record; the others act on somebody else. */
export const checkoutSteps: readonly StepName[] = [
  'hold',
  'freeze',
  'begin',
  'authorize',
  'place',
  'commit',
  'capture',
  'settle',
];

/** How an effect went. `unknown`: it may or may not have happened. `action`: the payer has to do something first. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'action'; readonly url: string };

export type Position =
  | { readonly direction: 'forward'; readonly index: number; readonly isResolving: boolean }
  | { readonly direction: 'backward'; readonly index: number; readonly failure: Failure };

export type Next =
  | { readonly do: 'run'; readonly step: StepName; readonly position: Position }
  /** Ask what became of a step whose outcome is unknown, instead of running it again. */
  | { readonly do: 'resolve'; readonly step: StepName; readonly position: Position }
  | { readonly do: 'undo'; readonly step: StepName; readonly position: Position }
  | { readonly do: 'wait'; readonly url: string }
  | { readonly do: 'retry-later'; readonly why: string }
  | { readonly do: 'completed' }
  | { readonly do: 'undone'; readonly failure: Failure };

/** Steps of which a refusal promises that nothing was done, so that there is nothing of theirs to undo. */
const cleanWhenRefused: readonly StepName[] = ['hold', 'freeze'];
/** Steps whose unknown outcome is resolved by a question. The others are repeated: their keys make that safe. */
const resolvable: readonly StepName[] = ['authorize'];
/** Until here nothing is recorded and holds end by themselves: an unknown outcome is given up at once. */
const abandonable: readonly StepName[] = ['hold', 'freeze', 'begin'];

const unavailable = (why: string): Failure => ({ code: 'unavailable', detail: why });

/** The first action from a position. */
export function begin(position: Position, steps: readonly StepName[] = checkoutSteps): Next {
  const step = steps[position.index];
  if (position.direction === 'backward')
    return step === undefined ? { do: 'undone', failure: position.failure } : { do: 'undo', step, position };
  if (step === undefined) return { do: 'completed' };
  return position.isResolving ? { do: 'resolve', step, position } : { do: 'run', step, position };
}

/** The next action after the one at a position went as `outcome` says. */
export function next(position: Position, outcome: Outcome, steps: readonly StepName[] = checkoutSteps): Next {
  const { index } = position;
  const step = steps[index];
  if (position.direction === 'backward') {
    if (outcome.kind === 'unknown') return { do: 'retry-later', why: outcome.why };
    return begin({ ...position, index: index - 1 }, steps);
  }
  switch (outcome.kind) {
    case 'done':
      return begin({ direction: 'forward', index: index + 1, isResolving: false }, steps);
    case 'action':
      return { do: 'wait', url: outcome.url };
    case 'refused': {
      const isClean = step !== undefined && cleanWhenRefused.includes(step) && !position.isResolving;
      return begin({ direction: 'backward', index: isClean ? index - 1 : index, failure: outcome.failure }, steps);
    }
    case 'unknown':
      if (step !== undefined && abandonable.includes(step))
        return begin({ direction: 'backward', index, failure: unavailable(outcome.why) }, steps);
      if (step !== undefined && resolvable.includes(step) && !position.isResolving)
        return begin({ ...position, isResolving: true }, steps);
      return { do: 'retry-later', why: outcome.why };
  }
}

/** Where a saga stands that was found after a crash: at its last durable record. Null when there is nothing to do. */
export function recover(order: Order, now: number, steps: readonly StepName[] = checkoutSteps): Position | null {
  switch (order.phase) {
    case 'paying':
      if (now >= order.details.holdUntil && order.actionUrl !== null) {
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
      return { direction: 'backward', index: steps.length - 1, failure: order.failure };
    case 'open':
      if (now < order.details.holdUntil) return null;
      return {
        direction: 'backward',
        index: steps.indexOf('freeze'),
        failure: { code: 'checkout-expired', detail: 'The time to pay was over.' },
      };
    case 'none':
    case 'paid':
    case 'failed':
    case 'expired':
    case 'canceled':
      return null;
  }
}
