/**
 * The checkouts of one Order object: started, completed and canceled. It owns who may run when: one saga per checkout, one
 * new checkout per cart, and a retry joins the request it repeats. It knows no platform.
 */

import type { LetGo } from '../../../shared/contracts/orders/api.ts';
import type { Quote } from '../../../shared/contracts/pricing/api.ts';
import { type Money, money } from '../../../shared/values/money.ts';
import { noSuch } from '../../../shared/values/result.ts';
import { type EndPhase, orderIdOf, type StartedCheckout } from '../domain/checkout/checkout.ts';
import { choicePaying, noPaymentNeeded } from '../domain/checkout/payment-method.ts';
import {
  attemptsLeftAfter,
  isPaymentFailure,
  isSameMeans,
  ownRefusal,
  type PaymentChoice,
  paymentAfter,
  refusalFor,
} from '../domain/checkout/payments.ts';
import { type CheckoutPlan, checkoutPlan, stageOf } from '../domain/checkout/plan.ts';
import type { OrderRefusal } from '../domain/refusal.ts';
import { tooManyDeclines } from '../service/cart-declines.ts';
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
import { noteJoined } from './joined-checkouts.ts';
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

/** What a request may find under way before its own turn to pay. More often is a defect, and is answered as it stands. */
const turnsMax = 6;

export class Checkouts {
  readonly #streams: CheckoutPorts['streams'];
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
    this.#streams = streams;
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

  /**
   * The shopper wants to change the cart: a checkout that tried to pay in vain, or whose payment page was left, ends and gives
   * everything back. One that is only open, or that is being paid, keeps its cart.
   */
  async letGo(checkoutId: string): Promise<LetGo> {
    for (let turn = 1; turn <= turnsMax; turn += 1) {
      const found = this.read(checkoutId);
      if (found === null || found.checkout.phase === 'completed') return 'kept';
      const { checkout, version } = found;
      if (isEnded(checkout)) return 'free';
      const running = this.#sagas.find(checkoutId);
      if (checkout.phase === 'undoing' || checkout.phase === 'reopening') {
        await this.#answers.patiently(running ?? this.resume(checkoutId));
      } else {
        const hasTried = checkout.phase === 'paying' || (checkout.phase === 'open' && checkout.refused.length > 0);
        if (running !== undefined || !hasTried || !isWaiting(checkout)) return 'kept';
        await this.#callEverythingOff(checkout, { code: 'cart-changed', detail: 'The cart was changed.' });
      }
      if (this.read(checkoutId)?.version === version) break;
    }
    return 'busy';
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
    const checkout = this.read(checkoutId)?.checkout;
    if (checkout === undefined) return this.#answers.keepView(checkoutId, 200, request);
    if (isEnded(checkout)) return this.#answerEnded(checkoutId, checkout, request);
    const changed = disagreement(checkout.details.quote, request);
    if (changed !== null) return this.#answers.refuse({ ...changed, checkoutId }, request);
    if (request.payment === null) return this.#answers.view(checkoutId, 200);
    const payment = await this.#paymentFor(request.payment, request.checkoutId, checkoutId);
    if (request.checkoutId !== checkoutId)
      noteJoined(this.#streams.storage, request.idempotency.key, checkoutId, this.#now());
    return this.#complete(checkoutId, payment, request);
  }

  /** What became of it, but not how the payment of another request failed: who has not paid it is told that it has ended. */
  #answerEnded(checkoutId: string, checkout: EndedCheckout, request: StartRequest): CheckoutAnswer {
    const { payment } = request;
    const told = payment === null ? null : this.#toldOf(checkoutId, checkout, payment, request, false);
    if (told !== null) return told;
    const isOfAnother = payment !== null && isPaymentFailure(checkout.failure);
    return isOfAnother
      ? this.#refuseEnded(checkoutId, checkout, request)
      : this.#answers.keepView(checkoutId, 200, request);
  }

