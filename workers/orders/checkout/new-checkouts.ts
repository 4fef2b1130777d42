/**
 * New checkouts: one at a time per cart. The cart says whether it is in a checkout already; one that a crash left without a
 * record is given up. A request whose checkout was given up begins anew under another id.
 */

import { unpack } from '../../../shared/values/packed.ts';
import { type CheckoutDetails, orderIdOf, type StartedCheckout } from '../domain/checkout/checkout.ts';
import { type Payment, type PaymentChoice, paymentAfter } from '../domain/checkout/payments.ts';
import { type CheckoutPlan, preparationOf, type StepName } from '../domain/checkout/plan.ts';
import { fromTheStart, type Position } from '../domain/plan.ts';
import type { OrderRefusal } from '../domain/refusal.ts';
import { declineCountOf, tooManyDeclines } from '../service/cart-declines.ts';
import { attempt, done } from '../service/outcomes.ts';
import { type CheckoutAnswer, problemAnswer, type StartRequest } from '../service/requests.ts';
import { endOf } from '../service/waits.ts';
import { allowancesOfCart } from './agree.ts';
import { bar, freeIdFrom } from './barred-ids.ts';
import type { CheckoutAnswers } from './checkout-answers.ts';
import { type CheckoutContext, type CheckoutWish, detailsIn, newContext, unitsOf } from './checkout-context.ts';
import { joinedBy } from './joined-checkouts.ts';
import type { RunningSagas } from './running-sagas.ts';
import type { SagaPorts } from './saga.ts';
import type { CheckoutNeighbors } from './steps.ts';

/** How long new checkouts hold their goods, and when their money is taken. */
export interface CheckoutTerms {
  readonly holdMs: number;
  /** Whether the money of new orders is taken at once, or when their goods ship. */
  readonly captureMode: CheckoutDetails['captureMode'];
}

/** The payment that a request sent for one checkout, as another one can use it. */
export type NewCheckoutPayment = (payment: PaymentChoice, fromId: string, toId: string) => Promise<PaymentChoice>;

interface Ports extends CheckoutNeighbors, CheckoutTerms, SagaPorts {
  readonly plan: CheckoutPlan;
  readonly sagas: RunningSagas;
  readonly answers: CheckoutAnswers;
  /** The id of a request's next try, made from that of the one before. */
  readonly idAfter: (checkoutId: string) => string;
  readonly paymentFor: NewCheckoutPayment;
  /** Answers with a checkout that the cart, or an earlier try, is already in. */
  readonly answerExisting: (checkoutId: string, request: StartRequest) => Promise<CheckoutAnswer>;
}

/** How a freeze went: the cart is in a checkout that is known, or what comes next. */
type FirstStep =
  | { readonly kind: 'taken'; readonly checkoutId: string }
  | { readonly kind: 'refused'; readonly failure: OrderRefusal }
  | { readonly kind: 'begun'; readonly context: CheckoutContext; readonly position: Position<StepName> };

const silentCart = { code: 'unavailable', detail: 'The cart does not answer.' } as const;
const noCart = { code: 'not-found', detail: 'There is no such cart; it may have expired.' } as const;
/** A checkout that another request left behind is given up on the way to a free cart, and perhaps one that nobody paid in time. */
const freezesMax = 3;

