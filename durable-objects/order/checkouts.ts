/**
 * The checkouts of one Order object: starts, completes, cancels and resumes them. It owns who may run when: one saga per
 * checkout, one new checkout per cart, and a retry joins the request it repeats. It knows no platform.
 */
import type { CartSnapshot } from '../../shared/contracts/cart.ts';
import type { CatalogApi } from '../../shared/contracts/catalog.ts';
import type { PricingApi } from '../../shared/contracts/pricing.ts';
import { type IdempotencyKey, idempotencyTtlMs } from '../../shared/http/idempotency.ts';
import { problemCodeOf, problemDocument } from '../../shared/http/problem.ts';
import type { Money } from '../../shared/values/money.ts';
import { secondMs } from '../../shared/values/time.ts';
import type {
  CheckoutDetails,
  EndPhase,
  Failure,
  Order,
  OrderEvent,
  PaymentChoice,
} from '../../workers/orders/domain/order.ts';
import { orderIdOf, orderWakeAt } from '../../workers/orders/domain/order.ts';
import { checkoutSteps, type Position, recover, type StepName } from '../../workers/orders/domain/plan.ts';
import { checkoutView } from '../../workers/orders/domain/view.ts';
import type { Streams } from '../streams.ts';
import { agree } from './agree.ts';
import { runSaga, type SagaEnd } from './saga.ts';
import { checkoutEffects, type Effects, type Neighbors, type SagaContext } from './steps.ts';

export interface CheckoutNeighbors extends Neighbors {
  readonly catalog: Pick<CatalogApi, 'variants'>;
  readonly pricing: Pick<PricingApi, 'quote'>;
}

export interface CheckoutPorts extends CheckoutNeighbors {
  readonly streams: Streams<Order, OrderEvent>;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly holdMs: number;
  /** The secret that lets a guest read an order, derived from its id. */
  readonly accessTokenOf: (orderId: string) => string;
  readonly report: (message: string, error: unknown) => void;
  /** Tests plant faults here. */
  readonly effects?: Effects;
  readonly steps?: readonly StepName[];
}

/** A request that came in, with the key under which its answer is kept. */
interface Asked {
  readonly idempotency: IdempotencyKey;
  readonly traceparent?: string | undefined;
  readonly requestId: string;
}

export interface StartRequest extends Asked {
  readonly cartId: string;
  /** Made from cart and key, so that a retry after a crash meets its own holds and its own payment. */
  readonly checkoutId: string;
  readonly payment: PaymentChoice | null;
  readonly expectedTotal: Money | null;
}

export interface CompleteRequest extends Asked {
  readonly checkoutId: string;
  readonly payment: PaymentChoice;
}

export interface CancelRequest extends Asked {
  readonly checkoutId: string;
}

export interface CheckoutAnswer {
  readonly status: number;
  readonly body: string;
  readonly isReplayed: boolean;
}

/** How long a repeated request waits for the one it repeats before it is told that it is still running. */
const joinMs = 2 * secondMs;
/** How long a shopper waits for an answer before it is "processing". Longer than any provider's time-out. */
const answerMs = 12 * secondMs;

export class Checkouts {
  readonly #ports: CheckoutPorts;
  readonly #effects: Effects;
  readonly #steps: readonly StepName[];
  readonly #byKey = new Map<string, { readonly fingerprint: string; readonly answer: Promise<CheckoutAnswer> }>();
  readonly #byCart = new Map<string, Promise<unknown>>();
  readonly #sagas = new Map<string, Promise<SagaEnd>>();
  readonly #attempts = new Map<string, number>();

  constructor(ports: CheckoutPorts) {
    this.#ports = ports;
    this.#effects = ports.effects ?? checkoutEffects(ports);
    this.#steps = ports.steps ?? checkoutSteps;
  }

  start(request: StartRequest): Promise<CheckoutAnswer> {
    return this.#once(request, () => this.#startOne(request));
  }

  complete(request: CompleteRequest): Promise<CheckoutAnswer> {
    return this.#once(request, () => this.#complete(request.checkoutId, request.payment, request, 200));
  }

