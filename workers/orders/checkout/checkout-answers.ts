/**
 * How requests about checkouts are answered: once their saga is over, or as things stand when it takes longer than a shopper
 * waits. A final answer is kept in the commit of what it answers.
 */
import type { Streams } from '../../../shared/streams/streams.ts';
import { assert } from '../../../shared/values/result.ts';
import { secondMs } from '../../../shared/values/time.ts';
import type { Checkout, EndPhase, OrderStreamEvent, StartedCheckout } from '../domain/checkout/checkout.ts';
import { attemptsLeftOf, orderIdOf, statusOf } from '../domain/checkout/checkout.ts';
import { isPaymentFailure } from '../domain/checkout/payments.ts';
import type { StepName } from '../domain/checkout/plan.ts';
import type { Position } from '../domain/plan.ts';
import type { OrderRefusal } from '../domain/refusal.ts';
import { checkoutView } from '../domain/view.ts';
import { isKeptView, keptViewOf, readKeptView } from '../service/kept-view.ts';
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

const endWords: Readonly<Record<EndPhase, string>> = {
  failed: 'has failed',
  expired: 'has expired',
  canceled: 'was canceled',
};

export class CheckoutAnswers {
  readonly kept: RequestAnswers;
  readonly #ports: AnswerPorts;
  readonly #sagas: RunningSagas;

  constructor(ports: AnswerPorts, sagas: RunningSagas) {
    this.#ports = ports;
    this.#sagas = sagas;
    this.kept = new RequestAnswers(ports, (kept) => (isKeptView(kept) ? this.#viewAgain(kept) : kept));
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
      answer =
        'failure' in end ? this.refuseOf(checkoutId, end.failure, asked) : this.keepView(checkoutId, status, asked);
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
    if (checkout.phase === 'failed' || checkout.phase === 'expired')
      return problemAnswer(this.#factsOf(checkoutId, checkout.failure));
    const body = this.#bodyOf(checkoutId, checkout, version);
    return { status: statusOf(checkout) === 'processing' ? 202 : status, body, isReplayed: false };
  }

  /** What a wish to pay is answered when the saga that it started or joined stands still. */
  payAnswer(checkoutId: string, asked: Asked, status: 200 | 201): CheckoutAnswer {
    const phase = this.read(checkoutId)?.checkout.phase;
    if (phase === 'canceled') return this.refuseEnded(checkoutId, phase, asked);
    // Nothing was recorded and nothing is owed, so this is no "yes" of any kind.
    if (phase === 'open')
      return problemAnswer({ code: 'unavailable', detail: 'The payment has not begun; try again with the same key.' });
    return this.keepView(checkoutId, status, asked);
  }

  /**
   * Shows the checkout as it is and keeps that answer, if it is final, as the version that was shown: the answer has the access
   * token of the order, which is stored nowhere.
   */
  keepView(checkoutId: string, status: 200 | 201, asked: Asked): CheckoutAnswer {
    const answer = this.view(checkoutId, status);
    const version = this.read(checkoutId)?.version;
    const isView = answer.status < 400 && version !== undefined;
    return this.kept.keep(answer, asked, isView ? keptViewOf({ checkoutId, version }) : answer.body);
  }

  /** The body of an answer as it was: a checkout at a version never changes. */
  #viewAgain(kept: string): string {
    const { checkoutId, version } = readKeptView(kept);
    const past = this.#ports.streams.loadPast(checkoutId, version);
    assert(past !== null && past.state.phase !== 'none', `the answer of ${checkoutId} at ${version} can be made again`);
    return this.#bodyOf(checkoutId, past.state, version);
  }

  #bodyOf(checkoutId: string, checkout: StartedCheckout, version: number): string {
    return JSON.stringify(checkoutView(checkout, version, this.#ports.accessTokenOf(orderIdOf(checkoutId))));
  }

  /** Refuses with what went wrong with a checkout; of a payment that came to nothing also with how many more may be tried. */
  refuseOf(checkoutId: string, failure: OrderRefusal, asked: Asked): CheckoutAnswer {
    return this.refuse(this.#factsOf(checkoutId, failure), asked);
  }

  #factsOf(checkoutId: string, failure: OrderRefusal): OrderRefusal {
    const found = this.read(checkoutId);
    if (found === null) return { ...failure, checkoutId: null };
    const attempts = isPaymentFailure(failure) ? { attemptsLeft: attemptsLeftOf(found.checkout) } : {};
    return { ...failure, checkoutId, ...attempts };
  }

  refuseEnded(checkoutId: string, phase: EndPhase, asked: Asked): CheckoutAnswer {
    const detail = `The checkout ${endWords[phase]}; start a new one.`;
    return this.refuse({ code: 'checkout-state', detail, checkoutId, checkoutStatus: phase }, asked);
  }

  refuse(failure: OrderRefusal, { idempotency, requestId }: Asked): CheckoutAnswer {
    return this.kept.keep(problemAnswer({ ...failure, requestId }), { idempotency });
  }
}