export class NewCheckouts {
  readonly #ports: Ports;
  readonly #byCart = new Map<string, Promise<unknown>>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  async start(request: StartRequest): Promise<CheckoutAnswer> {
    // Two requests for one cart go one after the other, so the second finds what the first has made.
    let hasWaited = false;
    for (let other = this.#byCart.get(request.cartId); other !== undefined; other = this.#byCart.get(request.cartId)) {
      hasWaited = true;
      await other;
    }
    const kept = hasWaited ? this.#ports.answers.kept.find(request) : null;
    if (kept !== null) return kept;
    const { sagas } = this.#ports;
    let checkoutId = request.checkoutId;
    const work = this.#startAlone(request, (id) => {
      checkoutId = id;
    });
    // An answer may be given before its saga is over; the cart is free only then, or one checkout would run twice at once.
    const free = endOf(endOf(work).then(() => sagas.find(checkoutId)));
    this.#byCart.set(request.cartId, free);
    free.finally(() => this.#byCart.delete(request.cartId));
    return work;
  }

  async #startAlone(request: StartRequest, onBegun: (checkoutId: string) => void): Promise<CheckoutAnswer> {
    const { requestId } = request;
    const { answers, answerExisting, streams } = this.#ports;
    const knownId = joinedBy(request.idempotency.key, streams.storage) ?? this.#freeIdOf(request);
    // A first try under this key began it, and perhaps ended it, so that the cart does not name it any more.
    if (answers.read(knownId) !== null) return answerExisting(knownId, request);
    const wait = tooManyDeclines(request.payment, { ...request, storage: streams.storage, now: this.#ports.now() });
    if (wait !== null) return wait;
    const first = await this.#freeze(request);
    if (first.kind === 'taken') return answerExisting(first.checkoutId, request);
    if (first.kind === 'refused')
      return first.failure.code === 'not-found'
        ? problemAnswer({ ...noCart, requestId })
        : answers.refuse(first.failure, request);
    const { context, position } = first;
    onBegun(context.checkoutId);
    return request.payment === null
      ? this.#open(context, position, request)
      : answers.run(context, position, request, 201);
  }

  /** The first step of a new checkout, which also finds the checkout that the cart is already in. */
  async #freeze(request: StartRequest): Promise<FirstStep> {
    for (let attempt = 1; ; attempt += 1) {
      const checkoutId = this.#freeIdOf(request);
      const payment = await this.#firstPayment(request, checkoutId);
      const context = newContext(checkoutId, payment, this.#wishOf(request));
      const outcome = await this.#ports.steps.freeze.run(context, this.#ports.now());
      const failure = outcome.kind === 'refused' ? outcome.failure : null;
      const other = typeof failure?.checkoutId === 'string' ? failure.checkoutId : null;
      const known = other === null ? undefined : this.#ports.answers.read(other)?.checkout;
      if (other !== null && known !== undefined) {
        if (!this.#isOver(known)) return { kind: 'taken', checkoutId: other };
        if (attempt >= freezesMax) return { kind: 'refused', failure: silentCart };
        // It ends now, and this one begins with holds of its own.
        await (this.#ports.sagas.find(other) ?? this.#ports.sagas.resume(other));
        await this.#thawLate(request.cartId, other);
        continue;
      }
      if (outcome.kind === 'done' && attempt < freezesMax && (await this.#standsInItsOwnWay(context))) {
        await this.#giveUp(request.cartId, checkoutId);
        continue;
      }
      if (outcome.kind === 'done') return { kind: 'begun', context, position: { ...fromTheStart, index: 1 } };
      if (failure === null) {
        return { kind: 'begun', context, position: { direction: 'backward', index: 0, failure: silentCart } };
      }
      if (other === null || failure.code !== 'cart-frozen' || attempt >= freezesMax)
        return { kind: 'refused', failure };
      // A crash left a frozen cart and perhaps holds, but no record.
      await this.#giveUp(request.cartId, other);
    }
  }

  /**
   * Whether a try that a crash cut off may hold codes, cards or credit: this one would be quoted a total without them. Of goods
   * it meets the holds.
   */
  async #standsInItsOwnWay({ cart, wish }: CheckoutContext): Promise<boolean> {
    const { pricing, now } = this.#ports;
    if (cart === null || cart.updatedAt === wish?.createdAt) return false;
    if (cart.discountCodes.length > 0 || cart.giftCards.length > 0 || cart.storeCredit !== null) return true;
    return allowancesOfCart(cart, pricing, now()).then(
      (names) => names.length > 0,
      () => true,
    );
  }

  /** A freeze that was long under way can reach the cart after its checkout has ended, and given the cart back. */
  async #thawLate(cartId: string, checkoutId: string): Promise<void> {
    const { answers, cart, now } = this.#ports;
    const phase = answers.read(checkoutId)?.checkout.phase ?? '';
    if (['failed', 'expired', 'canceled'].includes(phase)) await cart.thaw({ cartId, checkoutId, now: now() });
  }

  /** Nobody has paid it in time, or it is being given back. */
  #isOver(checkout: StartedCheckout): boolean {
    if (checkout.phase === 'open') return this.#ports.now() >= checkout.details.holdUntil;
    return ['undoing', 'failed', 'expired', 'canceled'].includes(checkout.phase);
  }

  async #firstPayment(
    { payment, checkoutId: fromId, idempotency }: StartRequest,
    checkoutId: string,
  ): Promise<Payment | null> {
    if (payment === null) return null;
    const choice = await this.#ports.paymentFor(payment, fromId, checkoutId);
    return paymentAfter([], choice, { orderId: orderIdOf(checkoutId), askedBy: idempotency.key });
  }

  /** The first of a request's ids that was not given up. */
  #freeIdOf({ checkoutId }: StartRequest): string {
    return freeIdFrom(checkoutId, this.#ports.idAfter, this.#ports.streams.storage);
  }

  #wishOf({ cartId, expectedTotal, expectedDue }: StartRequest): CheckoutWish {
    const { holdMs, captureMode } = this.#ports;
    const createdAt = this.#ports.now();
    const declinedBefore = declineCountOf(this.#ports.streams.storage, cartId, createdAt);
    return {
      cartId,
      expectedTotal,
      expectedDue,
      createdAt,
      holdUntil: createdAt + holdMs,
      captureMode,
      declinedBefore,
    };
  }

  /** Holds the goods and the cart, and leaves the payment for later. */
  async #open(context: CheckoutContext, position: Position<StepName>, request: StartRequest): Promise<CheckoutAnswer> {
    const { checkoutId } = context;
    const { streams, sagas, answers, now } = this.#ports;
    const plan = preparationOf(this.#ports.plan);
    const end = await sagas.run({ context, position, endsAs: 'failed' }, plan);
    if (end.kind === 'failed') return answers.refuse(end.failure, request);
    const opened = { type: 'checkout-opened', details: detailsIn(context), at: now() } as const;
    streams.append(checkoutId, [opened], now(), request.traceparent);
    return answers.keepView(checkoutId, 201, request);
  }

  /** Gives back what a checkout that left no record has, and the cart to the shopper. Its id is never used again. */
  async #giveUp(cartId: string, checkoutId: string): Promise<void> {
    const { cart, inventory, pricing, allowances, streams, now } = this.#ports;
    const frozen = unpack(await cart.read(cartId, now()));
    if (frozen?.checkoutId !== checkoutId) return;
    bar(streams.storage, checkoutId, now());
    await inventory.undoHolds({ key: checkoutId, stockUnitIds: unitsOf(frozen), now: now() });
    // Allowances that it held and that cannot be found any more expire by themselves.
    await attempt(async () => {
      const names = await allowancesOfCart(frozen, pricing, now());
      if (names.length > 0) await allowances.releaseAllowances({ key: checkoutId, allowances: names, now: now() });
      return done;
    });
    await cart.thaw({ cartId, checkoutId, now: now() });
  }
}
