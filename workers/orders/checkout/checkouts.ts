/**
 * The checkouts of one Order object: started, completed and canceled. It owns who may run when: one saga per checkout, one
 * new checkout per cart, and a retry joins the request it repeats. It knows no platform.
 */
import { money } from '../../../shared/values/money.ts';
import type { PaymentChoice } from '../domain/checkout/checkout.ts';
import { type CheckoutPlan, checkoutPlan, stageOf } from '../domain/checkout/plan.ts';
import {
  type Asked,
  type CancelRequest,
  type CheckoutAnswer,
  type CompleteRequest,
  problemAnswer,
  type StartRequest,
} from '../service/requests.ts';
import { bar } from './barred-ids.ts';
import { type AnswerPorts, CheckoutAnswers } from './checkout-answers.ts';
import { resumedContext } from './checkout-context.ts';
import { type CheckoutTerms, type NewCheckoutPayment, NewCheckouts } from './new-checkouts.ts';
import { RunningSagas } from './running-sagas.ts';
import { type CheckoutNeighbors, checkoutSteps, type Steps } from './steps.ts';

interface CheckoutPorts extends CheckoutNeighbors, CheckoutTerms, AnswerPorts {
  readonly report: (message: string, error: unknown) => void;
  /** The payment of a request for the checkout that it goes on with. */
  readonly paymentFor: NewCheckoutPayment;
  /** The id under which a request goes on whose checkout was given up. */
  readonly idAfter: (checkoutId: string) => string;
  /** Tests plant faults here. */
  readonly steps?: Steps;
  readonly plan?: CheckoutPlan;
}

export class Checkouts {
  readonly #now: () => number;
  readonly #plan: CheckoutPlan;
  readonly #paymentFor: NewCheckoutPayment;
  readonly #sagas: RunningSagas;
  readonly #answers: CheckoutAnswers;
  readonly #new: NewCheckouts;

  constructor(ports: CheckoutPorts) {
    const { streams, now } = ports;
    const steps = ports.steps ?? checkoutSteps(ports);
    const plan = ports.plan ?? checkoutPlan;
    const onAbandon = (checkoutId: string) => bar(streams.storage, checkoutId, now());
    this.#now = now;
    this.#plan = plan;
    this.#paymentFor = ports.paymentFor;
    this.#sagas = new RunningSagas({ ...ports, steps, plan, onAbandon });
    this.#answers = new CheckoutAnswers(ports, this.#sagas);
    this.#new = new NewCheckouts({
      ...ports,
      steps,
      plan,
      sagas: this.#sagas,
      answers: this.#answers,
      answerExisting: (checkoutId, request) => this.#answerExisting(checkoutId, request),
    });
  }

  start(request: StartRequest): Promise<CheckoutAnswer> {
    return this.#answers.kept.once(request, () => this.#new.start(request));
  }

  complete(request: CompleteRequest): Promise<CheckoutAnswer> {
    const { checkoutId, payment } = request;
    return this.#answers.kept.once(request, () => this.#complete(checkoutId, payment, request));
  }

  cancel(request: CancelRequest): Promise<CheckoutAnswer> {
    return this.#answers.kept.once(request, () => this.#cancel(request));
  }

  /** The stream's state, or null when there is no such checkout. */
  read(checkoutId: string): ReturnType<CheckoutAnswers['read']> {
    return this.#answers.read(checkoutId);
  }

  /** Continues a checkout from its last record, unless it is running or has nothing to do. */
  resume(checkoutId: string): Promise<void> {
    return this.#sagas.resume(checkoutId);
  }

  /** What an alarm does for each stream whose time has come. */
  wake(checkoutIds: readonly string[]): Promise<void> {
    return this.#sagas.wake(checkoutIds);
  }

  /** The cart is in a checkout already: that one is the answer, and a payment completes it. */
  async #answerExisting(checkoutId: string, request: StartRequest): Promise<CheckoutAnswer> {
    const phase = this.read(checkoutId)?.checkout.phase;
    const hasEnded = phase === 'failed' || phase === 'expired' || phase === 'canceled';
    if (hasEnded) return this.#answers.keepView(checkoutId, 200, request);
    const quote = this.read(checkoutId)?.checkout.details.quote;
    const { expectedTotal } = request;
    const total = quote === undefined ? null : money(quote.totalMinor, quote.currency);
    const isSame = expectedTotal?.amount === total?.amount && expectedTotal?.currency === total?.currency;
    if (expectedTotal !== null && total !== null && !isSame) {
      const detail = 'The checkout was opened with this total.';
      return this.#answers.refuse({ code: 'price-changed', detail, total, checkoutId }, request);
    }
    if (request.payment !== null)
      return this.#complete(
        checkoutId,
        await this.#paymentFor(request.payment, request.checkoutId, checkoutId),
        request,
      );
    return this.#answers.view(checkoutId, 200);
  }

  async #complete(checkoutId: string, payment: PaymentChoice, asked: Asked): Promise<CheckoutAnswer> {
    const found = this.read(checkoutId);
    if (found === null) return problemAnswer({ code: 'not-found', requestId: asked.requestId });
    const { checkout } = found;
    const running = this.#sagas.find(checkoutId);
    if (running !== undefined) {
      await this.#answers.patiently(running);
      return this.#answers.payAnswer(checkoutId, asked, 200);
    }
    switch (checkout.phase) {
      case 'open': {
        if (this.#now() >= checkout.details.holdUntil) {
          await this.resume(checkoutId);
          const detail = 'The time to pay was over; the cart is yours again.';
          return this.#answers.refuse({ code: 'checkout-expired', detail, checkoutId }, asked);
        }
        const start = { direction: 'forward', index: stageOf('begin', this.#plan), isResolving: false } as const;
        return this.#answers.run(resumedContext(checkout, payment), start, asked, 200);
      }
      case 'paying':
      case 'placed':
      case 'undoing':
        await this.#answers.patiently(this.resume(checkoutId));
        return this.#answers.payAnswer(checkoutId, asked, 200);
      case 'completed':
        return this.#answers.payAnswer(checkoutId, asked, 200);
      default:
        return this.#answers.refuseEnded(checkoutId, checkout.phase, asked);
    }
  }

  async #cancel(request: CancelRequest): Promise<CheckoutAnswer> {
    const { checkoutId } = request;
    const found = this.read(checkoutId);
    if (found === null) return problemAnswer({ code: 'not-found', requestId: request.requestId });
    const { checkout } = found;
    if (checkout.phase === 'canceled') return this.#answers.view(checkoutId, 200);
    const isWaiting = checkout.phase === 'open' || (checkout.phase === 'paying' && checkout.actionUrl !== null);
    if (!isWaiting || this.#sagas.find(checkoutId) !== undefined) {
      const { phase: checkoutStatus } = checkout;
      const detail = `The checkout is ${checkoutStatus} and cannot be canceled.`;
      return this.#answers.refuse({ code: 'checkout-state', detail, checkoutId, checkoutStatus }, request);
    }
    const failure = { code: 'checkout-state', detail: 'Canceled by the shopper.' };
    const begun = stageOf('begin', this.#plan);
    const index = checkout.phase === 'open' ? begun - 1 : stageOf('authorize', this.#plan);
    const position = { direction: 'backward', index, failure } as const;
    const context = resumedContext(checkout);
    await this.#answers.patiently(
      this.#sagas.run({ context, position, endsAs: 'canceled', traceparent: request.traceparent }),
    );
    return this.#answers.keepView(checkoutId, 200, request);
  }
}
