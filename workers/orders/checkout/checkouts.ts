/**
 * The checkouts of one Order object: started, completed and canceled. It owns who may run when: one saga per checkout, one
 * new checkout per cart, and a retry joins the request it repeats. It knows no platform.
 */
import type { Streams } from '../../../shared/streams/streams.ts';
import { money } from '../../../shared/values/money.ts';
import { unpack } from '../../../shared/values/packed.ts';
import { secondMs } from '../../../shared/values/time.ts';
import type {
  Checkout,
  CheckoutDetails,
  EndPhase,
  OrderStreamEvent,
  PaymentChoice,
} from '../domain/checkout/checkout.ts';
import { orderIdOf } from '../domain/checkout/checkout.ts';
import { type CheckoutPlan, checkoutPlan, preparationOf, type StepName, stageOf } from '../domain/checkout/plan.ts';
import type { Failure } from '../domain/failure.ts';
import { fromTheStart, type Position } from '../domain/plan.ts';
import { checkoutView } from '../domain/view.ts';
import { attempt, done } from '../service/outcomes.ts';
import { RequestAnswers } from '../service/request-answers.ts';
import {
  type Asked,
  type CancelRequest,
  type CheckoutAnswer,
  type CompleteRequest,
  problemAnswer,
  type StartRequest,
} from '../service/requests.ts';
import { firstOf, type StartWait } from '../service/waits.ts';
import { allowancesOfCart } from './agree.ts';
import { bar, isBarred } from './barred-ids.ts';
import {
  type CheckoutContext,
  type CheckoutWish,
  detailsIn,
  newContext,
  resumedContext,
  unitsOf,
} from './checkout-context.ts';
import { RunningSagas } from './running-sagas.ts';
import type { SagaEnd } from './saga.ts';
import { type CheckoutNeighbors, checkoutSteps, type Steps } from './steps.ts';

interface CheckoutPorts extends CheckoutNeighbors {
  readonly streams: Streams<Checkout, OrderStreamEvent>;
  readonly now: () => number;
  readonly wait: StartWait;
  readonly holdMs: number;
  /** Whether the money of new orders is taken at once, or when their goods ship. */
  readonly captureMode: CheckoutDetails['captureMode'];
  /** The secret that lets a guest read an order, derived from its id. */
  readonly accessTokenOf: (orderId: string) => string;
  readonly report: (message: string, error: unknown) => void;
  /** Tests plant faults here. */
  readonly steps?: Steps;
  readonly plan?: CheckoutPlan;
}

/** How long a shopper waits for an answer before it is "processing". Longer than any provider's time-out. */
const answerMs = 12 * secondMs;

/** How a freeze went: the cart is in a checkout that is known, or what comes next. */
type FirstStep =
  | { readonly kind: 'taken'; readonly checkoutId: string }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'begun'; readonly context: CheckoutContext; readonly position: Position<StepName> };

const noCart = { code: 'not-found', detail: 'There is no such cart; it may have expired.' } as const;
const givenUp = {
  code: 'checkout-expired',
  detail: 'This checkout has ended; start a new one with a new key.',
} as const;

export class Checkouts {
  readonly #ports: CheckoutPorts;
  readonly #steps: Steps;
  readonly #plan: CheckoutPlan;
  readonly #answers: RequestAnswers;
  readonly #sagas: RunningSagas;
  readonly #byCart = new Map<string, Promise<unknown>>();

