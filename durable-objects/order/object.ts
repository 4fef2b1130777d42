/**
 * The Order object: the checkouts and orders of many carts near their shoppers, one stream each. It runs the saga, answers
 * the shopper when all goes well, and goes on by alarm when it does not.
 */
import type { LetGo } from '../../shared/contracts/orders/api.ts';
import type { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import type { OrderView } from '../../shared/contracts/orders/orders-http.ts';
import type { TimelineEntry } from '../../shared/contracts/orders/timeline-http.ts';
import type { PaymentsApi } from '../../shared/contracts/payments/api.ts';
import { secretsOf } from '../../shared/digest/shop-secrets.ts';
import type { Envelope } from '../../shared/events/envelope.ts';
import { databaseOf } from '../../shared/messaging/d1.ts';
import { reachesOf } from '../../shared/messaging/reach.ts';
import type { Reaches } from '../../shared/messaging/relay-port.ts';
import { reportDefect } from '../../shared/messaging/report.ts';
import { orderIdOfPayment } from '../../shared/values/payment-key.ts';
import { secondMs } from '../../shared/values/time.ts';
import { Checkouts } from '../../workers/orders/checkout/checkouts.ts';
import type { OrderObjectEnv } from '../../workers/orders/context.ts';
import { type Checkout, type OrderStreamEvent, orderIdOf } from '../../workers/orders/domain/checkout/checkout.ts';
import { timelineOf } from '../../workers/orders/domain/order/timeline.ts';
import { checkoutView, orderView } from '../../workers/orders/domain/view.ts';
import { Operations } from '../../workers/orders/operations/operations.ts';
import { accessTokenOf } from '../../workers/orders/service/access-token.ts';
import type { EditPreviewRequest, OrderRequest } from '../../workers/orders/service/order-commands.ts';
import { checkoutIdAfter, unsealedIdOf } from '../../workers/orders/service/orders.ts';
import { openToken, resealed } from '../../workers/orders/service/payment-token.ts';
import { listSoon } from '../../workers/orders/service/prompt-list.ts';
import type {
  CancelRequest,
  CheckoutAnswer,
  CompleteRequest,
  StartRequest,
} from '../../workers/orders/service/requests.ts';
import { Waits } from '../../workers/orders/service/waits.ts';
import { AggregateObject } from '../aggregate.ts';
import { orderStreams } from './streams.ts';

const holdSecondsDefault = 900;
/** Far more than happens to an order; a bound all the same. */
const timelineEventsMax = 5_000;

export class OrderObject extends AggregateObject<OrderObjectEnv, Checkout, OrderStreamEvent> {
  readonly #checkouts: Checkouts;
  readonly #operations: Operations;

  constructor(ctx: DurableObjectState, env: OrderObjectEnv) {
    super(ctx, env, orderStreams);
    const ports = {
      streams: this.streams,
      catalog: env.CATALOG,
      pricing: env.PRICING,
      allowances: env.PRICING,
      inventory: env.INVENTORY,
      payments: env.PAYMENTS,
      ledger: env.PAYMENTS,
      now: () => Date.now(),
      wait: new Waits().start,
      report: reportDefect,
    };
    this.#operations = new Operations(ports);
    this.#checkouts = new Checkouts({
      ...ports,
      payments: paymentsOf(env),
      cart: env.CART,
      captureMode: env.VITRINE_CAPTURE === 'manual' ? 'manual' : 'immediate',
      holdMs: (Number(env.VITRINE_HOLD_SECONDS) || holdSecondsDefault) * secondMs,
      accessTokenOf: (orderId) => accessTokenOf(orderId, env.VITRINE_SECRET),
      paymentFor: (payment, fromId, toId) =>
        resealed(payment, { from: orderIdOf(fromId), to: orderIdOf(toId) }, secretsOf(env)),
      idAfter: (checkoutId) => this.#kept(checkoutIdAfter(checkoutId, secretsOf(env))),
    });
  }

  protected override reaches(): Reaches {
    return reachesOf('orders', this.env);
  }

  protected override published(envelopes: readonly Envelope[]): void {
    listSoon(databaseOf(this.env.DB), envelopes);
  }

  protected override async wake(streamIds: readonly string[]): Promise<void> {
    await Promise.all([this.#checkouts.wake(streamIds), this.#operations.wake(streamIds)]);
  }

  /** The id under which a checkout is kept. One that was made under another secret has the same order, and another seal. */
  #kept(checkoutId: string): string {
    if (this.streams.load(checkoutId).version > 0) return checkoutId;
    return this.storage.streamBeginning(unsealedIdOf(checkoutId)) ?? checkoutId;
  }

  #named<Request extends { readonly checkoutId: string }>(request: Request): Request {
    return { ...request, checkoutId: this.#kept(request.checkoutId) };
  }

  start(request: StartRequest): Promise<CheckoutAnswer> {
    return this.#checkouts.start(this.#named(request));
  }

  complete(request: CompleteRequest): Promise<CheckoutAnswer> {
    return this.#checkouts.complete(this.#named(request));
  }

  cancel(request: CancelRequest): Promise<CheckoutAnswer> {
    return this.#checkouts.cancel(this.#named(request));
  }

  /** The shopper wants to change the cart of a checkout. */
  letGo(checkoutId: string): Promise<LetGo> {
    return this.#checkouts.letGo(this.#kept(checkoutId));
  }

  /** What a merchant does with an order. */
  operate(request: OrderRequest): Promise<CheckoutAnswer> {
    return this.#operations.ask(this.#named(request));
  }

  previewEdit(request: EditPreviewRequest): Promise<CheckoutAnswer> {
    return this.#operations.preview(this.#named(request));
  }

  /** News about a payment: the checkout, or the operation, that waits for it goes on. */
  async resume(namedId: string): Promise<void> {
    const checkoutId = this.#kept(namedId);
    await this.#checkouts.resume(checkoutId);
    await this.#operations.observePayment(checkoutId);
  }

  async checkout(namedId: string): Promise<CheckoutView | null> {
    const checkoutId = this.#kept(namedId);
    const found = this.#checkouts.read(checkoutId);
    return found === null
      ? null
      : checkoutView(found.checkout, found.version, accessTokenOf(orderIdOf(checkoutId), this.env.VITRINE_SECRET));
  }

  async order(checkoutId: string): Promise<OrderView | null> {
    const found = this.#checkouts.read(this.#kept(checkoutId));
    return found === null ? null : orderView(found.checkout, found.version);
  }

  /** Who did what with an order; null while there is none. */
  async timeline(checkoutId: string): Promise<TimelineEntry[] | null> {
    if ((await this.order(checkoutId)) === null) return null;
    return timelineOf(this.storage.history(this.#kept(checkoutId), 0, timelineEventsMax).map(({ event }) => event));
  }
}

/** The payments Worker, which is given the token of a payment as its provider knows it. */
function paymentsOf(env: OrderObjectEnv): PaymentsApi {
  const { PAYMENTS: payments } = env;
  const secrets = secretsOf(env);
  return {
    authorize: async (request) => {
      const { token, paymentKey } = request;
      return payments.authorize({
        ...request,
        token: token === null ? null : await openToken(token, orderIdOfPayment(paymentKey), secrets),
      });
    },
    lookup: (reference) => payments.lookup(reference),
    capture: (request) => payments.capture(request),
    void: (reference) => payments.void(reference),
  };
}
