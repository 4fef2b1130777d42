/**
 * Carries out a plan: asks it what is next, runs the effects, and tells its caller before anything is undone. What is recorded,
 * and when, is the caller's affair. It knows no platform, so the simulation runs it as it is.
 */

import { begin, next, type Outcome, type Plan, type Position, type Traits } from '../domain/plan.ts';
import type { OrderRefusal } from '../domain/refusal.ts';

/** How the steps of a plan are carried out. An effect never throws: without an answer its outcome is unknown. */
interface StepRunner<Step> {
  traitsOf(step: Step): Traits;
  /** `index` is that of the stage. */
  run(step: Step, index: number): Outcome | Promise<Outcome>;
  resolve(step: Step): Promise<Outcome>;
  undo(step: Step): Outcome | Promise<Outcome>;
  /** Called before each stage is undone. */
  onUndo(failure: OrderRefusal): void;
}

type PlanEnd =
  | { readonly kind: 'completed' }
  /** The payer has to confirm first. */
  | { readonly kind: 'waiting'; readonly url: string }
  /** A neighbour does not answer; try again later. */
  | { readonly kind: 'later'; readonly why: string }
  | { readonly kind: 'undone'; readonly failure: OrderRefusal };

export async function runPlan<Step>(
  plan: Plan<Step>,
  start: Position<Step>,
  runner: StepRunner<Step>,
): Promise<PlanEnd> {
  const traitsOf = (step: Step) => runner.traitsOf(step);
  let action = begin(start, plan);
  for (;;) {
    switch (action.do) {
      case 'completed':
        return { kind: 'completed' };
      case 'wait':
        return { kind: 'waiting', url: action.url };
      case 'retry-later':
        return { kind: 'later', why: action.why };
      case 'undone':
        return { kind: 'undone', failure: action.failure };
      default: {
        const { do: verb, steps, position } = action;
        if (action.do === 'undo') runner.onUndo(action.position.failure);
        const outcomes = await Promise.all(
          steps.map((step) => (verb === 'run' ? runner.run(step, position.index) : runner[verb](step))),
        );
        action = next(position, outcomes, plan, traitsOf);
      }
    }
  }
}
