/**
 * The Cart object: many carts near their shoppers, one stream each. It is the single writer of a cart, and answers a request about
 * one in a single call; a cart that was not changed for its time to live is deleted with all its events.
 */

import type { DiscardRefusal } from '../../shared/contracts/cart/api.ts';
import type { Reaches } from '../../shared/messaging/relay-port.ts';
import { reportDefect } from '../../shared/messaging/report.ts';
import { type Packed, pack, unpack } from '../../shared/values/packed.ts';
import type { CartEnv } from '../../workers/cart/context.ts';
import { type Cart, type CartEvent, isExpired } from '../../workers/cart/domain/cart.ts';
import {
  type CartCommand,
  type CartCommandRefusal,
  decideCart,
  discardFault,
} from '../../workers/cart/domain/decide.ts';
import { cartTtlMs } from '../../workers/cart/domain/lifetime.ts';
import { CartDesk } from '../../workers/cart/service/cart-desk.ts';
import type {
  CartAsked,
  CartText,
  CartWrite,
  CommandAnswer,
  EarlyRefusal,
  StoredCart,
} from '../../workers/cart/service/cart-object.ts';
import { standingMemory } from '../../workers/cart/service/standings.ts';
import { AggregateObject } from '../aggregate.ts';
import { cartStreams } from './streams.ts';

type CartObjectEnv = Pick<CartEnv, 'PRICING' | 'CATALOG' | 'ORDERS' | 'VITRINE_CART_DAYS'>;

export class CartObject extends AggregateObject<CartObjectEnv, Cart, CartEvent> {
  readonly #ttlMs: number;
  readonly #desk: CartDesk;

  constructor(ctx: DurableObjectState, env: CartObjectEnv) {
    const ttlMs = cartTtlMs(env.VITRINE_CART_DAYS);
    super(ctx, env, cartStreams(ttlMs));
    this.#ttlMs = ttlMs;
    this.#desk = new CartDesk({
      streams: this.streams,
      pricing: env.PRICING,
      catalog: env.CATALOG,
      orders: env.ORDERS,
      standings: standingMemory,
      background: { later: (work) => ctx.waitUntil(work), report: reportDefect },
      ttlMs,
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    });
  }

  protected override reaches(): Reaches {
    return {};
  }

  protected override async wake(streamIds: readonly string[], now: number): Promise<void> {
    for (const cartId of streamIds)
      if (isExpired(this.streams.load(cartId).state, now, this.#ttlMs)) this.streams.drop(cartId);
  }

  write(write: Packed<CartWrite>): Promise<CartText> {
    return this.#desk.write(unpack(write));
  }

  refuse(early: EarlyRefusal): Promise<CartText> {
    return this.#desk.refuse(early);
  }

  show(asked: CartAsked): Promise<CartText> {
    return this.#desk.show(asked);
  }

  shippingOptions(asked: CartAsked): Promise<CartText> {
    return this.#desk.shippingOptions(asked);
  }

  paymentMethods(asked: CartAsked): Promise<CartText> {
    return this.#desk.paymentMethods(asked);
  }

  async discard(cartId: string, now: number): Promise<DiscardRefusal | null> {
    const fault = discardFault(this.streams.load(cartId).state, now);
    if (fault === null) this.streams.drop(cartId);
    return fault;
  }

  async read(cartId: string): Promise<Packed<StoredCart>> {
    const { state, version } = this.streams.load(cartId);
    return pack({ cart: state, version });
  }

  async execute(cartId: string, command: CartCommand): Promise<Packed<CommandAnswer>> {
    return pack(this.#execute(cartId, command));
  }

  async executeAll(
    writes: readonly { readonly cartId: string; readonly command: CartCommand }[],
  ): Promise<(CartCommandRefusal | null)[]> {
    return writes.map(({ cartId, command }) => this.#execute(cartId, command).refusal);
  }

  #execute(cartId: string, command: CartCommand): CommandAnswer {
    const { state, version, refusal } = this.streams.execute(cartId, command.now, (current) =>
      decideCart(current.state, current.version, command),
    );
    return { refusal, cart: state, version };
  }
}