  cancel(request: CancelRequest): Promise<CheckoutAnswer> {
    return this.#once(request, () => this.#cancel(request));
  }

  /** The stream's state, or null when there is no such checkout. */
  read(checkoutId: string): { readonly order: Exclude<Order, { phase: 'none' }>; readonly version: number } | null {
    const { state, version } = this.#ports.streams.load(checkoutId);
    return state.phase === 'none' ? null : { order: state, version };
  }

  /** Continues a checkout from its last record, unless it is running or has nothing to do. */
  async resume(checkoutId: string): Promise<void> {
    const { state } = this.#ports.streams.load(checkoutId);
    const position = recover(state, this.#ports.now(), this.#steps);
    if (position === null || state.phase === 'none' || this.#sagas.has(checkoutId)) return;
    const payment = 'payment' in state ? state.payment : null;
    const isExpiry = position.direction === 'backward' && position.failure.code === 'checkout-expired';
    await this.#run({ checkoutId, details: state.details, payment }, position, isExpiry ? 'expired' : 'failed');
  }

  /** What an alarm does for each stream whose time has come. */
  async wake(checkoutIds: readonly string[]): Promise<void> {
    const paid = checkoutIds.flatMap((checkoutId) => {
      const { state } = this.#ports.streams.load(checkoutId);
      return state.phase === 'paid' && !state.isCartCompleted ? [{ cartId: state.details.cartId, checkoutId }] : [];
    });
    const others = checkoutIds.filter((checkoutId) => !paid.some((one) => one.checkoutId === checkoutId));
    await Promise.all([this.#completeCarts(paid), ...others.map((checkoutId) => this.#wakeOne(checkoutId))]);
  }

  async #wakeOne(checkoutId: string): Promise<void> {
    await this.resume(checkoutId);
    const { state } = this.#ports.streams.load(checkoutId);
    // A saga that is running here will record its own next wake-up; a state that wants none must not wake again.
    if (orderWakeAt(state) === null) this.#ports.streams.storage.setWake(checkoutId, null);
  }

  async #completeCarts(carts: readonly { readonly cartId: string; readonly checkoutId: string }[]): Promise<void> {
    if (carts.length === 0) return;
    const now = this.#ports.now();
    try {
      await this.#ports.cart.complete(carts, now);
      for (const { checkoutId } of carts)
        this.#ports.streams.append(checkoutId, [{ type: 'cart-completed', at: now }], now);
    } catch (error) {
      this.#ports.report('carts of paid orders could not be completed', error);
    }
  }

  /** The same key gets the same answer: from storage, or from the request that is still running. */
  async #once({ idempotency, requestId }: Asked, work: () => Promise<CheckoutAnswer>): Promise<CheckoutAnswer> {
    const { key, fingerprint } = idempotency;
    const kept = this.#kept({ idempotency, requestId });
    if (kept !== null) return kept;
    const running = this.#byKey.get(key);
    if (running !== undefined) {
      if (running.fingerprint !== fingerprint) return problemAnswer({ code: 'idempotency-key-reused', requestId });
      const inProgress = this.#ports
        .sleep(joinMs)
        .then(() => problemAnswer({ code: 'request-in-progress', requestId }));
      const joined = running.answer.then((answer) => ({ ...answer, isReplayed: true }));
      return Promise.race([joined, inProgress]);
    }
    const answer = work().finally(() => this.#byKey.delete(key));
    this.#byKey.set(key, { fingerprint, answer });
    return answer;
  }

  /** The final answer that was given under a key; null while there is none. */
  #kept({ idempotency, requestId }: Asked): CheckoutAnswer | null {
    const kept = this.#ports.streams.storage.answer(idempotency.key);
    if (kept === null) return null;
    return kept.fingerprint === idempotency.fingerprint
      ? { status: kept.status, body: kept.body, isReplayed: true }
      : problemAnswer({ code: 'idempotency-key-reused', requestId });
  }

  async #startOne(request: StartRequest): Promise<CheckoutAnswer> {
    // Two requests for one cart go one after the other, so the second finds what the first has made.
    let hasWaited = false;
    for (let other = this.#byCart.get(request.cartId); other !== undefined; other = this.#byCart.get(request.cartId)) {
      hasWaited = true;
      await other;
    }
    const kept = hasWaited ? this.#kept(request) : null;
    if (kept !== null) return kept;
    const work = this.#startAlone(request);
    // An answer may be given before its saga is over; the cart is free only then, or one checkout would run twice at once.
    const settled = work.then(
      () => this.#sagas.get(request.checkoutId),
      () => this.#sagas.get(request.checkoutId),
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
    const { cart, now } = this.#ports;
    const { checkoutId } = request;
    if (this.#isBarred(checkoutId))
      return this.#refuse(
        { code: 'checkout-expired', detail: 'This checkout has ended; start a new one with a new key.' },
        request,
      );
    // A first try under this key began it, and perhaps ended it, so that the cart does not name it any more.
    if (this.read(checkoutId) !== null) return this.#answerExisting(checkoutId, request);
    let snapshot = await cart.read(request.cartId, now());
    if (snapshot?.checkoutId && this.read(snapshot.checkoutId) !== null)
      return this.#answerExisting(snapshot.checkoutId, request);
    if (snapshot?.checkoutId) snapshot = await this.#cleanUp(snapshot, snapshot.checkoutId, checkoutId);
    if (snapshot === null)
      return problemAnswer({
        code: 'not-found',
        detail: 'There is no such cart; it may have expired.',
        requestId: request.requestId,
      });

    const agreed = await agree(snapshot, request.expectedTotal, this.#ports, now());
    if (!agreed.ok) return this.#refuse(agreed.refusal, request);
    const { lines, quote } = agreed.value;
    const { cartId, version: cartVersion, email, shippingAddress, billingAddress, note, attributes } = snapshot;
    const createdAt = now();
    const details: CheckoutDetails = {
      checkoutId,
      cartId,
      cartVersion,
      email,
      shippingAddress,
      billingAddress,
      note,
      attributes,
      lines,
      quote,
      holdUntil: createdAt + this.#ports.holdMs,
      createdAt,
    };
    if (request.payment === null) return this.#open(details, request);
    const context = { checkoutId, details, payment: request.payment };
    return this.#runAndAnswer(context, { direction: 'forward', index: 0, isResolving: false }, 'failed', request, 201);
  }

  /** Holds the goods and the cart, and leaves the payment for later. */
  async #open(details: CheckoutDetails, request: StartRequest): Promise<CheckoutAnswer> {
    const { checkoutId } = details;
    const context = { checkoutId, details, payment: null };
    const steps = this.#steps.filter((step) => step === 'hold' || step === 'freeze');
    const end = await runSaga(
      {
        context,
        start: { direction: 'forward', index: 0, isResolving: false },
        endsAs: 'failed',
        attempts: 0,
        onAbandon: () => this.#bar(checkoutId),
      },
      { ...this.#ports, effects: this.#effects, steps },
    );
    if (end.kind === 'failed') return this.#refuse(end.failure, request);
    this.#ports.streams.append(
      checkoutId,
      [{ type: 'checkout-opened', details, at: this.#ports.now() }],
      this.#ports.now(),
      request.traceparent,
    );
    return this.#keep(this.#view(checkoutId, 201), request);
  }

  /** The cart is in a checkout already: that one is the answer, and a payment completes it. */
  async #answerExisting(checkoutId: string, request: StartRequest): Promise<CheckoutAnswer> {
    const phase = this.read(checkoutId)?.order.phase;
    if (phase === 'failed' || phase === 'expired' || phase === 'canceled')
      return this.#keep(this.#view(checkoutId, 200), request);
    if (request.payment !== null) return this.#complete(checkoutId, request.payment, request, 200);
    return this.#view(checkoutId, 200);
  }

  /**
   * A crash left a frozen cart and perhaps holds, but no record: they are given back before the cart is checked out anew. A
   * retry of the same request goes on with its holds, and thaws the cart all the same: it may be refused this time.
   */
  async #cleanUp(snapshot: CartSnapshot, checkoutId: string, retryOf: string): Promise<CartSnapshot | null> {
    const { cart, inventory, now } = this.#ports;
    if (checkoutId !== retryOf) {
      this.#bar(checkoutId);
      const stockUnitIds = [
        ...new Set(snapshot.lines.flatMap(({ variant }) => variant.stockNeeds.map((need) => need.stockUnitId))),
      ].sort();
      await inventory.undoHolds({ key: checkoutId, stockUnitIds, now: now() });
    }
    await cart.thaw({ cartId: snapshot.cartId, checkoutId, now: now() });
    return cart.read(snapshot.cartId, now());
  }

  async #complete(
    checkoutId: string,
    payment: PaymentChoice,
    asked: Asked,
    status: 200 | 201,
  ): Promise<CheckoutAnswer> {
    const found = this.read(checkoutId);
    if (found === null) return problemAnswer({ code: 'not-found', requestId: asked.requestId });
    const { order } = found;
    const running = this.#sagas.get(checkoutId);
    if (running !== undefined) {
      await this.#patiently(running);
      return this.#payAnswer(checkoutId, asked, status);
    }
    switch (order.phase) {
      case 'open': {
        if (this.#ports.now() >= order.details.holdUntil) {
          await this.resume(checkoutId);
          return this.#refuse(
            { code: 'checkout-expired', detail: 'The time to pay was over; the cart is yours again.', checkoutId },
            asked,
          );
        }
        const start: Position = { direction: 'forward', index: this.#steps.indexOf('begin'), isResolving: false };
        return this.#runAndAnswer({ checkoutId, details: order.details, payment }, start, 'failed', asked, status);
      }
      case 'paying':
      case 'placed':
      case 'undoing':
        await this.#patiently(this.resume(checkoutId));
        return this.#payAnswer(checkoutId, asked, status);
      case 'paid':
        return this.#payAnswer(checkoutId, asked, status);
      default:
        return this.#refuseEnded(checkoutId, order.phase, asked);
    }
  }