  /** A payment that does not fit is refused before it disturbs another that may be under way. */
  #complete(checkoutId: string, payment: PaymentChoice | null, asked: Asked): Promise<CheckoutAnswer> {
    const checkout = this.read(checkoutId)?.checkout;
    const isPayable = checkout !== undefined && checkout.phase !== 'completed' && !isEnded(checkout);
    const chosen = isPayable ? choicePaying(payment, checkout.details.quote) : null;
    if (chosen !== null && !chosen.ok) return Promise.resolve(this.#answers.refuse(chosen.refusal, asked));
    return this.#completeBy(checkoutId, chosen?.value ?? payment ?? noPaymentNeeded, asked);
  }

  /**
   * Pays a checkout. One payment at a time: what is under way comes to its end first, a payment page that was left for other
   * means is called off, and only then another payment begins.
   */
  async #completeBy(checkoutId: string, choice: PaymentChoice, asked: Asked): Promise<CheckoutAnswer> {
    let hasJoined = false;
    for (let turn = 1; turn <= turnsMax; turn += 1) {
      const found = this.read(checkoutId);
      if (found === null) return problemAnswer({ ...noSuch('checkout'), requestId: asked.requestId });
      const { checkout, version } = found;
      const told = this.#toldOf(checkoutId, checkout, choice, asked, hasJoined);
      if (told !== null) return told;
      const isSame = 'payment' in checkout && checkout.payment !== null && isSameMeans(checkout.payment, choice);
      const running = this.#sagas.find(checkoutId);
      if (running === undefined && checkout.phase === 'open') return this.#pay(checkout, choice, asked);
      if (checkout.phase === 'completed') return this.#answers.payAnswer(checkoutId, asked, 200);
      if (isEnded(checkout)) return this.#refuseEnded(checkoutId, checkout, asked);
      hasJoined ||= isSame;
      const isPageLeft = checkout.phase === 'paying' && checkout.actionUrl !== null && !isSame;
      const goOn = () => (isPageLeft ? this.#sagas.callOff(checkoutId) : this.resume(checkoutId));
      await this.#answers.patiently(running ?? goOn());
      const isMoved = this.read(checkoutId)?.version !== version;
      if (!isMoved || this.#sagas.find(checkoutId) !== undefined) break;
    }
    return this.#answers.payAnswer(checkoutId, asked, 200);
  }

  /** The refusal that a request is to hear, because it is of its own payment, or because nobody has heard it. */
  #toldOf(
    checkoutId: string,
    checkout: StartedCheckout,
    choice: PaymentChoice,
    asked: Asked,
    hasJoined: boolean,
  ): CheckoutAnswer | null {
    const askedBy = asked.idempotency.key;
    if (isEnded(checkout)) {
      const failure = endOfPayment(checkout, choice, { askedBy, hasJoined });
      return failure === null ? null : this.#answers.refuseOf(checkoutId, failure, asked);
    }
    const { phase, refused } = checkout;
    const isOpen = phase === 'open';
    // A repetition must not call off what was tried since.
    const isTrying = phase === 'paying' || phase === 'reopening';
    const refusal = isOpen
      ? refusalFor(refused, choice, { askedBy, hasJoined })
      : isTrying
        ? ownRefusal(refused, askedBy)
        : null;
    if (refusal === null) return null;
    if (isOpen && !refusal.isHeard && refusal === refused.at(-1))
      this.#streams.append(checkoutId, [{ type: 'refusal-heard', at: this.#now() }], this.#now());
    return this.#answers.refuseOf(checkoutId, refusal.failure, asked);
  }

