/**
 * What merchants do with orders after their checkout: one thing at a time per order, the intent recorded before anything
 * happens elsewhere, and the answer kept in the commit that ends it. It knows no platform.
 */
import { accept, noSuch, type Result, refuse } from '../../../shared/values/result.ts';
import { secondMs } from '../../../shared/values/time.ts';
import { orderOf } from '../domain/checkout/checkout.ts';
import { methodOf } from '../domain/checkout/payment-method.ts';
import { balancesOf } from '../domain/order/balances.ts';
import { particularsOf } from '../domain/order/corrections.ts';
import { lostToDispute } from '../domain/order/fulfill.ts';
import type { AskedUnderKey } from '../domain/order/operation.ts';
import { orderWakeAt } from '../domain/order/order.ts';
import { editPreview } from '../domain/order/view.ts';
import type { OrderRefusal } from '../domain/refusal.ts';
import { summaryOf } from '../domain/summary.ts';
import { orderView } from '../domain/view.ts';
import { NeighborSilent, type Readable, readable } from '../service/neighbors.ts';
import type { EditPreviewRequest, OrderCommand, OrderRequest } from '../service/order-commands.ts';
import { RequestAnswers } from '../service/request-answers.ts';
import { type Asked, type CheckoutAnswer, problemAnswer } from '../service/requests.ts';
import { Turns } from '../service/turns.ts';
import type { StartWait } from '../service/waits.ts';
import { decide, type Subject, wrongCurrency } from './decisions.ts';
import { editTokenOf, quoteEdit } from './edit-quotes.ts';
import { placesOf, pointed } from './pointers.ts';
import { type OperationPorts, RunningOperations } from './running-operations.ts';

interface OperationsPorts extends OperationPorts {
  readonly wait: StartWait;
}

/** How long a merchant waits for an answer before it is "processing". Longer than any neighbour's time-out. */
const answerMs = 12 * secondMs;

const busy: OrderRefusal = {
  code: 'operation-in-progress',
  detail: 'Another operation on this order has not come to its end yet.',
};

/** What makes something new is answered with 201, what changes something with 200. */
const changing: readonly string[] = [
  'cancel',
  'decide-return',
  'track',
  'unfulfill',
  'correct',
] satisfies OrderCommand['type'][];
/** These give back all that is left or asked for: first the payment is looked at, for its news may still be on its way. */
const givingBack: readonly string[] = ['cancel', 'refund', 'settle-return'] satisfies OrderCommand['type'][];
const statusOf = (kind: string) => (changing.includes(kind) ? 200 : 201);

export class Operations {
  readonly #ports: OperationsPorts;
  readonly #answers: RequestAnswers;
  readonly #turns: Turns;
  readonly #readable: Readable;
  readonly #operations: RunningOperations;

