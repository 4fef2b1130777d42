/**
 * The sagas that run in one Order object: at most one per checkout. It starts them, resumes those that an alarm finds
 * standing still, and completes the carts of orders that were paid.
 */

import type { CartApi } from '../../../shared/contracts/cart/api.ts';
import { BoundedMap, megabyte } from '../../../shared/values/bounded-map.ts';
import { type CheckoutPlan, recover, stageOf } from '../domain/checkout/plan.ts';
import { resumedContext } from './checkout-context.ts';
import { runSaga, type SagaEnd, type SagaPorts, type SagaStart } from './saga.ts';

interface Ports extends SagaPorts {
  readonly plan: CheckoutPlan;
  readonly cart: Pick<CartApi, 'complete'>;
  readonly report: (message: string, error: unknown) => void;
  /** Called before the first undo of a checkout that left no record. */
  readonly onAbandon: (checkoutId: string) => void;
}

export class RunningSagas {
  readonly #ports: Ports;
  readonly #running = new Map<string, Promise<SagaEnd>>();
  /** Tries of what stands still, to space out the next. One that is forgotten is tried sooner. */
  readonly #attempts = new BoundedMap<string, number>(megabyte);

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** The saga of a checkout while it runs. */
  find(checkoutId: string): Promise<SagaEnd> | undefined {
    return this.#running.get(checkoutId);
  }

  /** `plan` is another than the whole one where a checkout is opened, which stops half-way. */
  async run(start: SagaStart, plan = this.#ports.plan): Promise<SagaEnd> {
    const { checkoutId } = start.context;
    const attempts = this.#attempts.get(checkoutId) ?? 0;
    const onAbandon = () => this.#ports.onAbandon(checkoutId);
    const saga = runSaga({ ...start, plan, attempts, onAbandon }, this.#ports).finally(() =>
      this.#running.delete(checkoutId),
    );
    this.#running.set(checkoutId, saga);
    const end = await saga;
    if (end.kind === 'later') this.#attempts.set(checkoutId, attempts + 1);
    else this.#attempts.delete(checkoutId);
    return end;
  }

  /** Continues a checkout from its last record, unless it is running or has nothing to do. */
  async resume(checkoutId: string): Promise<void> {
    const { state } = this.#ports.streams.load(checkoutId);
    const position = recover(state, this.#ports.now(), this.#ports.plan);
    if (position === null || state.phase === 'none' || this.#running.has(checkoutId)) return;
    const isExpiry = position.direction === 'backward' && position.failure.code === 'checkout-expired';
    await this.run({ context: resumedContext(state), position, endsAs: isExpiry ? 'expired' : 'failed' });
  }

  /** Calls off a payment that its payer left unconfirmed, unless the provider says that it was confirmed after all. */
  async callOff(checkoutId: string): Promise<void> {
    const { streams, now, plan } = this.#ports;
    const { state } = streams.load(checkoutId);
    if (state.phase !== 'paying' || now() >= state.details.holdUntil) return this.resume(checkoutId);
    if (this.#running.has(checkoutId)) return;
    const position = { direction: 'forward', index: stageOf('authorize', plan), isResolving: true } as const;
    await this.run({ context: resumedContext(state), position, endsAs: 'failed', isPageLeft: true });
  }

  /** What an alarm does for each stream whose time has come. */
  async wake(checkoutIds: readonly string[]): Promise<void> {
    const paid = checkoutIds.flatMap((checkoutId) => {
      const { state } = this.#ports.streams.load(checkoutId);
      return state.phase === 'completed' && !state.isCartCompleted
        ? [{ cartId: state.details.cartId, checkoutId }]
        : [];
    });
    const others = checkoutIds.filter((checkoutId) => !paid.some((one) => one.checkoutId === checkoutId));
    await Promise.all([this.#completeCarts(paid), ...others.map((checkoutId) => this.resume(checkoutId))]);
  }

  async #completeCarts(carts: readonly { readonly cartId: string; readonly checkoutId: string }[]): Promise<void> {
    if (carts.length === 0) return;
    const { cart, streams, report } = this.#ports;
    const now = this.#ports.now();
    try {
      await cart.complete(carts, now);
      for (const { checkoutId } of carts) streams.append(checkoutId, [{ type: 'cart-completed', at: now }], now);
    } catch (error) {
      report('carts of paid orders could not be completed', error);
    }
  }
}