  async #pay(checkout: OpenCheckout, choice: PaymentChoice, asked: Asked): Promise<CheckoutAnswer> {
    const { details, refused } = checkout;
    const { checkoutId } = details;
    if (this.#now() >= details.holdUntil) {
      await this.resume(checkoutId);
      const detail = 'The time to pay was over; the cart is yours again.';
      return this.#answers.refuse({ code: 'checkout-expired', detail, checkoutId }, asked);
    }
    const asking = { cartId: details.cartId, requestId: asked.requestId, now: this.#now() };
    const wait = tooManyDeclines(choice, { ...asking, storage: this.#streams.storage });
    if (wait !== null) return wait;
    const facts = { orderId: orderIdOf(checkoutId), askedBy: asked.idempotency.key };
    const context = resumedContext(checkout, paymentAfter(refused, choice, facts));
    const start = { direction: 'forward', index: stageOf('begin', this.#plan), isResolving: false } as const;
    return this.#answers.run(context, start, asked, 200);
  }

  #refuseEnded(checkoutId: string, checkout: EndedCheckout, asked: Asked): CheckoutAnswer {
    if (checkout.phase !== 'failed' || attemptsLeftAfter(checkout.refused, checkout.details.declinedBefore) > 0)
      return this.#answers.refuseEnded(checkoutId, checkout.phase, asked);
    const detail = 'Too many payments came to nothing, so the checkout was closed. Start a new one with the cart.';
    return this.#answers.refuse({ code: 'too-many-payments', detail, checkoutId, attemptsLeft: 0 }, asked);
  }

  async #cancel(request: CancelRequest): Promise<CheckoutAnswer> {
    const { checkoutId } = request;
    const found = this.read(checkoutId);
    if (found === null) return problemAnswer({ ...noSuch('checkout'), requestId: request.requestId });
    const { checkout } = found;
    if (checkout.phase === 'canceled') return this.#answers.view(checkoutId, 200);
    if (!isWaiting(checkout) || this.#sagas.find(checkoutId) !== undefined) {
      const { phase: checkoutStatus } = checkout;
      const detail = `The checkout is ${checkoutStatus} and cannot be canceled.`;
      return this.#answers.refuse({ code: 'checkout-state', detail, checkoutId, checkoutStatus }, request);
    }
    const failure = { code: 'checkout-state', detail: 'Canceled by the shopper.' };
    await this.#callEverythingOff(checkout, failure, request.traceparent);
    return this.#answers.keepView(checkoutId, 200, request);
  }

  /** Ends a checkout that waits for its shopper, and gives everything back. */
  #callEverythingOff(checkout: WaitingCheckout, failure: OrderRefusal, traceparent?: string): Promise<void> {
    const index = checkout.phase === 'open' ? stageOf('begin', this.#plan) - 1 : stageOf('authorize', this.#plan);
    const position = { direction: 'backward', index, failure } as const;
    const context = resumedContext(checkout);
    return this.#answers.patiently(this.#sagas.run({ context, position, endsAs: 'canceled', traceparent }));
  }
}

type EndedCheckout = Extract<StartedCheckout, { phase: EndPhase }>;
type OpenCheckout = Extract<StartedCheckout, { phase: 'open' }>;
type WaitingCheckout = Extract<StartedCheckout, { phase: 'open' | 'paying' }>;

function isEnded(checkout: StartedCheckout): checkout is EndedCheckout {
  const { phase } = checkout;
  return phase === 'failed' || phase === 'expired' || phase === 'canceled';
}

/** Why the payment of a request, or the last one that it has waited for, came to nothing. */
function endOfPayment(
  { phase, payment, refused, failure }: EndedCheckout,
  choice: PaymentChoice,
  { askedBy, hasJoined }: { readonly askedBy: string; readonly hasJoined: boolean },
): OrderRefusal | null {
  if (phase === 'failed' && payment !== null) {
    const isJoined = hasJoined && isSameMeans(payment, choice);
    if (payment.askedBy === askedBy || isJoined) return failure;
  }
  const own = ownRefusal(refused, askedBy)?.failure ?? null;
  return own !== null && isPaymentFailure(own) ? own : null;
}

/** Whether it is the shopper's turn: to pay, or to confirm a payment. */
function isWaiting(checkout: StartedCheckout): checkout is WaitingCheckout {
  return checkout.phase === 'open' || (checkout.phase === 'paying' && checkout.actionUrl !== null);
}

/** Why a checkout that goes on is not what its shopper counts on; null where it is. */
function disagreement({ totalMinor, dueMinor, currency }: Quote, wish: StartRequest): OrderRefusal | null {
  const isSame = (expected: Money | null, amount: number) =>
    expected === null || (expected.amount === amount && expected.currency === currency);
  const detail = 'The checkout was opened with this total.';
  if (!isSame(wish.expectedTotal, totalMinor))
    return { code: 'price-changed', detail, total: money(totalMinor, currency) };
  if (!isSame(wish.expectedDue, dueMinor)) return { code: 'price-changed', detail, due: money(dueMinor, currency) };
  return null;
}
