/**
 * The Cart object: many carts near their shoppers, one stream each. It is the single writer of a cart; a cart that nobody
 * changed for its time to live is deleted with all its events.
 */

import { type IdempotencyKey, idempotencyTtlMs } from '../../shared/http/idempotency.ts';
import type { Reaches } from '../../shared/messaging/d1.ts';
import { secondMs } from '../../shared/values/time.ts';
import {
  type Cart,
  type CartCommand,
  type CartEvent,
  type CartNo,
  cartWakeAt,
  decideCart,
  isExpired,
} from '../../workers/cart/domain.ts';
import { AggregateObject } from '../aggregate.ts';
import type { StoredAnswer } from '../streams.ts';
import { cartStreams } from './streams.ts';

export type CartObjectNo =
  | CartNo
  | { readonly code: 'precondition-failed'; readonly version: number }
  | { readonly code: 'idempotency-key-reused' }
  | { readonly code: 'request-in-progress' };

export interface CartAnswer {
  readonly refusal: CartObjectNo | null;
  readonly cart: Cart;
  readonly version: number;
  /** The answer that was given under the same idempotency key before. */
  readonly replay: { readonly status: number; readonly body: string } | null;
}

export interface CartWrite {
  readonly cartId: string;
  readonly command: CartCommand;
  /** Refused unless the cart has this version. */
  readonly ifVersion: number | null;
  readonly idempotency: IdempotencyKey | null;
}

/** A claim of a key whose request never stored its answer is given up after this time. */
const claimMs = 10 * secondMs;

export class CartObject extends AggregateObject<{ readonly VITRINE_CART_DAYS?: string }, Cart, CartEvent> {
  readonly #ttlMs: number;

  constructor(ctx: DurableObjectState, env: { readonly VITRINE_CART_DAYS?: string }) {
    const ttlMs = cartTtlMs(env.VITRINE_CART_DAYS);
    super(ctx, env, cartStreams(ttlMs));
    this.#ttlMs = ttlMs;
  }

  protected override reaches(): Reaches {
    return {};
  }

  protected override async wake(streamIds: readonly string[], now: number): Promise<void> {
    for (const cartId of streamIds) {
      const { state } = this.streams.load(cartId);
      const wakeAt = cartWakeAt(state, this.#ttlMs);
      if (wakeAt === null || isExpired(state, now, this.#ttlMs)) this.streams.drop(cartId);
      else this.streams.postpone(cartId, wakeAt);
    }
  }

  async read(cartId: string): Promise<CartAnswer> {
    const { state, version } = this.streams.load(cartId);
    return { refusal: null, cart: state, version, replay: null };
  }

  async execute({ cartId, command, ifVersion, idempotency }: CartWrite): Promise<CartAnswer> {
    const loaded = this.streams.load(cartId);
    const stored = idempotency === null ? null : this.storage.answer(idempotency.key);
    if (stored !== null) return this.#repeat(loaded, stored, idempotency, command.now);
    if (ifVersion !== null && ifVersion !== loaded.version) {
      return {
        refusal: { code: 'precondition-failed', version: loaded.version },
        cart: loaded.state,
        version: loaded.version,
        replay: null,
      };
    }
    const { state, version, refusal } = this.streams.execute(cartId, command.now, (current) =>
      decideCart(current.state, current.version, command),
    );
    if (refusal === null && idempotency !== null) this.#keep(idempotency, 0, '', command.now);
    return { refusal, cart: state, version, replay: null };
  }

  /** Several carts in one commit. */
  async executeAll(writes: readonly { readonly cartId: string; readonly command: CartCommand }[]): Promise<void> {
    for (const { cartId, command } of writes) {
      this.streams.execute(cartId, command.now, (current) => decideCart(current.state, current.version, command));
    }
  }

  /** Keeps the answer that was given under a key. */
  async keepAnswer(idempotency: IdempotencyKey, status: number, body: string, now: number): Promise<void> {
    this.#keep(idempotency, status, body, now);
  }

  #keep(idempotency: IdempotencyKey, status: number, body: string, now: number): void {
    this.storage.saveAnswer({ ...idempotency, status, body, expiresAt: now + idempotencyTtlMs });
  }

  #repeat(
    loaded: { state: Cart; version: number },
    stored: StoredAnswer,
    idempotency: IdempotencyKey | null,
    now: number,
  ): CartAnswer {
    const present = { cart: loaded.state, version: loaded.version };
    if (stored.fingerprint !== idempotency?.fingerprint)
      return { refusal: { code: 'idempotency-key-reused' }, ...present, replay: null };
    if (stored.status > 0) return { refusal: null, ...present, replay: { status: stored.status, body: stored.body } };
    const isRunning = stored.expiresAt - idempotencyTtlMs + claimMs > now;
    // The effect is there but its answer was lost in a crash: the present cart is the best answer there is.
    return isRunning
      ? { refusal: { code: 'request-in-progress' }, ...present, replay: null }
      : { refusal: null, ...present, replay: null };
  }
}

const cartDaysDefault = 30;

export function cartTtlMs(days: string | undefined): number {
  const parsed = Number(days);
  return (parsed > 0 ? parsed : cartDaysDefault) * 24 * 60 * 60 * secondMs;
}
