/**
 * Carries out the operation that an order has recorded: runs its effects, records that it turned or ended, and after a crash
 * goes on from the record. It knows no platform. One runs per order at a time; the caller sees to that.
 */

import type { RefundsApi } from '../../../shared/contracts/payments/api.ts';
import type { Streams } from '../../../shared/streams/streams.ts';
import { BoundedMap, megabyte } from '../../../shared/values/bounded-map.ts';
import { backoffMs, hourMs, secondMs } from '../../../shared/values/time.ts';
import { type Checkout, type OrderStreamEvent, orderOf } from '../domain/checkout/checkout.ts';
import { endedBadly, endedWell } from '../domain/order/deeds.ts';
import { isSameElsewhere } from '../domain/order/observed.ts';
import type { Effect, Refund } from '../domain/order/operation.ts';
import type { Order } from '../domain/order/order.ts';
import { authorizedBy, elsewhereOf, providerMinorOf } from '../domain/order/sources.ts';
import { fromTheStart, type Position } from '../domain/plan.ts';
import type { OrderRefusal } from '../domain/refusal.ts';
import { NeighborSilent, type OperationNeighbors } from '../service/neighbors.ts';
import { attempt } from '../service/outcomes.ts';
import { runPlan } from '../service/run-plan.ts';
import { type OperationContext, refundOutcome, runEffect, traitsOf, undoEffect } from './effects.ts';

export interface OperationPorts extends OperationNeighbors {
  readonly streams: Streams<Checkout, OrderStreamEvent>;
  /** What the provider's payment adds up to. Absent where only the shop moves its money. */
  readonly ledger: Pick<RefundsApi, 'balances'>;
  readonly now: () => number;
  readonly report: (message: string, error: unknown) => void;
}

type Running = NonNullable<Order['running']>;

/** Called in the very commit that ends an operation, so that the caller's answer is kept with it. */
type OnEnd = (checkoutId: string, operation: Running, failure: OrderRefusal | null) => void;

interface OperationEnd {
  readonly operation: Running;
  readonly failure: OrderRefusal | null;
}

const retryDelayMsMax = 60 * secondMs;
/** How often a provider is asked what became of a refund that it has taken on. */
const askAgainMs = 6 * hourMs;

export class RunningOperations {
  readonly #ports: OperationPorts;
  readonly #onEnd: OnEnd;
  /** Tries of what stands still, to space out the next. One that is forgotten is tried sooner. */
  readonly #attempts = new BoundedMap<string, number>(megabyte);

  constructor(ports: OperationPorts, onEnd: OnEnd) {
    this.#ports = ports;
    this.#onEnd = onEnd;
  }

  /** Runs what is recorded, and what follows it, until nothing is under way or a neighbour does not answer. */
  async run(checkoutId: string, traceparent?: string): Promise<readonly OperationEnd[]> {
    const ends: OperationEnd[] = [];
    for (let context = this.#contextOf(checkoutId); context?.order.running; context = this.#contextOf(checkoutId)) {
      const end = await this.#runOne(context, context.order.running, traceparent);
      if (end === null) {
        const attempts = this.#attempts.get(checkoutId) ?? 0;
        this.#attempts.set(checkoutId, attempts + 1);
        const delayMs = backoffMs(secondMs, attempts, retryDelayMsMax);
        this.#ports.streams.postpone(checkoutId, this.#ports.now() + delayMs);
        return ends;
      }
      this.#attempts.delete(checkoutId);
      ends.push(end);
    }
    return ends;
  }

  /** Asks what became of refunds that a provider has taken on. */
  async settleRefunds(checkoutId: string): Promise<void> {
    await this.#askAbout(checkoutId, ({ isPending }) => isPending);
  }

  /**
   * Takes in what was done at the provider: refunds and disputes that the shop did not ask for, refunds that failed after all, and
   * authorizations that ended. It reads while nothing is under way, so all that is unexplained was done elsewhere, and no news can come too late.
   * False while an operation stands still: then it has to be asked for again.
   */
  async observe(checkoutId: string): Promise<boolean> {
    const { streams, ledger, now } = this.#ports;
    const known = this.#contextOf(checkoutId);
    if (known === null || known.payment.provider === 'manual') return true;
    if (known.order.running !== null) return false;
    const balances = await ledger.balances(known.payment.key).catch((error: unknown) => {
      throw new NeighborSilent(error instanceof Error ? error.message : String(error));
    });
    if (balances === null) return true;
    const { refundedMinor } = elsewhereOf(known.order, balances);
    // The provider has given back less than was said: a refund of ours may have failed, and is asked for by its name.
    if (refundedMinor < known.order.elsewhere.refundedMinor)
      await this.#askAbout(checkoutId, (refund) => !refund.isPending && providerMinorOf(refund) > 0);
    const { order } = this.#contextOf(checkoutId) ?? known;
    const elsewhere = elsewhereOf(order, balances);
    const authorizedMinor = authorizedBy(order, balances);
    const ended = authorizedMinor === order.authorizedMinor ? {} : { authorizedMinor };
    if (!isSameElsewhere(elsewhere, order.elsewhere) || 'authorizedMinor' in ended)
      streams.append(checkoutId, [{ type: 'payment-observed', elsewhere, ...ended, at: now() }], now());
    return true;
  }