  /** What a wish to pay is answered when the saga that it started or joined stands still. */
  #payAnswer(checkoutId: string, asked: Asked, status: 200 | 201): CheckoutAnswer {
    const phase = this.read(checkoutId)?.order.phase;
    if (phase === 'canceled') return this.#refuseEnded(checkoutId, phase, asked);
    // Nothing was recorded and nothing is owed, so this is no "yes" of any kind.
    if (phase === 'open')
      return problemAnswer({ code: 'unavailable', detail: 'The payment has not begun; try again with the same key.' });
    return this.#keep(this.#view(checkoutId, status), asked);
  }

  #refuseEnded(checkoutId: string, phase: EndPhase, asked: Asked): CheckoutAnswer {
    const detail = `The checkout has ${phase}; start a new one.`;
    return this.#refuse({ code: 'checkout-state', detail, checkoutId, checkoutStatus: phase }, asked);
  }

  async #cancel(request: CancelRequest): Promise<CheckoutAnswer> {
    const { checkoutId } = request;
    const found = this.read(checkoutId);
    if (found === null) return problemAnswer({ code: 'not-found', requestId: request.requestId });
    const { order } = found;
    if (order.phase === 'canceled') return this.#view(checkoutId, 200);
    const isWaiting = order.phase === 'open' || (order.phase === 'paying' && order.actionUrl !== null);
    if (!isWaiting || this.#sagas.has(checkoutId)) {
      return this.#refuse(
        {
          code: 'checkout-state',
          detail: `The checkout is ${order.phase} and cannot be canceled.`,
          checkoutId,
          checkoutStatus: order.phase,
        },
        request,
      );
    }
    const failure = { code: 'checkout-state', detail: 'Canceled by the shopper.' };
    const payment = order.phase === 'open' ? null : order.payment;
    const index = this.#steps.indexOf(order.phase === 'open' ? 'freeze' : 'authorize');
    await this.#patiently(
      this.#run(
        { checkoutId, details: order.details, payment },
        { direction: 'backward', index, failure },
        'canceled',
        request.traceparent,
      ),
    );
    return this.#keep(this.#view(checkoutId, 200), request);
  }

  /** Runs a saga to its end; its answer is kept in the commit that ends the stream. */
  async #runAndAnswer(
    context: SagaContext,
    start: Position,
    endsAs: EndPhase,
    asked: Asked,
    status: 200 | 201,
  ): Promise<CheckoutAnswer> {
    const { checkoutId } = context;
    let answer: CheckoutAnswer | null = null;
    const onEnd = (end: SagaEnd) => {
      const ended =
        end.kind === 'failed'
          ? problemAnswer({
              ...end.failure,
              checkoutId: this.read(checkoutId) === null ? null : checkoutId,
              requestId: asked.requestId,
            })
          : this.#view(checkoutId, status);
      answer = this.#keep(ended, asked);
    };
    await this.#patiently(this.#run(context, start, endsAs, asked.traceparent, onEnd));
    return answer ?? this.#payAnswer(checkoutId, asked, status);
  }

  async #run(
    context: SagaContext,
    start: Position,
    endsAs: EndPhase,
    traceparent?: string,
    onEnd?: (end: SagaEnd) => void,
  ): Promise<SagaEnd> {
    const { checkoutId } = context;
    const attempts = this.#attempts.get(checkoutId) ?? 0;
    const saga = runSaga(
      {
        context,
        start,
        endsAs,
        attempts,
        traceparent,
        onAbandon: () => this.#bar(checkoutId),
        ...(onEnd === undefined ? {} : { onEnd }),
      },
      { streams: this.#ports.streams, effects: this.#effects, now: this.#ports.now, steps: this.#steps },
    ).finally(() => this.#sagas.delete(checkoutId));
    this.#sagas.set(checkoutId, saga);
    const end = await saga;
    if (end.kind === 'later') this.#attempts.set(checkoutId, attempts + 1);
    else this.#attempts.delete(checkoutId);
    return end;
  }

  /**
   * What undoes a checkout that left no record may arrive late, long after a retry under the same id has held and paid. So
   * such an id is given up for good, before the first undo is sent.
   */
  #bar(checkoutId: string): void {
    const expiresAt = this.#ports.now() + idempotencyTtlMs;
    this.#ports.streams.storage.saveAnswer({
      key: barKeyOf(checkoutId),
      fingerprint: '',
      status: 0,
      body: '',
      expiresAt,
    });
  }

  #isBarred(checkoutId: string): boolean {
    return this.#ports.streams.storage.answer(barKeyOf(checkoutId)) !== null;
  }

  /** Waits as long as a shopper does; the work goes on without the wait. */
  async #patiently(work: Promise<unknown>): Promise<void> {
    await Promise.race([work, this.#ports.sleep(answerMs)]);
  }

  #view(checkoutId: string, status: 200 | 201): CheckoutAnswer {
    const found = this.read(checkoutId);
    if (found === null)
      return problemAnswer({ code: 'unavailable', detail: 'The checkout has not begun; try again with the same key.' });
    const { order, version } = found;
    const view = checkoutView(order, version, this.#ports.accessTokenOf(orderIdOf(checkoutId)));
    if (order.phase === 'failed' || order.phase === 'expired') return problemAnswer({ ...order.failure, checkoutId });
    return { status: view.status === 'processing' ? 202 : status, body: JSON.stringify(view), isReplayed: false };
  }

  #refuse(failure: Failure, { idempotency, requestId }: Asked): CheckoutAnswer {
    return this.#keep(problemAnswer({ ...failure, requestId }), { idempotency });
  }

  /** Keeps an answer that is final. What is still processing, or was our own failure, may be asked for again. */
  #keep(answer: CheckoutAnswer, { idempotency }: Pick<Asked, 'idempotency'>): CheckoutAnswer {
    if (answer.status === 202 || answer.status >= 500) return answer;
    const { status, body } = answer;
    this.#ports.streams.storage.saveAnswer({
      ...idempotency,
      status,
      body,
      expiresAt: this.#ports.now() + idempotencyTtlMs,
    });
    return answer;
  }
}

/** Keys of requests are hashes, so none is ever like this. */
const barKeyOf = (checkoutId: string) => `barred:${checkoutId}`;

function problemAnswer({ code, ...facts }: Failure): CheckoutAnswer {
  return { ...problemDocument(problemCodeOf({ code }), facts), isReplayed: false };
}
