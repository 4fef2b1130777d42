/**
 * One checkout on its way through the plan, with what must survive a crash recorded as it goes. It knows no platform, so the
 * simulation runs it as it is. One saga per checkout runs at a time; the caller sees to that.
 */
import type { Streams } from '../../../shared/streams/streams.ts';
import { assert } from '../../../shared/values/result.ts';
import { backoffMs, secondMs } from '../../../shared/values/time.ts';
import {
  type Checkout,
  type EndPhase,
  isTakenLater,
  mayPayAgain,
  type OrderStreamEvent,
} from '../domain/checkout/checkout.ts';
import type { CheckoutPlan, StepName } from '../domain/checkout/plan.ts';
import type { Position, Traits } from '../domain/plan.ts';
import type { OrderRefusal } from '../domain/refusal.ts';
import { noteDecline } from '../service/cart-declines.ts';
import { done, refused } from '../service/outcomes.ts';
import { runPlan } from '../service/run-plan.ts';
import { type CheckoutContext, detailsIn } from './checkout-context.ts';
import { takeOrderNumber } from './order-numbers.ts';
import type { ActingStep, Steps } from './steps.ts';

export type SagaEnd =
  | { readonly kind: 'completed' }
  /** The payer has to confirm first. */
  | { readonly kind: 'waiting' }
  /** Something does not answer; the alarm tries again. */
  | { readonly kind: 'later' }
  /** The payment came to nothing, and the checkout is open for another. */
  | { readonly kind: 'refused'; readonly failure: OrderRefusal }
  | { readonly kind: 'failed'; readonly failure: OrderRefusal };

export interface SagaPorts {
  readonly streams: Streams<Checkout, OrderStreamEvent>;
  readonly steps: Steps;
  readonly now: () => number;
}

/** How one saga begins and ends. */
export interface SagaStart {
  readonly context: CheckoutContext;
  readonly position: Position<StepName>;
  /** How the stream ends when everything is undone. */
  readonly endsAs: EndPhase;
  /** The payer wishes to pay otherwise: a payment that still waits to be confirmed is called off. */
  readonly isPageLeft?: true;
  readonly traceparent?: string | undefined;
  /** Called in the very commit that ends the stream or opens it again, so that the answer is kept with it. */
  readonly onEnd?: (end: SagaEnd) => void;
}

interface SagaRun extends SagaStart {
  readonly plan: CheckoutPlan;
  /** Tries so far, to space out the next. */
  readonly attempts: number;
  /** Called before the first undo of a checkout that left no record. */
  readonly onAbandon: () => void;
}

const pageLeft: OrderRefusal = {
  code: 'payment-left',
  detail: 'The payment was not confirmed, and was called off for another way to pay.',
};

const retryDelayMsMax = 15 * secondMs;