  constructor(ports: CheckoutPorts) {
    this.#ports = ports;
    this.#steps = ports.steps ?? checkoutSteps(ports);
    this.#plan = ports.plan ?? checkoutPlan;
    this.#answers = new RequestAnswers(ports);
    this.#sagas = new RunningSagas({
      ...ports,
      steps: this.#steps,
      plan: this.#plan,
      onAbandon: (checkoutId) => this.#bar(checkoutId),
    });
  }

  start(request: StartRequest): Promise<CheckoutAnswer> {
    return this.#answers.once(request, () => this.#startOne(request));
  }

  complete(request: CompleteRequest): Promise<CheckoutAnswer> {
    return this.#answers.once(request, () => this.#complete(request.checkoutId, request.payment, request, 200));
  }

  cancel(request: CancelRequest): Promise<CheckoutAnswer> {
    return this.#answers.once(request, () => this.#cancel(request));
  }

  /** The stream's state, or null when there is no such checkout. */
  read(
    checkoutId: string,
  ): { readonly checkout: Exclude<Checkout, { phase: 'none' }>; readonly version: number } | null {
    const { state, version } = this.#ports.streams.load(checkoutId);
    return state.phase === 'none' ? null : { checkout: state, version };
  }

  /** Continues a checkout from its last record, unless it is running or has nothing to do. */
  resume(checkoutId: string): Promise<void> {
    return this.#sagas.resume(checkoutId);
  }

  /** What an alarm does for each stream whose time has come. */
  wake(checkoutIds: readonly string[]): Promise<void> {
    return this.#sagas.wake(checkoutIds);
  }

  async #startOne(request: StartRequest): Promise<CheckoutAnswer> {
    // Two requests for one cart go one after the other, so the second finds what the first has made.
    let hasWaited = false;
    for (let other = this.#byCart.get(request.cartId); other !== undefined; other = this.#byCart.get(request.cartId)) {
      hasWaited = true;
      await other;
    }
    const kept = hasWaited ? this.#answers.find(request) : null;
    if (kept !== null) return kept;
    const work = this.#startAlone(request);
    // An answer may be given before its saga is over; the cart is free only then, or one checkout would run twice at once.
    const settled = work.then(
      () => this.#sagas.find(request.checkoutId),
      () => this.#sagas.find(request.checkoutId),
    );
    const free = settled.then(
      () => undefined,
      () => undefined,
    );
    this.#byCart.set(request.cartId, free);
    free.finally(() => this.#byCart.delete(request.cartId));
    return work;
  }

  async #startAlone(request: StartRequest): Promise<CheckoutAnswer> {
    const { checkoutId, requestId } = request;
    if (isBarred(this.#ports.streams.storage, checkoutId)) return this.#refuse(givenUp, request);
    // A first try under this key began it, and perhaps ended it, so that the cart does not name it any more.
    if (this.read(checkoutId) !== null) return this.#answerExisting(checkoutId, request);
    const first = await this.#freeze(request);
    if (first.kind === 'taken') return this.#answerExisting(first.checkoutId, request);
    if (first.kind === 'refused')
      return first.failure.code === 'not-found'
        ? problemAnswer({ ...noCart, requestId })
        : this.#refuse(first.failure, request);
    const { context, position } = first;
    return request.payment === null
      ? this.#open(context, position, request)
      : this.#runAndAnswer(context, position, request, 201);
  }

  /** The first step of a new checkout, which also finds the checkout that the cart is already in. */
  async #freeze(request: StartRequest): Promise<FirstStep> {
    const { checkoutId } = request;
    for (let attempt = 1; ; attempt += 1) {
      const context = newContext(checkoutId, request.payment, this.#wishOf(request));
      const outcome = await this.#steps.freeze.run(context, this.#ports.now());
      const failure = outcome.kind === 'refused' ? outcome.failure : null;
      const other = typeof failure?.checkoutId === 'string' ? failure.checkoutId : null;
      if (other !== null && this.read(other) !== null) return { kind: 'taken', checkoutId: other };
      if (outcome.kind === 'done') return { kind: 'begun', context, position: { ...fromTheStart, index: 1 } };
      if (failure === null) {
        const unavailable = { code: 'unavailable', detail: 'The cart does not answer.' };
        return { kind: 'begun', context, position: { direction: 'backward', index: 0, failure: unavailable } };
      }
      if (other === null || failure.code !== 'cart-frozen' || attempt > 1) return { kind: 'refused', failure };
      // A crash left a frozen cart and perhaps holds, but no record.
      await this.#giveUp(request.cartId, other);
    }
  }

  #wishOf({ cartId, expectedTotal, expectedDue }: StartRequest): CheckoutWish {
    const { holdMs, captureMode } = this.#ports;
    const createdAt = this.#ports.now();
    return { cartId, expectedTotal, expectedDue, createdAt, holdUntil: createdAt + holdMs, captureMode };
  }

  /** Holds the goods and the cart, and leaves the payment for later. */
  async #open(context: CheckoutContext, position: Position<StepName>, request: StartRequest): Promise<CheckoutAnswer> {
    const { checkoutId } = context;
    const { streams, now } = this.#ports;
    const plan = preparationOf(this.#plan);
    const end = await this.#sagas.run({ context, position, endsAs: 'failed', plan });
    if (end.kind === 'failed') return this.#refuse(end.failure, request);
    const opened = { type: 'checkout-opened', details: detailsIn(context), at: now() } as const;
    streams.append(checkoutId, [opened], now(), request.traceparent);
    return this.#answers.keep(this.#view(checkoutId, 201), request);
  }

  /** The cart is in a checkout already: that one is the answer, and a payment completes it. */
  async #answerExisting(checkoutId: string, request: StartRequest): Promise<CheckoutAnswer> {
    const phase = this.read(checkoutId)?.checkout.phase;
    const hasEnded = phase === 'failed' || phase === 'expired' || phase === 'canceled';
    if (hasEnded) return this.#answers.keep(this.#view(checkoutId, 200), request);
    const quote = this.read(checkoutId)?.checkout.details.quote;
    const { expectedTotal } = request;
    const isOther =
      expectedTotal !== null &&
      (expectedTotal.amount !== quote?.totalMinor || expectedTotal.currency !== quote.currency);
    if (isOther && quote !== undefined) {
      const total = money(quote.totalMinor, quote.currency);
      return this.#refuse(
        { code: 'price-changed', detail: 'The checkout was opened with this total.', total, checkoutId },
        request,
      );
    }
    if (request.payment !== null) return this.#complete(checkoutId, request.payment, request, 200);
    return this.#view(checkoutId, 200);
  }

  /** Gives back what a checkout that left no record has, and the cart to the shopper. Its id is never used again. */
  async #giveUp(cartId: string, checkoutId: string): Promise<void> {
    const { cart, inventory, pricing, allowances, now } = this.#ports;
    const frozen = unpack(await cart.read(cartId, now()));
    if (frozen?.checkoutId !== checkoutId) return;
    this.#bar(checkoutId);
    await inventory.undoHolds({ key: checkoutId, stockUnitIds: unitsOf(frozen), now: now() });
    // What it held and nobody finds any more ends by itself.
    await attempt(async () => {
      const names = await allowancesOfCart(frozen, pricing, now());
      if (names.length > 0) await allowances.releaseAllowances({ key: checkoutId, allowances: names, now: now() });
      return done;
    });
    await cart.thaw({ cartId, checkoutId, now: now() });
  }

  async #complete(
    checkoutId: string,
    payment: PaymentChoice,
    asked: Asked,
    status: 200 | 201,
  ): Promise<CheckoutAnswer> {
    const found = this.read(checkoutId);
    if (found === null) return problemAnswer({ code: 'not-found', requestId: asked.requestId });
    const { checkout } = found;
    const running = this.#sagas.find(checkoutId);
    if (running !== undefined) {
      await this.#patiently(running);
      return this.#payAnswer(checkoutId, asked, status);
    }
    switch (checkout.phase) {
      case 'open': {
        if (this.#ports.now() >= checkout.details.holdUntil) {
          await this.resume(checkoutId);
          return this.#refuse(
            { code: 'checkout-expired', detail: 'The time to pay was over; the cart is yours again.', checkoutId },
            asked,
          );
        }
        const start = { direction: 'forward', index: stageOf('begin', this.#plan), isResolving: false } as const;
        return this.#runAndAnswer(resumedContext(checkout, payment), start, asked, status);
      }
      case 'paying':
      case 'placed':
      case 'undoing':
        await this.#patiently(this.resume(checkoutId));
        return this.#payAnswer(checkoutId, asked, status);
      case 'completed':
        return this.#payAnswer(checkoutId, asked, status);
      default:
        return this.#refuseEnded(checkoutId, checkout.phase, asked);
    }
  }

  /** What a wish to pay is answered when the saga that it started or joined stands still. */
  #payAnswer(checkoutId: string, asked: Asked, status: 200 | 201): CheckoutAnswer {
    const phase = this.read(checkoutId)?.checkout.phase;
    if (phase === 'canceled') return this.#refuseEnded(checkoutId, phase, asked);
    // Nothing was recorded and nothing is owed, so this is no "yes" of any kind.
    if (phase === 'open')
      return problemAnswer({ code: 'unavailable', detail: 'The payment has not begun; try again with the same key.' });
    return this.#answers.keep(this.#view(checkoutId, status), asked);
  }

  #refuseEnded(checkoutId: string, phase: EndPhase, asked: Asked): CheckoutAnswer {
    const detail = `The checkout has ${phase}; start a new one.`;
    return this.#refuse({ code: 'checkout-state', detail, checkoutId, checkoutStatus: phase }, asked);
  }

  async #cancel(request: CancelRequest): Promise<CheckoutAnswer> {
    const { checkoutId } = request;
    const found = this.read(checkoutId);
    if (found === null) return problemAnswer({ code: 'not-found', requestId: request.requestId });
    const { checkout } = found;
    if (checkout.phase === 'canceled') return this.#view(checkoutId, 200);
    const isWaiting = checkout.phase === 'open' || (checkout.phase === 'paying' && checkout.actionUrl !== null);
    if (!isWaiting || this.#sagas.find(checkoutId) !== undefined) {
      return this.#refuse(
        {
          code: 'checkout-state',
          detail: `The checkout is ${checkout.phase} and cannot be canceled.`,
          checkoutId,
          checkoutStatus: checkout.phase,
        },
        request,
      );
    }
    const failure = { code: 'checkout-state', detail: 'Canceled by the shopper.' };
    const begun = stageOf('begin', this.#plan);
    const index = checkout.phase === 'open' ? begun - 1 : stageOf('authorize', this.#plan);
    const position = { direction: 'backward', index, failure } as const;
    const context = resumedContext(checkout);
    await this.#patiently(this.#sagas.run({ context, position, endsAs: 'canceled', traceparent: request.traceparent }));
    return this.#answers.keep(this.#view(checkoutId, 200), request);
  }

  /** Runs a saga to its end; its answer is kept in the commit that ends the stream. */
  async #runAndAnswer(
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
          : this.#view(checkoutId, status);
      answer = this.#answers.keep(ended, asked);
    };
    await this.#patiently(
      this.#sagas.run({ context, position, endsAs: 'failed', traceparent: asked.traceparent, onEnd }),
    );
    return answer ?? this.#payAnswer(checkoutId, asked, status);
  }

  /** Waits as long as a shopper does; the work goes on without the wait. */
  async #patiently(work: Promise<unknown>): Promise<void> {
    await firstOf(work, this.#ports.wait(answerMs), () => undefined);
  }

  #view(checkoutId: string, status: 200 | 201): CheckoutAnswer {
    const found = this.read(checkoutId);
    if (found === null)
      return problemAnswer({ code: 'unavailable', detail: 'The checkout has not begun; try again with the same key.' });
    const { checkout, version } = found;
    const view = checkoutView(checkout, version, this.#ports.accessTokenOf(orderIdOf(checkoutId)));
    if (checkout.phase === 'failed' || checkout.phase === 'expired')
      return problemAnswer({ ...checkout.failure, checkoutId });
    return { status: view.status === 'processing' ? 202 : status, body: JSON.stringify(view), isReplayed: false };
  }

  #bar(checkoutId: string): void {
    bar(this.#ports.streams.storage, checkoutId, this.#ports.now());
  }

  #refuse(failure: Failure, { idempotency, requestId }: Asked): CheckoutAnswer {
    return this.#answers.keep(problemAnswer({ ...failure, requestId }), { idempotency });
  }
}
