/**
 * How a plan is carried out, pure: given where it stands and how its last effects went, what comes next. A plan is a list of
 * stages; the steps of one stage run side by side. Checkouts and the operations on orders are planned alike.
 *
 * Whatever was refused or given up is undone stage by stage in reverse, and an undo works whether or not there is anything to
 * undo.
 */
import type { OrderRefusal } from './refusal.ts';

/**
 * How an effect went. `unknown`: it may or may not have happened. `absent` answers the question what became of it: it has
 * not happened. `action`: the payer has to do something first.
 */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly failure: OrderRefusal }
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'action'; readonly url: string };

export type Plan<Step> = readonly (readonly Step[])[];

/** What is known of a step. What is not said of it is not so. */
export interface Traits {
  /** A refusal promises that nothing was done, so that there is nothing to undo. */
  readonly isCleanWhenRefused?: true;
  /**
   * An unknown outcome is resolved by a question, and the step is run again only when the answer is that it has not happened.
   * Otherwise the step is repeated at once, which its keys make safe.
   */
  readonly isResolvable?: true;
  /** An unknown outcome is given up at once, because nothing is recorded and nothing is owed. */
  readonly isAbandonable?: true;
}

/** `index` is that of a stage. */
export type Position<Step> =
  | {
      readonly direction: 'forward';
      readonly index: number;
      readonly isResolving: boolean;
      /** The stage runs once more, because it was found not to have happened. */
      readonly isRepeat?: true;
    }
  | {
      readonly direction: 'backward';
      readonly index: number;
      readonly failure: OrderRefusal;
      /** Steps of this stage that were cleanly refused. */
      readonly clean?: readonly Step[];
    };

export type Next<Step> =
  | { readonly do: 'run'; readonly steps: readonly Step[]; readonly position: Position<Step> }
  /** Ask what became of a step whose outcome is unknown, instead of running it again. */
  | { readonly do: 'resolve'; readonly steps: readonly Step[]; readonly position: Position<Step> }
  | {
      readonly do: 'undo';
      readonly steps: readonly Step[];
      readonly position: Extract<Position<Step>, { direction: 'backward' }>;
    }
  | { readonly do: 'wait'; readonly url: string }
  | { readonly do: 'retry-later'; readonly why: string }
  | { readonly do: 'completed' }
  | { readonly do: 'undone'; readonly failure: OrderRefusal };

export const fromTheStart = { direction: 'forward', index: 0, isResolving: false } as const satisfies Position<never>;

const unavailable = (why: string): OrderRefusal => ({ code: 'unavailable', detail: why });

/** The first action from a position. */
export function begin<Step>(position: Position<Step>, plan: Plan<Step>): Next<Step> {
  const stage = plan[position.index];
  if (position.direction === 'backward') {
    const { failure, clean = [] } = position;
    if (stage === undefined) return { do: 'undone', failure };
    const steps = stage.filter((step) => !clean.includes(step));
    return steps.length === 0 ? begin(stageBefore(position), plan) : { do: 'undo', steps, position };
  }
  if (stage === undefined) return { do: 'completed' };
  return { do: position.isResolving ? 'resolve' : 'run', steps: stage, position };
}

/** The next action after those at a position ended: `outcomes` are of the stage's steps, in their order. */
export function next<Step>(
  position: Position<Step>,
  outcomes: readonly Outcome[],
  plan: Plan<Step>,
  traitsOf: (step: Step) => Traits,
): Next<Step> {
  const unknown = outcomes.find((outcome) => outcome.kind === 'unknown');
  if (position.direction === 'backward')
    return unknown === undefined ? begin(stageBefore(position), plan) : { do: 'retry-later', why: unknown.why };
  const { index, isResolving } = position;
  const stage = plan[index] ?? [];
  const refused = outcomes.find((outcome) => outcome.kind === 'refused');
  if (refused !== undefined) {
    const isClean = (step: Step, at: number) =>
      outcomes[at]?.kind === 'refused' && !isResolving && traitsOf(step).isCleanWhenRefused === true;
    return begin({ direction: 'backward', index, failure: refused.failure, clean: stage.filter(isClean) }, plan);
  }
  const action = outcomes.find((outcome) => outcome.kind === 'action');
  if (action !== undefined) return { do: 'wait', url: action.url };
  if (unknown === undefined && outcomes.some(({ kind }) => kind === 'absent'))
    return begin({ direction: 'forward', index, isResolving: false, isRepeat: true }, plan);
  if (unknown === undefined) return begin({ direction: 'forward', index: index + 1, isResolving: false }, plan);
  const open = stage.filter((_, at) => outcomes[at]?.kind === 'unknown').map(traitsOf);
  if (open.every(({ isAbandonable }) => isAbandonable))
    return begin({ direction: 'backward', index, failure: unavailable(unknown.why) }, plan);
  // What was asked about and repeated already is left for later, so that no silent neighbour is asked without a pause.
  if (open.every(({ isResolvable }) => isResolvable) && !isResolving && position.isRepeat !== true)
    return begin({ ...position, isResolving: true }, plan);
  return { do: 'retry-later', why: unknown.why };
}

function stageBefore<Step>({ index, failure }: Extract<Position<Step>, { direction: 'backward' }>): Position<Step> {
  return { direction: 'backward', index: index - 1, failure };
}