export async function runSaga(run: SagaRun, { streams, steps, now }: SagaPorts): Promise<SagaEnd> {
  const { context, onEnd } = run;
  const { checkoutId } = context;
  const phase = () => streams.load(checkoutId).state.phase;
  const record = (...events: readonly OrderStreamEvent[]) =>
    void streams.append(checkoutId, events, now(), run.traceparent);
  const end = (result: SagaEnd): SagaEnd => {
    onEnd?.(result);
    return result;
  };

  context.recordHeldAgain = (holds, key) => {
    record({ type: 'held-again', holds, key, at: now() });
    const { state } = streams.load(checkoutId);
    assert(state.phase === 'placed', 'only what was placed is held again');
    context.details = state.details;
  };

  const ended = await runPlan(run.plan, run.position, {
    traitsOf: traitsIn(steps),
    run: (step) => {
      if (isActing(step)) return steps[step].run(context, now());
      const events = recordsOf(step, context, phase(), () => takeOrderNumber(streams.storage, checkoutId), now());
      if (events.length > 0) record(...events);
      if (step === 'settle') end({ kind: 'completed' });
      return done;
    },
    resolve: async (step) => {
      const resolve = isActing(step) ? steps[step].resolve : undefined;
      assert(resolve !== undefined, `${step} can be resolved`);
      const outcome = await resolve(context, now());
      return run.isPageLeft && outcome.kind === 'action' ? refused(pageLeft) : outcome;
    },
    undo: (step) => {
      // A checkout that takes another payment keeps its cart and what it holds.
      const isKept = phase() === 'reopening' && step !== 'authorize';
      return isActing(step) && !isKept ? (steps[step].undo?.(context, now()) ?? done) : done;
    },
    onUndo: (failure) => {
      const { state } = streams.load(checkoutId);
      if (state.phase === 'none') run.onAbandon();
      if (state.phase === 'paying' && failure.code === 'payment-declined')
        noteDecline(streams.storage, state.details.cartId, now());
      if (run.endsAs === 'failed' && mayPayAgain(state, failure, now()))
        record({ type: 'payment-refused', failure, at: now() });
      else if (isOpenPhase(state.phase)) record({ type: 'undo-started', failure, endsAs: run.endsAs, at: now() });
    },
  });
  switch (ended.kind) {
    case 'completed':
      return { kind: 'completed' };
    case 'waiting':
      recordWait(streams, checkoutId, ended.url, now());
      return { kind: 'waiting' };
    case 'later':
      // Without a stream nothing is owed: what was held ends by itself.
      if (phase() === 'none') return end({ kind: 'failed', failure: { code: 'unavailable', detail: ended.why } });
      streams.postpone(checkoutId, now() + backoffMs(secondMs, run.attempts, retryDelayMsMax));
      return { kind: 'later' };
    case 'undone':
      if (phase() === 'reopening') {
        record({ type: 'checkout-reopened', isHeard: onEnd !== undefined, at: now() });
        return end({ kind: 'refused', failure: ended.failure });
      }
      if (phase() === 'undoing') record({ type: 'checkout-ended', at: now() });
      return end({ kind: 'failed', failure: ended.failure });
  }
}

/** What is known of each step. Until the payment begins nothing is owed. */
export function traitsIn(steps: Steps): (step: StepName) => Traits {
  return (step) => (isActing(step) ? steps[step] : step === 'begin' ? { isAbandonable: true } : {});
}

function isActing(step: StepName): step is ActingStep {
  return step !== 'begin' && step !== 'place' && step !== 'settle';
}

function isOpenPhase(phase: Checkout['phase']): boolean {
  return phase === 'open' || phase === 'paying' || phase === 'placed';
}

/**
 * What the steps that record do. A provider elsewhere needs a record before it is asked, or a crash would leave an
 * authorization that the shop does not know of; a manual payment moves nothing, so its first record is the order itself.
 */
function recordsOf(
  step: Exclude<StepName, ActingStep>,
  context: CheckoutContext,
  phase: Checkout['phase'],
  numberOf: () => string,
  at: number,
): readonly OrderStreamEvent[] {
  const { payment } = context;
  const details = detailsIn(context);
  const opened: readonly OrderStreamEvent[] = phase === 'none' ? [{ type: 'checkout-opened', details, at }] : [];
  assert(payment !== null, `${step} needs a payment`);
  const { dueMinor: capturedMinor } = details.quote;
  switch (step) {
    case 'begin':
      return payment.provider === 'manual' ? [] : [...opened, { type: 'payment-started', payment, at }];
    case 'place':
      return [...opened, { type: 'order-placed', payment, number: numberOf(), at }];
    case 'settle':
      return isTakenLater({ details, payment })
        ? [{ type: 'order-confirmed', at }]
        : [{ type: 'order-paid', capturedMinor, at }];
  }
}

function recordWait(streams: SagaPorts['streams'], checkoutId: string, url: string, at: number): void {
  const { state } = streams.load(checkoutId);
  if (state.phase === 'paying' && state.actionUrl !== url)
    streams.append(checkoutId, [{ type: 'action-required', url, at }], at);
  // Asked again and still waiting: look again when the time is over, or when the provider tells.
  else if (state.phase === 'paying')
    streams.postpone(checkoutId, Math.max(state.details.holdUntil, at + retryDelayMsMax));
}