  /** Repeats refunds under their keys, which moves nothing and tells how they ended. */
  async #askAbout(checkoutId: string, isAsked: (refund: Refund) => boolean): Promise<void> {
    const { streams, payments, now } = this.#ports;
    const context = this.#contextOf(checkoutId);
    if (context === null) return;
    const { payment, order } = context;
    const { state } = streams.load(checkoutId);
    const isCartCompleted = state.phase === 'completed' && state.isCartCompleted;
    const { currency } = order.quote;
    for (const refund of order.refunds.filter(isAsked)) {
      const { id: refundId, key } = refund;
      const amountMinor = providerMinorOf(refund);
      const request = { paymentKey: payment.key, provider: payment.provider, refundKey: key, now: now() };
      const outcome = await attempt(async () =>
        refundOutcome(await payments.refund({ ...request, amountMinor, currency }), currency),
      );
      const isOpen = outcome.kind === 'unknown' || 'isRefundPending' in outcome;
      if (isOpen) {
        // A cart that is not completed yet must not wait as long.
        if (refund.isPending && isCartCompleted) streams.postpone(checkoutId, now() + askAgainMs);
      } else if (refund.isPending || outcome.kind === 'refused') {
        const isDeclined = outcome.kind === 'refused';
        streams.append(checkoutId, [{ type: 'refund-settled', refundId, isDeclined, at: now() }], now());
      }
    }
  }

  #contextOf(checkoutId: string): OperationContext | null {
    const { state } = this.#ports.streams.load(checkoutId);
    const order = orderOf(state);
    if (order === null || state.phase !== 'completed') return null;
    const { payment, details } = state;
    return { checkoutId, allowanceKey: details.allowanceKey, payment, order };
  }

  /** Null when it stands still, because a neighbour does not answer. */
  async #runOne(
    context: OperationContext,
    operation: Running,
    traceparent: string | undefined,
  ): Promise<OperationEnd | null> {
    const { streams, now, report } = this.#ports;
    const { checkoutId, order } = context;
    const { effects } = operation;
    const record = (event: OrderStreamEvent) => void streams.append(checkoutId, [event], now(), traceparent);
    const plan = effects.map((effect) => [effect]);
    const start: Position<Effect> =
      operation.failure === null
        ? { ...fromTheStart, index: operation.doneCount ?? 0 }
        : { direction: 'backward', index: plan.length - 1, failure: operation.failure };
    const callNow = () => ({ context, neighbors: this.#ports, now: now() });
    let isTurned = operation.failure !== null;
    let isRefundPending = operation.doneCount !== undefined;
    const end = await runPlan(plan, start, {
      traitsOf,
      run: async (effect, index) => {
        const outcome = await runEffect(effect, callNow());
        if ('isRefundPending' in outcome) {
          isRefundPending = true;
          const doneCount = index + 1;
          if (doneCount < effects.length) record({ type: 'operation-advanced', doneCount, at: now() });
        }
        return outcome;
      },
      resolve: () => Promise.reject(new Error('Operations are repeated, never resolved')),
      undo: (effect) => undoEffect(effect, callNow()),
      onUndo: (failure) => {
        if (!isTurned) record({ type: 'operation-turned', failure, at: now() });
        isTurned = true;
      },
    });
    switch (end.kind) {
      case 'completed':
        record(endedWell(order, now(), isRefundPending));
        this.#onEnd(checkoutId, operation, null);
        return { operation, failure: null };
      case 'undone':
        record(endedBadly(operation, end.failure, now()));
        this.#onEnd(checkoutId, operation, end.failure);
        return { operation, failure: end.failure };
      case 'later':
        report(`operation ${operation.id} of ${checkoutId} stands still`, end.why);
        return null;
      case 'waiting':
        throw new Error('No effect of an operation waits for a payer');
    }
  }
}
