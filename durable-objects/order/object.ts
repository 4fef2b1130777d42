/**
 * The Order object: the checkouts and orders of many carts near their shoppers, one stream each. It runs the saga, answers
 * the shopper when all goes well, and goes on by alarm when it does not.
 */
import { createHmac } from 'node:crypto';
import type { CartApi } from '../../shared/contracts/cart.ts';
import type { CatalogApi } from '../../shared/contracts/catalog.ts';
import type { InboxApi } from '../../shared/contracts/inbox.ts';
import type { CommitmentsApi, InventoryApi } from '../../shared/contracts/inventory.ts';
import type { CheckoutView, OrderView } from '../../shared/contracts/orders-http.ts';
import type { TimelineEntry } from '../../shared/contracts/orders-life-http.ts';
import type { PaymentsApi, RefundsApi } from '../../shared/contracts/payments.ts';
import type { Envelope } from '../../shared/events/envelope.ts';
import { databaseOf, handledEventsIn, type Reaches, reportDefect } from '../../shared/messaging/d1.ts';
import type { QuotingPorts } from '../../shared/quoting/quoting.ts';
import { secondMs } from '../../shared/values/time.ts';
import { timelineOf } from '../../workers/orders/domain/life/timeline.ts';
import { type Order, type OrderStreamEvent, orderIdOf } from '../../workers/orders/domain/order.ts';
import { checkoutView, orderView } from '../../workers/orders/domain/view.ts';
import { AggregateObject } from '../aggregate.ts';
import { type CheckoutNeighbors, Checkouts } from './checkouts.ts';
import type { OperationNeighbors } from './neighbors.ts';
import { Operations } from './operations.ts';
import type { EditPreviewRequest, OrderRequest } from './order-commands.ts';
import type { CancelRequest, CheckoutAnswer, CompleteRequest, StartRequest } from './requests.ts';
import { orderLifeStreams } from './streams.ts';

export interface OrderObjectEnv {
  readonly DB: D1Database;
  readonly CART: CartApi;
  readonly CATALOG: CatalogApi;
  readonly PRICING: QuotingPorts & CheckoutNeighbors['allowances'] & OperationNeighbors['allowances'];
  readonly INVENTORY: InventoryApi & CommitmentsApi;
  readonly PAYMENTS: PaymentsApi & RefundsApi;
  readonly NOTIFICATIONS: InboxApi;
  readonly ORDERS_INBOX: Queue<Envelope>;
  readonly NOTIFICATIONS_INBOX: Queue<Envelope>;
  readonly VITRINE_SECRET: string;
  readonly VITRINE_HOLD_SECONDS?: string;
  /** `manual`: the money of new orders is taken when their goods ship. Anything else: at once. */
  readonly VITRINE_CAPTURE?: string;
}

const holdSecondsDefault = 900;
/** Far more than happens to an order; a bound all the same. */
const timelineEventsMax = 5_000;

export class OrderObject extends AggregateObject<OrderObjectEnv, Order, OrderStreamEvent> {
  readonly #checkouts: Checkouts;
  readonly #operations: Operations;

  constructor(ctx: DurableObjectState, env: OrderObjectEnv) {
    super(ctx, env, orderLifeStreams);
    const ports = {
      streams: this.streams,
      catalog: env.CATALOG,
      pricing: env.PRICING,
      allowances: env.PRICING,
      inventory: env.INVENTORY,
      payments: env.PAYMENTS,
      ledger: env.PAYMENTS,
      now: () => Date.now(),
      sleep: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
      report: reportDefect,
    };
    this.#operations = new Operations(ports);
    this.#checkouts = new Checkouts({
      ...ports,
      cart: env.CART,
      captureMode: env.VITRINE_CAPTURE === 'manual' ? 'manual' : 'immediate',
      holdMs: (Number(env.VITRINE_HOLD_SECONDS) || holdSecondsDefault) * secondMs,
      accessTokenOf: (orderId) => accessTokenOf(orderId, env.VITRINE_SECRET),
    });
  }

  protected override reaches(): Reaches {
    const { ORDERS_INBOX, NOTIFICATIONS_INBOX, NOTIFICATIONS, DB } = this.env;
    return {
      orders: { inbox: ORDERS_INBOX, api: { handledEvents: (eventIds) => handledEventsIn(databaseOf(DB), eventIds) } },
      notifications: { inbox: NOTIFICATIONS_INBOX, api: NOTIFICATIONS },
    };
  }

  protected override async wake(streamIds: readonly string[]): Promise<void> {
    await Promise.all([this.#checkouts.wake(streamIds), this.#operations.wake(streamIds)]);
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

  /** What a merchant does with an order. */
  operate(request: OrderRequest): Promise<CheckoutAnswer> {
    return this.#operations.ask(request);
  }

  previewEdit(request: EditPreviewRequest): Promise<CheckoutAnswer> {
    return this.#operations.preview(request);
  }

  /** News about a payment: whoever waits for it goes on. */
  async resume(checkoutId: string): Promise<void> {
    await this.#checkouts.resume(checkoutId);
    await this.#operations.heed(checkoutId);
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

  /** Who did what with an order; null while there is none. */
  async timeline(checkoutId: string): Promise<TimelineEntry[] | null> {
    if ((await this.order(checkoutId)) === null) return null;
    return timelineOf(this.storage.history(checkoutId, 0, timelineEventsMax).map(({ event }) => event));
  }
}

/** The token that lets a guest read one order: derived, so it is stored nowhere. */
export function accessTokenOf(orderId: string, secret: string): string {
  return `oat_${createHmac('sha256', `order-access:${secret}`).update(orderId).digest('base64url')}`;
}