  constructor(ports: OperationsPorts) {
    this.#ports = ports;
    this.#readable = readable(ports);
    this.#answers = new RequestAnswers(ports);
    this.#turns = new Turns(() => ports.wait(answerMs));
    this.#operations = new RunningOperations(ports, (checkoutId, { kind, asked, isFollowUp, followUp }, failure) => {
      // What follows another one may fail without undoing what was asked for: its end is only the time of the answer.
      const isOver = failure !== null || followUp === null;
      if (asked === null || !isOver) return;
      const isRefused = failure !== null && isFollowUp !== true;
      const answer = isRefused ? problemAnswer(told(asked, failure)) : this.#view(checkoutId, statusOf(kind));
      this.#answers.keep(answer, { idempotency: asked });
    });
  }

  ask(request: OrderRequest): Promise<CheckoutAnswer> {
    const asked = askedOf(request);
    const work = () => this.#askInTurn(request, asked);
    return asked === null ? work() : this.#answers.once(asked, work);
  }

  /** What an edit would cost, and the token that confirms it. */
  async preview(request: EditPreviewRequest): Promise<CheckoutAnswer> {
    const { checkoutId, requestId } = request;
    const subject = this.#subjectOf(checkoutId);
    if (subject === null) return this.#refuseStranger(checkoutId, 'edit', requestId);
    const currency = wrongCurrency(subject.order, request.currencies ?? []);
    if (currency !== null) return problemAnswer({ ...currency, requestId });
    const priced = await orUnavailable(() => quoteEdit(subject, request, this.#readable));
    const places = placesOf({ ...request, type: 'edit' }, subject.numbering.number);
    if (!priced.ok) return problemAnswer({ ...pointed(priced.refusal, places), requestId });
    const token = await editTokenOf(subject, request, priced.value.quote.totalMinor);
    const body = JSON.stringify(editPreview(subject.order, priced.value, subject.numbering, token));
    return { status: 200, body, isReplayed: false };
  }

  /** What an alarm does for each order whose time has come. */
  async wake(checkoutIds: readonly string[]): Promise<void> {
    await Promise.all(
      checkoutIds.map(async (checkoutId) => {
        const { state } = this.#ports.streams.load(checkoutId);
        // Most orders that are woken have only a cart to complete, and nothing else under way.
        const order = state.phase === 'completed' ? state.order : undefined;
        if (order !== undefined && orderWakeAt(order) !== null) await this.resume(checkoutId);
      }),
    );
  }

  /** Goes on with what is under way, and asks about refunds that are on their way. */
  async resume(checkoutId: string): Promise<void> {
    await this.#turns.take(checkoutId, async () => {
      await this.#operations.run(checkoutId);
      // What stands still is tried again soon, and must not wait for refunds that take days.
      const isStill = this.#subjectOf(checkoutId)?.order.running === null;
      if (isStill) await this.#operations.settleRefunds(checkoutId);
    });
  }

  /**
   * News about the payment: goes on with what is under way, and takes in what was done at the provider. It throws when it
   * cannot, so that the news comes again.
   */
  async observePayment(checkoutId: string): Promise<void> {
    await this.resume(checkoutId);
    const turn = await this.#turns.take(checkoutId, () => this.#operations.observe(checkoutId));
    if (turn.kind !== 'done' || !turn.answer)
      throw new Error(`${checkoutId} is busy and cannot look at its payment yet`);
  }

  async #askInTurn(request: OrderRequest, asked: Asked | null): Promise<CheckoutAnswer> {
    const { checkoutId, command, requestId } = request;
    const turn = await this.#turns.take(checkoutId, () => this.#askAlone(request, asked));
    switch (turn.kind) {
      case 'done':
        return turn.answer;
      case 'running':
        // Whatever it is at, it is not done: what has no record yet may still be refused.
        return { ...this.#view(checkoutId, statusOf(command.type)), status: 202 };
      case 'given-up':
        return problemAnswer({ ...busy, requestId });
    }
  }

  async #askAlone(request: OrderRequest, asked: Asked | null): Promise<CheckoutAnswer> {
    const { checkoutId, command, requestId, traceparent } = request;
    // While this request waited, an earlier try under the same key may have been answered.
    const kept = asked === null ? null : this.#answers.find(asked);
    if (kept !== null) return kept;
    const left = this.#subjectOf(checkoutId)?.order.running ?? null;
    if (left !== null) {
      // A crash, or a neighbour that did not answer, left it. It may be the first try of this very request.
      if (left.asked !== null && left.asked.key === asked?.idempotency.key) {
        if (left.asked.fingerprint !== asked.idempotency.fingerprint)
          return problemAnswer({ code: 'idempotency-key-reused', requestId });
        await this.#operations.run(checkoutId, traceparent);
        return this.#answers.find(asked) ?? this.#view(checkoutId, statusOf(command.type));
      }
      await this.#operations.run(checkoutId, traceparent);
    }
    if (request.fault !== undefined) return problemAnswer({ ...request.fault, requestId });
    if (givingBack.includes(command.type)) {
      const observed = await orUnavailable(async () => accept(await this.#operations.observe(checkoutId)));
      if (!observed.ok) return problemAnswer({ ...observed.refusal, requestId });
    }
    if (command.type === 'fulfill') await this.#observeAuthorization(checkoutId);
    const subject = this.#subjectOf(checkoutId);
    if (subject === null) return this.#keep(this.#refuseStranger(checkoutId, command.type, requestId), asked);
    if (subject.order.running !== null) return problemAnswer({ ...busy, requestId });
    const disputed = command.type === 'fulfill' ? lostToDispute(subject.order) : null;
    if (disputed !== null) return this.#keep(problemAnswer({ ...disputed, requestId }), asked);
    const decided = await orUnavailable(() => decide(request, subject, this.#readable));
    const places = placesOf(command, subject.numbering.number);
    if (!decided.ok) return this.#keep(problemAnswer({ ...pointed(decided.refusal, places), requestId }), asked);
    if (decided.value === null) return this.#keep(this.#view(checkoutId, 200), asked);
    const { streams, now } = this.#ports;
    streams.append(checkoutId, [decided.value], now(), traceparent);
    if (decided.value.type !== 'operation-started')
      return this.#keep(this.#view(checkoutId, statusOf(command.type)), asked);
    const ends = await this.#operations.run(checkoutId, traceparent);
    const { id } = decided.value.operation;
    const given = asked === null ? null : this.#answers.find(asked);
    if (given !== null) return { ...given, isReplayed: false };
    const failure = ends.find(({ operation }) => operation.id === id)?.failure ?? null;
    return failure === null
      ? this.#view(checkoutId, statusOf(command.type))
      : problemAnswer({ ...pointed(failure, places), requestId });
  }

  /**
   * Goods that leave for money that is only authorized: it may have ended at the provider, and the news be on their way. While
   * payments do not answer, what is known decides.
   */
  async #observeAuthorization(checkoutId: string): Promise<void> {
    const order = this.#subjectOf(checkoutId)?.order;
    if (order === undefined || balancesOf(order).capturableMinor === 0) return;
    try {
      await this.#operations.observe(checkoutId);
    } catch (error) {
      if (!(error instanceof NeighborSilent)) throw error;
      this.#ports.report(`nobody says whether the authorization of ${checkoutId} is still there`, error);
    }
  }

  #keep(answer: CheckoutAnswer, asked: Asked | null): CheckoutAnswer {
    return asked === null ? answer : this.#answers.keep(answer, asked);
  }

  /** The order as an operation begins with it; null while it is none, or came to nothing. */
  #subjectOf(checkoutId: string): Subject | null {
    const { state } = this.#ports.streams.load(checkoutId);
    const order = orderOf(state);
    if (order === null || state.phase !== 'completed') return null;
    const numbering = { checkoutId, number: order.operationCount + 1, now: this.#ports.now() };
    const { email, vatId, customer = null, captureMode = 'immediate' } = state.details;
    const particulars = particularsOf(state.details, order);
    const { shippingAddress, billingAddress } = particulars;
    const buyer = { email, ...(vatId === undefined ? {} : { vatId }), customer, shippingAddress, billingAddress };
    const paymentMethodId = methodOf(state.payment, state.details.quote)?.id ?? null;
    const known = {
      placedAt: state.placedAt,
      ...buyer,
      bought: state.details,
      agreed: state.details.quote,
      particulars,
    };
    return { order, ...known, captureMode, paymentMethodId, numbering };
  }

  /** An order whose checkout is not over, or came to nothing, takes no operation. */
  #refuseStranger(checkoutId: string, action: string, requestId: string): CheckoutAnswer {
    const { state } = this.#ports.streams.load(checkoutId);
    if (summaryOf(state) === null) return problemAnswer({ ...noSuch('order'), requestId });
    const detail = 'The checkout of this order is not over, or came to nothing.';
    const wrong = { code: 'wrong-state', subject: 'order', state: state.phase, action, allowed: [], detail };
    return problemAnswer({ ...wrong, requestId });
  }

  /** The order as it stands; while something is under way, that is all there is to say. */
  #view(checkoutId: string, status: 200 | 201): CheckoutAnswer {
    const { state, version } = this.#ports.streams.load(checkoutId);
    const view = state.phase === 'none' ? null : orderView(state, version);
    if (view === null) return problemAnswer(noSuch('order'));
    return { status: view.operation === null ? status : 202, body: JSON.stringify(view), isReplayed: false };
  }
}

/** A failure as the request that asked for the operation is told, also when it comes again after a crash. */
function told({ requestId, places }: AskedUnderKey, failure: OrderRefusal): OrderRefusal {
  return { ...pointed(failure, places), requestId };
}

/** A decision for which a neighbour would have to answer, and does not. */
async function orUnavailable<Value>(
  decision: () => Promise<Result<Value, OrderRefusal>>,
): Promise<Result<Value, OrderRefusal>> {
  try {
    return await decision();
  } catch (error) {
    if (error instanceof NeighborSilent) return refuse<OrderRefusal>({ code: 'unavailable', detail: error.message });
    throw error;
  }
}

function askedOf({ idempotency, requestId, traceparent }: OrderRequest): Asked | null {
  return idempotency === null ? null : { idempotency, requestId, traceparent };
}
