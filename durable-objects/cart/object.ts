/**
 * The Cart object: many carts near their shoppers, one stream each. It is the single writer of a cart; a cart that nobody
 * changed for its time to live is deleted with all its events.
 */

import type { Reaches } from '../../shared/messaging/relay-port.ts';
import { type IdempotencyKey, idempotencyTtlMs } from '../../shared/values/idempotency.ts';
import { type Packed, pack } from '../../shared/values/packed.ts';
import { secondMs } from '../../shared/values/time.ts';
import { type Cart, type CartEvent, cartWakeAt, isExpired } from '../../workers/cart/domain/cart.ts';
import { type CartCommand, type CartCommandRefusal, decideCart } from '../../workers/cart/domain/decide.ts';
import { cartTtlMs } from '../../workers/cart/domain/lifetime.ts';
import type { CartAnswer, CartObjectRefusal, CartWrite, Recalled } from '../../workers/cart/service/cart-object.ts';
import { AggregateObject } from '../aggregate.ts';
import { cartStreams } from './streams.ts';

/**
 * A change claims its key in its own commit: an answer of status 0, whose body is the id of the cart. A claim whose request
 * never stored its answer is given up after this time.
 */
const claimStatus = 0;
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

  async read(cartId: string): Promise<Packed<CartAnswer>> {
    const { state, version } = this.streams.load(cartId);
    return pack({ refusal: null, cart: state, version });
  }

  /** Decides one command. A key that stands for an answer, or for a change that is not answered yet, lets nothing through. */
  async execute(write: CartWrite): Promise<Packed<CartAnswer>> {
    return pack(this.#execute(write));
  }

  #execute({ cartId, command, ifVersion, idempotency, isNew = false }: CartWrite): CartAnswer {
    if (isNew) this.streams.expectNew(cartId);
    const loaded = this.streams.load(cartId);
    const barred = idempotency === null ? null : this.#barredBy(idempotency);
    if (barred !== null) return { refusal: barred, cart: loaded.state, version: loaded.version };
    if (ifVersion !== null && ifVersion !== loaded.version) {
      return {
        refusal: { code: 'precondition-failed', version: loaded.version },
        cart: loaded.state,
        version: loaded.version,
      };
    }
    const { state, version, refusal } = this.streams.execute(cartId, command.now, (current) =>
      decideCart(current.state, current.version, command),
    );
    if (refusal === null && idempotency !== null) this.#keep(idempotency, claimStatus, cartId, command.now);
    return { refusal, cart: state, version };
  }

  /** Several carts in one commit. Answers only why not, for those who do not look at the cart. */
  async executeAll(
    writes: readonly { readonly cartId: string; readonly command: CartCommand }[],
  ): Promise<(CartCommandRefusal | null)[]> {
    return writes.map(
      ({ cartId, command }) =>
        this.streams.execute(cartId, command.now, (current) => decideCart(current.state, current.version, command))
          .refusal,
    );
  }

  /** What is known under a key; null when no request with it has come to an end that is kept. */
  async recall({ key, fingerprint }: IdempotencyKey, now: number): Promise<Recalled | null> {
    const stored = this.storage.answer(key);
    if (stored === null) return null;
    if (stored.fingerprint !== fingerprint) return { kind: 'refused', refusal: { code: 'idempotency-key-reused' } };
    if (stored.status !== claimStatus) return { kind: 'answered', status: stored.status, body: stored.body };
    const isRunning = stored.expiresAt - idempotencyTtlMs + claimMs > now;
    return isRunning
      ? { kind: 'refused', refusal: { code: 'request-in-progress' } }
      : { kind: 'unanswered', cartId: stored.body };
  }

  /**
   * Keeps the answer that was given under a key. The first one stays, and a refusal never takes the place of a change that
   * another request with the key has made in the meantime.
   */
  async keepAnswer(idempotency: IdempotencyKey, status: number, body: string, now: number): Promise<void> {
    const stored = this.storage.answer(idempotency.key);
    const isClaimOfThis = stored?.status === claimStatus && stored.fingerprint === idempotency.fingerprint;
    if (stored === null || (isClaimOfThis && status < 300)) this.#keep(idempotency, status, body, now);
  }

  #keep(idempotency: IdempotencyKey, status: number, body: string, now: number): void {
    this.storage.saveAnswer({ ...idempotency, status, body, expiresAt: now + idempotencyTtlMs });
  }

  /** Only a request that runs beside another with its key comes here: `recall` has answered every later one. */
  #barredBy({ key, fingerprint }: IdempotencyKey): CartObjectRefusal | null {
    const stored = this.storage.answer(key);
    if (stored === null) return null;
    return { code: stored.fingerprint === fingerprint ? 'request-in-progress' : 'idempotency-key-reused' };
  }
}
