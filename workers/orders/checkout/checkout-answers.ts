/**
 * How requests about checkouts are answered: once their saga is over, or as things stand when it takes longer than a shopper
 * waits. A final answer is kept in the commit of what it answers.
 */
import type { Streams } from '../../../shared/streams/streams.ts';
import { secondMs } from '../../../shared/values/time.ts';
import type { Checkout, EndPhase, OrderStreamEvent, StartedCheckout } from '../domain/checkout/checkout.ts';
import { orderIdOf } from '../domain/checkout/checkout.ts';
import type { StepName } from '../domain/checkout/plan.ts';
import type { Position } from '../domain/plan.ts';
import type { OrderRefusal } from '../domain/refusal.ts';
import { checkoutView } from '../domain/view.ts';
import { RequestAnswers } from '../service/request-answers.ts';
import { type Asked, type CheckoutAnswer, problemAnswer } from '../service/requests.ts';
import { firstOf, type StartWait } from '../service/waits.ts';
import type { CheckoutContext } from './checkout-context.ts';
import type { RunningSagas } from './running-sagas.ts';
import type { SagaEnd } from './saga.ts';

export interface AnswerPorts {
  readonly streams: Streams<Checkout, OrderStreamEvent>;
  readonly now: () => number;
  readonly wait: StartWait;
  /** The secret that lets a guest read an order, derived from its id. */
  readonly accessTokenOf: (orderId: string) => string;
}

/** How long a shopper waits for an answer before it is "processing". Longer than any provider's time-out. */
const answerMs = 12 * secondMs;

export class CheckoutAnswers {
  readonly kept: RequestAnswers;
  readonly #ports: AnswerPorts;
  readonly #sagas: RunningSagas;

  constructor(ports: AnswerPorts, sagas: RunningSagas) {
    this.#ports = ports;
    this.#sagas = sagas;
    this.kept = new RequestAnswers(ports);
  }

  /** The stream's state, or null when there is no such checkout. */
  read(checkoutId: string): { readonly checkout: StartedCheckout; readonly version: number } | null {
    const { state, version } = this.#ports.streams.load(checkoutId);
    return state.phase === 'none' ? null : { checkout: state, version };
  }

  /** Runs a saga to its end; its answer is kept in the commit that ends the stream. */
  async run(
    context: CheckoutContext,
    position: Position<StepName>,
    asked: Asked,
    status: 200 | 201,
  ): Promise<CheckoutAnswer> {
    const { checkoutId } = context;
    let answer: CheckoutAnswer | null = null;
    const onEnd = (end: SagaEnd) => {
      const recordedId = this.read(checkoutId) === null ? null : checkoutId;
      const ended =
        end.kind === 'failed'
          ? problemAnswer({ ...end.failure, checkoutId: recordedId, requestId: asked.requestId })
          : this.view(checkoutId, status);
      answer = this.kept.keep(ended, asked);
    };
    await this.patiently(
      this.#sagas.run({ context, position, endsAs: 'failed', traceparent: asked.traceparent, onEnd }),
    );
    return answer ?? this.payAnswer(checkoutId, asked, status);
  }

  /** Waits as long as a shopper does; the work goes on without the wait. */
  async patiently(work: Promise<unknown>): Promise<void> {
    await firstOf(work, this.#ports.wait(answerMs), () => undefined);
  }

  view(checkoutId: string, status: 200 | 201): CheckoutAnswer {
    const found = this.read(checkoutId);
    if (found === null)
      return problemAnswer({ code: 'unavailable', detail: 'The checkout has not begun; try again with the same key.' });
    const { checkout, version } = found;
    const view = checkoutView(checkout, version, this.#ports.accessTokenOf(orderIdOf(checkoutId)));
    if (checkout.phase === 'failed' || checkout.phase === 'expired')
      return problemAnswer({ ...checkout.failure, checkoutId });
    return { status: view.status === 'processing' ? 202 : status, body: JSON.stringify(view), isReplayed: false };
  }

  /** What a wish to pay is answered when the saga that it started or joined stands still. */
  payAnswer(checkoutId: string, asked: Asked, status: 200 | 201): CheckoutAnswer {
    const phase = this.read(checkoutId)?.checkout.phase;
    if (phase === 'canceled') return this.refuseEnded(checkoutId, phase, asked);
    // Nothing was recorded and nothing is owed, so this is no "yes" of any kind.
    if (phase === 'open')
      return problemAnswer({ code: 'unavailable', detail: 'The payment has not begun; try again with the same key.' });
    return this.kept.keep(this.view(checkoutId, status), asked);
  }

  refuseEnded(checkoutId: string, phase: EndPhase, asked: Asked): CheckoutAnswer {
    const detail = `The checkout has ${phase}; start a new one.`;
    return this.refuse({ code: 'checkout-state', detail, checkoutId, checkoutStatus: phase }, asked);
  }

  refuse(failure: OrderRefusal, { idempotency, requestId }: Asked): CheckoutAnswer {
    return this.kept.keep(problemAnswer({ ...failure, requestId }), { idempotency });
  }
}
