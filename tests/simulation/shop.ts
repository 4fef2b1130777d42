/**
 * The whole shop of one run, put together: orders with the project's checkouts and saga, their neighbours, payments and
 * provider, subscribers and queues. Wrong variants of the design are planted through `Plants`, never in the code itself.
 */

import { orderStreams } from '../../durable-objects/order/streams.ts';
import type { RefundsApi } from '../../shared/contracts/payments/api.ts';
import { Streams } from '../../shared/streams/streams.ts';
import { quotingBy } from '../../shared/testing/pricing.ts';
import { MemoryStreamStorage } from '../../shared/testing/stream-storage.ts';
import { Checkouts } from '../../workers/orders/checkout/checkouts.ts';
import { type CheckoutNeighbors, checkoutSteps } from '../../workers/orders/checkout/steps.ts';
import type { Checkout, OrderStreamEvent } from '../../workers/orders/domain/checkout/checkout.ts';
import { Operations } from '../../workers/orders/operations/operations.ts';
import type { OperationNeighbors } from '../../workers/orders/service/neighbors.ts';
import { quote } from '../../workers/pricing/domain/quote.ts';
import { reckonCart } from '../../workers/pricing/service/cart-quotes.ts';
import { AllowanceObjects } from './allowances.ts';
import { Bank } from './bank.ts';
import { Carts } from './carts.ts';
import type { FaultProfile } from './faults.ts';
import { creditor, type Goods } from './goods.ts';
import { SimulatedObject } from './objects.ts';
import { PaymentsWorker } from './payments.ts';
import type { OutboxReach, Plants, ShopWatcher } from './plants.ts';
import { Life, type Scheduler } from './scheduler.ts';
import { StockUnits } from './stock-units.ts';
import { Subscribers } from './subscribers.ts';

export interface OrderInstance {
  readonly checkouts: Checkouts;
  readonly operations: Operations;
  readonly streams: Streams<Checkout, OrderStreamEvent>;
  readonly life: Life;
}

export class Shop {
  readonly scheduler: Scheduler;
  readonly goods: Goods;
  readonly plants: Plants;
  readonly carts: Carts;
  readonly stock: StockUnits;
  readonly allowances: AllowanceObjects;
  readonly subscribers: Subscribers;
  readonly payments: PaymentsWorker;
  readonly bank: Bank;
  readonly orders: SimulatedObject<OrderInstance>;
  readonly orderStorage = new MemoryStreamStorage<OrderStreamEvent>();
  /** What the merchant has put on top of every price. */
  raisedMinor = 0;

