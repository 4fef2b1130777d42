/**
 * The Order object: the checkouts and orders of many carts near their shoppers, one stream each. It runs the saga, answers
 * the shopper when all goes well, and goes on by alarm when it does not.
 */
import { createHmac } from 'node:crypto';
import { drizzle } from 'drizzle-orm/d1';
import type { CartApi } from '../../shared/contracts/cart.ts';
import type { CatalogApi } from '../../shared/contracts/catalog.ts';
import type { InboxApi } from '../../shared/contracts/inbox.ts';
import type { InventoryApi } from '../../shared/contracts/inventory.ts';
import type { CheckoutView, OrderView } from '../../shared/contracts/orders-http.ts';
import type { PaymentsApi } from '../../shared/contracts/payments.ts';
import type { PricingApi } from '../../shared/contracts/pricing.ts';
import type { Envelope } from '../../shared/events/envelope.ts';
import { handledEventsIn, type Reaches, reportDefect } from '../../shared/messaging/d1.ts';
import { secondMs } from '../../shared/values/time.ts';
import { type Order, type OrderEvent, orderIdOf } from '../../workers/orders/domain/order.ts';
import { checkoutView, orderView } from '../../workers/orders/domain/view.ts';
import { AggregateObject } from '../aggregate.ts';
import { Checkouts } from './checkouts.ts';
import type { CancelRequest, CheckoutAnswer, CompleteRequest, StartRequest } from './requests.ts';
import { orderStreams } from './streams.ts';

export interface OrderObjectEnv {
  readonly DB: D1Database;
  readonly CART: CartApi;
  readonly CATALOG: CatalogApi;
  readonly PRICING: PricingApi;
  readonly INVENTORY: InventoryApi;
  readonly PAYMENTS: PaymentsApi;
  readonly NOTIFICATIONS: InboxApi;
  readonly ORDERS_INBOX: Queue<Envelope>;
  readonly NOTIFICATIONS_INBOX: Queue<Envelope>;
  readonly VITRINE_SECRET: string;
  readonly VITRINE_HOLD_SECONDS?: string;
}

const holdSecondsDefault = 900;

export class OrderObject extends AggregateObject<OrderObjectEnv, Order, OrderEvent> {
  readonly #checkouts: Checkouts;

  constructor(ctx: DurableObjectState, env: OrderObjectEnv) {
    super(ctx, env, orderStreams);
    this.#checkouts = new Checkouts({
      streams: this.streams,
      cart: env.CART,
      catalog: env.CATALOG,
      pricing: env.PRICING,
      inventory: env.INVENTORY,
      payments: env.PAYMENTS,
      now: () => Date.now(),
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      holdMs: (Number(env.VITRINE_HOLD_SECONDS) || holdSecondsDefault) * secondMs,
      accessTokenOf: (orderId) => accessTokenOf(orderId, env.VITRINE_SECRET),
      report: reportDefect,
    });
  }

  protected override reaches(): Reaches {
    const { ORDERS_INBOX, NOTIFICATIONS_INBOX, NOTIFICATIONS, DB } = this.env;
    return {
      orders: { inbox: ORDERS_INBOX, api: { handledEvents: (eventIds) => handledEventsIn(drizzle(DB), eventIds) } },
      notifications: { inbox: NOTIFICATIONS_INBOX, api: NOTIFICATIONS },
    };
  }

  protected override wake(streamIds: readonly string[]): Promise<void> {
    return this.#checkouts.wake(streamIds);
  }

  start(request: StartRequest): Promise<CheckoutAnswer> {
    return this.#checkouts.start(request);
  }

  complete(request: CompleteRequest): Promise<CheckoutAnswer> {
    return this.#checkouts.complete(request);
  }

  cancel(request: CancelRequest): Promise<CheckoutAnswer> {
    return this.#checkouts.cancel(request);
  }

  /** News about a payment: whoever waits for it goes on. */
  resume(checkoutId: string): Promise<void> {
    return this.#checkouts.resume(checkoutId);
  }

  async checkout(checkoutId: string): Promise<CheckoutView | null> {
    const found = this.#checkouts.read(checkoutId);
    return found === null
      ? null
      : checkoutView(found.order, found.version, accessTokenOf(orderIdOf(checkoutId), this.env.VITRINE_SECRET));
  }

  async order(checkoutId: string): Promise<OrderView | null> {
    const found = this.#checkouts.read(checkoutId);
    return found === null ? null : orderView(found.order, found.version);
  }
}

/** The token that lets a guest read one order: derived, so it is stored nowhere. */
export function accessTokenOf(orderId: string, secret: string): string {
  return `oat_${createHmac('sha256', `order-access:${secret}`).update(orderId).digest('base64url')}`;
}
