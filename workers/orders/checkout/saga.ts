/**
 * Drives one checkout through its plan: asks the plan what is next, runs the effect, records what must survive a crash.
 * It knows no platform, so the simulation runs it as it is. One saga per checkout runs at a time; the caller sees to that.
 */
import type { StreamStorage, Streams } from '../../../shared/streams/streams.ts';
import { assert } from '../../../shared/values/result.ts';
import { backoffMs, secondMs } from '../../../shared/values/time.ts';
import type { Checkout, EndPhase, OrderStreamEvent } from '../domain/checkout/checkout.ts';
import {
  begin,
  checkoutSteps,
  type Next,
  next,
  type Outcome,
  type Position,
  type StepName,
} from '../domain/checkout/plan.ts';
import type { Failure } from '../domain/failure.ts';
import { takeOrderNumber } from './order-numbers.ts';
import type { Effects, SagaContext } from './steps.ts';

export type SagaEnd =
  | { readonly kind: 'completed' }
  /** The payer has to confirm first. */
  | { readonly kind: 'waiting' }
  /** Something does not answer; the alarm tries again. */
  | { readonly kind: 'later' }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface SagaPorts {
  readonly streams: Streams<Checkout, OrderStreamEvent>;
  readonly effects: Effects;
  readonly now: () => number;
  /** The order of the steps; a test may plant a wrong one. */
  readonly steps?: readonly StepName[];
}

export interface SagaRun {
  readonly context: SagaContext;
  readonly start: Position;
  /** How the stream ends when everything is undone. */
  readonly endsAs: EndPhase;
  /** Tries so far, to space out the next. */
  readonly attempts: number;
  readonly traceparent?: string | undefined;
  /** Called before the first undo of a checkout that left no record. */
  readonly onAbandon?: () => void;
  /** Called in the very commit that ends the stream, so that the answer is kept with it. */
  readonly onEnd?: (end: SagaEnd) => void;
}

const retryDelayMsMax = 15 * secondMs;

export async function runSaga(run: SagaRun, ports: SagaPorts): Promise<SagaEnd> {
  const { streams, now } = ports;
  const { checkoutId } = run.context;
  const phase = () => streams.load(checkoutId).state.phase;
  const record = (...events: readonly OrderStreamEvent[]) =>
    void streams.append(checkoutId, events, now(), run.traceparent);
  const end = (result: SagaEnd): SagaEnd => {
    run.onEnd?.(result);
    return result;
  };

  let action: Next = begin(run.start, ports.steps ?? checkoutSteps);
  for (;;) {
    switch (action.do) {
      case 'completed':
        return { kind: 'completed' };
      case 'wait':
        recordWait(streams, checkoutId, action.url, now());
        return { kind: 'waiting' };
      case 'retry-later': {
        // Without a stream nothing is owed: what was held ends by itself.
        if (phase() === 'none') return end({ kind: 'failed', failure: { code: 'unavailable', detail: action.why } });
        streams.postpone(checkoutId, now() + backoffMs(secondMs, run.attempts, retryDelayMsMax));
        return { kind: 'later' };
      }
      case 'undone': {
        if (phase() === 'undoing') record({ type: 'checkout-ended', at: now() });
        return end({ kind: 'failed', failure: action.failure });
      }
      case 'undo': {
        const { position } = action;
        assert(position.direction === 'backward', 'an undo goes backward');
        if (phase() === 'none') run.onAbandon?.();
        if (isOpenPhase(phase()))
          record({ type: 'undo-started', failure: position.failure, endsAs: run.endsAs, at: now() });
        const undo = ports.effects[action.step]?.undo;
        const outcome: Outcome = undo === undefined ? { kind: 'done' } : await undo(run.context, now());
        action = next(position, outcome, ports.steps);
        break;
      }
      case 'resolve': {
        const resolve = ports.effects[action.step]?.resolve;
        assert(resolve !== undefined, `${action.step} can be resolved`);
        action = next(action.position, await resolve(run.context, now()), ports.steps);
        break;
      }
      case 'run': {
        const effect = ports.effects[action.step];
        const outcome: Outcome =
          effect === undefined
            ? recordStep(action.step, run, phase(), record, streams.storage, now(), end)
            : await effect.run(run.context, now());
        action = next(action.position, outcome, ports.steps);
        break;
      }
    }
  }
}

function isOpenPhase(phase: Checkout['phase']): boolean {
  return phase === 'open' || phase === 'paying' || phase === 'placed';
}

/**
 * The steps that record. A provider elsewhere needs a record before it is asked, or a crash would leave an authorization
 * that nobody knows of; a manual payment moves nothing, so its first record is the order itself.
 */
function recordStep(
  step: StepName,
  { context }: SagaRun,
  phase: Checkout['phase'],
  record: (...events: readonly OrderStreamEvent[]) => void,
  storage: StreamStorage<OrderStreamEvent>,
  at: number,
  end: (result: SagaEnd) => SagaEnd,
): Outcome {
  const { details, payment } = context;
  const opened: readonly OrderStreamEvent[] = phase === 'none' ? [{ type: 'checkout-opened', details, at }] : [];
  assert(payment !== null, `${step} needs a payment`);
  switch (step) {
    case 'begin':
      if (payment.provider !== 'manual') record(...opened, { type: 'payment-started', payment, at });
      return { kind: 'done' };
    case 'place':
      record(...opened, { type: 'order-placed', payment, number: takeOrderNumber(storage, details.checkoutId), at });
      return { kind: 'done' };
    case 'settle':
      record(
        details.captureMode === 'manual' && details.quote.dueMinor > 0
          ? { type: 'order-confirmed', at }
          : { type: 'order-paid', capturedMinor: details.quote.dueMinor, at },
      );
      end({ kind: 'completed' });
      return { kind: 'done' };
    default:
      throw new Error(`The step ${step} has no effect`);
  }
}

function recordWait(streams: Streams<Checkout, OrderStreamEvent>, checkoutId: string, url: string, at: number): void {
  const { state } = streams.load(checkoutId);
  if (state.phase === 'paying' && state.actionUrl !== url)
    streams.append(checkoutId, [{ type: 'action-required', url, at }], at);
  // Asked again and still waiting: look again when the time is over, or when the provider tells.
  else if (state.phase === 'paying')
    streams.postpone(checkoutId, Math.max(state.details.holdUntil, at + retryDelayMsMax));
}