  constructor(scheduler: Scheduler, goods: Goods, profile: FaultProfile, plants: Plants, watcher: ShopWatcher) {
    this.scheduler = scheduler;
    this.goods = goods;
    this.plants = plants;
    const skewOf = () => (profile.clockSkewMs === 0 ? 0 : scheduler.random.between(-1, 1) * profile.clockSkewMs);
    this.carts = new Carts(scheduler, goods.assortment.currency, skewOf());
    this.subscribers = new Subscribers(scheduler, plants, (from, checkoutId) =>
      this.orders.ask(from, 'order resume', async ({ checkouts, operations }) => {
        await checkouts.resume(checkoutId);
        await operations.observePayment(checkoutId);
      }),
    );
    const { decideStock: decide, leaving } = plants;
    const { onStock: onChange, onGivenBack } = watcher;
    this.allowances = new AllowanceObjects(scheduler, goods.assortment, skewOf, () => this.subscribers, {
      decide: plants.decideAllowance,
      onChange: watcher.onAllowance,
      onGivenBack: watcher.onAllowanceGivenBack,
    });
    this.stock = new StockUnits(scheduler, goods.stock.keys(), skewOf, () => this.subscribers, {
      decide,
      leaving,
      onChange,
      onGivenBack,
    });
    this.payments = new PaymentsWorker(
      scheduler,
      () => this.bank,
      (life) => this.#reach(life),
    );
    this.bank = new Bank(scheduler, {
      deliver: (from, body) =>
        scheduler.call(
          from,
          'payments webhook',
          () => new Life('payments worker'),
          (life) => this.payments.receiveWebhook(life, body),
        ),
      onMovement: watcher.onMovement,
    });
    this.orders = new SimulatedObject<OrderInstance>(scheduler, 'order object', skewOf(), {
      start: (life, alarm, now) => this.#startOrders(life, alarm, now, profile.holdMs),
      onAlarm: ({ streams, checkouts, operations, life }, now) => {
        const wake = async (streamIds: readonly string[]) => {
          await Promise.all([checkouts.wake(streamIds), operations.wake(streamIds)]);
        };
        return streams.onAlarm(now, wake, this.#reach(life));
      },
    });
  }

  #startOrders(life: Life, alarm: { set(at: number): void }, now: () => number, holdMs: number): OrderInstance {
    const { scheduler, plants } = this;
    const storage = plants.orderStorage?.(this.orderStorage, life, scheduler) ?? this.orderStorage;
    const streams = new Streams(orderStreams, storage, alarm);
    const honest = this.#neighborsOf(life);
    const neighbors = plants.neighbors?.(honest) ?? honest;
    const steps = checkoutSteps(neighbors);
    const ports = {
      streams,
      now,
      wait: (milliseconds: number) => ({ over: scheduler.sleep(life, milliseconds), cancel: () => undefined }),
      report: (message: string, error: unknown) => scheduler.trace(() => `reported: ${message} ${String(error)}`),
    };
    const operated = plants.operated?.(honest) ?? honest;
    const operations = new Operations({ ...operated, ...ports, ledger: this.#ledger(life) });
    const { captureMode: setting } = this.goods;
    const checkouts = new Checkouts({
      ...neighbors,
      ...ports,
      holdMs,
      captureMode: setting === 'changing' ? scheduler.random.pick(['immediate', 'manual']) : setting,
      accessTokenOf: (orderId) => `oat_${orderId}`,
      paymentFor: async (payment) => payment,
      // Another id for each of the first hundred tries, in the place of two characters that are random otherwise.
      idAfter: (id) =>
        `${id.slice(0, -5)}${String((Number(id.slice(-5, -3)) || 0) + 1).padStart(2, '0')}${id.slice(-3)}`,
      steps: plants.steps?.(steps) ?? steps,
      ...(plants.plan === undefined ? {} : { plan: plants.plan }),
    });
    return { checkouts, operations, streams, life };
  }

  #neighborsOf(from: Life): CheckoutNeighbors & OperationNeighbors {
    const { scheduler } = this;
    const ask = <Answer>(worker: string, verb: string, serve: (life: Life) => Promise<Answer>) =>
      scheduler.call(from, `${worker} ${verb}`, () => new Life(`${worker} worker`), serve);
    const allowances = this.allowances.api(from);
    return {
      cart: this.carts.api(from),
      inventory: this.stock.api(from),
      catalog: {
        variants: (request) =>
          ask('catalog', 'variants', async () =>
            ('variantIds' in request ? request.variantIds : []).map((id) =>
              this.goods.assortment.variantOf(id, this.raisedMinor),
            ),
          ),
      },
      pricing: {
        ...allowances,
        shipsUnpaid: () => ask('pricing', 'ships-unpaid', async () => false),
        ...quotingBy((question) =>
          ask('pricing', 'quote', (life) =>
            reckonCart(
              {
                quote: async (request) => quote(this.goods.assortment.settings, request),
                balances: (names, now) => this.allowances.api(life).balances(names, now),
              },
              question,
            ),
          ),
        ),
      },
      allowances,
      payments: {
        authorize: (request) => ask('payments', 'authorize', (life) => this.payments.api(life).authorize(request)),
        lookup: (reference) => ask('payments', 'lookup', (life) => this.payments.api(life).lookup(reference)),
        capture: (request) => ask('payments', 'capture', (life) => this.payments.api(life).capture(request)),
        void: (reference) => ask('payments', 'void', (life) => this.payments.api(life).void(reference)),
        letGo: (reference) => ask('payments', 'let-go', (life) => this.payments.api(life).letGo(reference)),
        refund: (request) => ask('payments', 'refund', (life) => this.payments.api(life).refund(request)),
      },
    };
  }

  /** What the provider's payment adds up to, as operations read it. */
  #ledger(from: Life): Pick<RefundsApi, 'balances'> {
    return {
      balances: (paymentKey) =>
        this.scheduler.call(
          from,
          'payments balances',
          () => new Life('payments worker'),
          (life) => this.payments.api(life).balances(paymentKey),
        ),
    };
  }

  #reach(life: Life): OutboxReach {
    const reach = this.subscribers.reach(life);
    return this.plants.reach?.(reach) ?? reach;
  }

  /** Fills the shelves and the carts before the run begins. */
  async open(): Promise<void> {
    const { now } = this.scheduler;
    const { currency, cards, creditMinor, variantOf } = this.goods.assortment;
    for (const [unitId, quantity] of this.goods.stock) await this.stock.open(unitId, quantity, now);
    this.allowances.open(now);
    for (const { cartId, lines, discountCodes = [], cardIds = [], hasStoreCredit = false } of this.goods.carts) {
      const newLines = lines.map(({ variantId, quantity }, index) => ({
        lineId: `lin_${index}`,
        variant: variantOf(variantId),
        quantity,
        attributes: {},
      }));
      const origin = { country: 'DE', currency, createdAt: now } as const;
      const giftCards = cardIds.map((cardId) => {
        return { cardId, last4: cardId.slice(-4), balanceMinor: cards.get(cardId) ?? 0 };
      });
      const filling = { origin, emptyUntil: now + 1, now } as const;
      const cart = this.carts.object.awake().instance;
      const storeCredit = hasStoreCredit ? { customerId: creditor.id, balanceMinor: creditMinor } : null;
      const customer = hasStoreCredit ? creditor : null;
      const shippingAddress = {
        lastName: 'Byron',
        address1: 'Lindenweg 1',
        city: 'Berlin',
        postalCode: '10115',
        country: 'DE',
        phone: '030 1234',
      };
      const details = { shippingAddress, discountCodes, giftCards, storeCredit };
      const refusal =
        (await cart.execute(cartId, { type: 'add-lines', lines: newLines, ...filling })) ??
        (await cart.execute(cartId, { type: 'set-customer', customer, actor: 'key:admin', ...filling })) ??
        (await cart.execute(cartId, { type: 'change-details', details, ...filling }));
      if (refusal !== null) throw new Error(`A cart could not be filled: ${refusal.code}`);
    }
  }

  /** Everything dies at once, and queues forget. Storage stays. */
  cutPower(): void {
    this.scheduler.trace(() => 'POWER CUT');
    for (const object of this.objects()) object.die();
    this.subscribers.forgetQueues();
  }

  objects(): readonly { readonly name: string; die(): void; turnClockBack(milliseconds: number): void }[] {
    const { orders, carts, stock, allowances, payments } = this;
    return [orders, carts.object, ...stock.objects.values(), ...allowances.objects.values(), payments.relay];
  }
}
