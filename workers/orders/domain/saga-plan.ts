/**
 * How a list of steps is gone through, pure: given where it stands and how the last effect went, what comes next. Checkouts
 * and the operations on orders are planned alike; they differ in their steps and in what is known of them.
 *
 * Whatever was refused or given up is undone in reverse, and an undo works whether or not there is anything to undo.
 */
import type { Failure } from './failure.ts';

/** How an effect went. `unknown`: it may or may not have happened. `action`: the payer has to do something first. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'action'; readonly url: string };

export type Position =
  | { readonly direction: 'forward'; readonly index: number; readonly isResolving: boolean }
  | { readonly direction: 'backward'; readonly index: number; readonly failure: Failure };

export type Next<Step extends string> =
  | { readonly do: 'run'; readonly step: Step; readonly position: Position }
  /** Ask what became of a step whose outcome is unknown, instead of running it again. */
  | { readonly do: 'resolve'; readonly step: Step; readonly position: Position }
  | { readonly do: 'undo'; readonly step: Step; readonly position: Position }
  | { readonly do: 'wait'; readonly url: string }
  | { readonly do: 'retry-later'; readonly why: string }
  | { readonly do: 'completed' }
  | { readonly do: 'undone'; readonly failure: Failure };

export interface SagaTraits<Step extends string> {
  /** Steps of which a refusal promises that nothing was done, so that there is nothing of theirs to undo. */
  readonly cleanWhenRefused: readonly Step[];
  /** Steps whose unknown outcome is resolved by a question. The others are repeated: their keys make that safe. */
  readonly resolvable: readonly Step[];
  /** Steps whose unknown outcome is given up at once, because nothing is recorded and nothing is owed. */
  readonly abandonable: readonly Step[];
}

export const fromTheStart: Position = { direction: 'forward', index: 0, isResolving: false };

const unavailable = (why: string): Failure => ({ code: 'unavailable', detail: why });

/** The first action from a position. */
export function beginSaga<Step extends string>(position: Position, steps: readonly Step[]): Next<Step> {
  const step = steps[position.index];
  if (position.direction === 'backward')
    return step === undefined ? { do: 'undone', failure: position.failure } : { do: 'undo', step, position };
  if (step === undefined) return { do: 'completed' };
  return position.isResolving ? { do: 'resolve', step, position } : { do: 'run', step, position };
}

/** The next action after the one at a position went as `outcome` says. */
export function nextOfSaga<Step extends string>(
  position: Position,
  outcome: Outcome,
  steps: readonly Step[],
  traits: SagaTraits<Step>,
): Next<Step> {
  const { index } = position;
  const step = steps[index];
  const isOneOf = (some: readonly Step[]) => step !== undefined && some.includes(step);
  if (position.direction === 'backward') {
    if (outcome.kind === 'unknown') return { do: 'retry-later', why: outcome.why };
    return beginSaga({ ...position, index: index - 1 }, steps);
  }
  switch (outcome.kind) {
    case 'done':
      return beginSaga({ direction: 'forward', index: index + 1, isResolving: false }, steps);
    case 'action':
      return { do: 'wait', url: outcome.url };
    case 'refused': {
      const isClean = isOneOf(traits.cleanWhenRefused) && !position.isResolving;
      const { failure } = outcome;
      return beginSaga({ direction: 'backward', index: isClean ? index - 1 : index, failure }, steps);
    }
    case 'unknown':
      if (isOneOf(traits.abandonable))
        return beginSaga({ direction: 'backward', index, failure: unavailable(outcome.why) }, steps);
      if (isOneOf(traits.resolvable) && !position.isResolving)
        return beginSaga({ ...position, isResolving: true }, steps);
      return { do: 'retry-later', why: outcome.why };
  }
}
