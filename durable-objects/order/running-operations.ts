/**
 * Carries out the operation that an order has recorded: runs its effects, records that it turned or ended, and after a crash
 * goes on from the record. It knows no platform. One runs per order at a time; the caller sees to that.
 */
import { assert } from '../../shared/values/result.ts';
import { hourMs, secondMs } from '../../shared/values/time.ts';
import { endedWell } from '../../workers/orders/domain/life/deeds.ts';
import type { Life } from '../../workers/orders/domain/life/life.ts';
import { operationTraits } from '../../workers/orders/domain/life/operation.ts';
import {
  type Failure,
  lifeOf,
  type Order,
  type OrderStreamEvent,
  orderIdOf,
} from '../../workers/orders/domain/order.ts';
import { beginSaga, fromTheStart, nextOfSaga, type Position } from '../../workers/orders/domain/saga-plan.ts';
import type { Streams } from '../streams.ts';
import type { OperationNeighbors } from './neighbors.ts';
import { type OperationContext, refundOutcome, runEffect, undoEffect } from './operation-effects.ts';
import { attempt } from './outcomes.ts';

export interface OperationPorts extends OperationNeighbors {
  readonly streams: Streams<Order, OrderStreamEvent>;
  readonly now: () => number;
  readonly report: (message: string, error: unknown) => void;
}

type Running = NonNullable<Life['running']>;

/** Called in the very commit that ends an operation, so that the caller's answer is kept with it. */
export type OnEnd = (checkoutId: string, operation: Running, failure: Failure | null) => void;

export interface OperationEnd {
  readonly operation: Running;
  readonly failure: Failure | null;
}

const retryDelayMsMax = 60 * secondMs;
/** How often a provider is asked what became of a refund that it has taken on. */
const askAgainMs = 6 * hourMs;

export class RunningOperations {
  readonly #ports: OperationPorts;
  readonly #onEnd: OnEnd;
  /** Tries so far of operations that stand still, to space out the next. */
  readonly #attempts = new Map<string, number>();

  constructor(ports: OperationPorts, onEnd: OnEnd) {
    this.#ports = ports;
    this.#onEnd = onEnd;
  }

  /** Runs what is recorded, and what follows it, until nothing is under way or somebody does not answer. */
  async run(checkoutId: string, traceparent?: string): Promise<readonly OperationEnd[]> {
    const ends: OperationEnd[] = [];
    for (let context = this.#contextOf(checkoutId); context?.life.running; context = this.#contextOf(checkoutId)) {
      const end = await this.#runOne(context, context.life.running, traceparent);
      if (end === null) {
        const attempts = this.#attempts.get(checkoutId) ?? 0;
        this.#attempts.set(checkoutId, attempts + 1);
        this.#ports.streams.postpone(
          checkoutId,
          this.#ports.now() + Math.min(secondMs * 2 ** attempts, retryDelayMsMax),
        );
        return ends;
      }
      this.#attempts.delete(checkoutId);
      ends.push(end);
    }
    return ends;
  }

  /** Asks what became of refunds that a provider has taken on. */
  async settleRefunds(checkoutId: string): Promise<void> {
    const { streams, payments, now } = this.#ports;
    const context = this.#contextOf(checkoutId);
    if (context === null) return;
    const { payment, life } = context;
    const { currency } = life.quote;
    for (const { id: refundId, key, amountMinor } of life.refunds.filter(({ isPending }) => isPending)) {
      const request = { paymentKey: orderIdOf(checkoutId), provider: payment.provider, refundKey: key, now: now() };
      const outcome = await attempt(async () =>
        refundOutcome(await payments.refund({ ...request, amountMinor, currency }), currency),
      );
      const isOpen = outcome.kind === 'unknown' || 'isRefundPending' in outcome;
      if (isOpen) streams.postpone(checkoutId, now() + askAgainMs);
      else {
        const isDeclined = outcome.kind === 'refused';
        streams.append(checkoutId, [{ type: 'refund-settled', refundId, isDeclined, at: now() }], now());
      }
    }
  }

  #contextOf(checkoutId: string): OperationContext | null {
    const { state } = this.#ports.streams.load(checkoutId);
    const life = lifeOf(state);
    return life === null || state.phase !== 'paid' ? null : { checkoutId, payment: state.payment, life };
  }

  /** Null when it stands still, because somebody does not answer. */
  async #runOne(
    context: OperationContext,
    operation: Running,
    traceparent: string | undefined,
  ): Promise<OperationEnd | null> {
    const { streams, now, report } = this.#ports;
    const { checkoutId, life } = context;
    const { effects } = operation;
    const steps = effects.map((effect) => effect.do);
    const record = (event: OrderStreamEvent) => void streams.append(checkoutId, [event], now(), traceparent);
    const start: Position =
      operation.failure === null
        ? fromTheStart
        : { direction: 'backward', index: steps.length - 1, failure: operation.failure };
    let isTurned = operation.failure !== null;
    let isRefundPending = false;
    let action = beginSaga(start, steps);
    for (;;) {
      switch (action.do) {
        case 'completed':
          record(endedWell(life, now(), isRefundPending));
          this.#onEnd(checkoutId, operation, null);
          return { operation, failure: null };
        case 'undone':
          record({ type: 'operation-ended', failure: action.failure, deed: null, at: now() });
          this.#onEnd(checkoutId, operation, action.failure);
          return { operation, failure: action.failure };
        case 'run': {
          const { position } = action;
          const effect = effects[position.index];
          assert(effect !== undefined, 'a step has its effect');
          const outcome = await runEffect(effect, context, this.#ports, now());
          if ('isRefundPending' in outcome) isRefundPending = true;
          action = nextOfSaga(position, outcome, steps, operationTraits);
          break;
        }
        case 'undo': {
          const { position } = action;
          const effect = effects[position.index];
          assert(effect !== undefined && position.direction === 'backward', 'an undo goes backward');
          if (!isTurned) record({ type: 'operation-turned', failure: position.failure, at: now() });
          isTurned = true;
          action = nextOfSaga(position, await undoEffect(effect, this.#ports, now()), steps, operationTraits);
          break;
        }
        case 'retry-later':
          report(`operation ${operation.id} of ${checkoutId} stands still`, action.why);
          return null;
        default:
          throw new Error(`Operations never ${action.do}`);
      }
    }
  }
}
