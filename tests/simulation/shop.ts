/**
 * The whole shop of one run, put together: orders with the project's checkouts and saga, their neighbours, payments and
 * provider, subscribers and queues. Wrong variants of the design are planted through `Plants`, never in the code itself.
 */

import { type CheckoutNeighbors, Checkouts } from '../../durable-objects/order/checkouts.ts';
import { checkoutEffects, type Effects } from '../../durable-objects/order/steps.ts';
import { orderStreams } from '../../durable-objects/order/streams.ts';
import { type StreamStorage, Streams } from '../../durable-objects/streams.ts';
import type { OutboxPort } from '../../shared/messaging/outbox.ts';
import { plentyOfAllowances } from '../../shared/testing/allowances.ts';
import type { decideStock, Stock } from '../../workers/inventory/domain.ts';
import type { Order, OrderEvent } from '../../workers/orders/domain/order.ts';
import type { StepName } from '../../workers/orders/domain/plan.ts';
import { quote } from '../../workers/pricing/domain/quote.ts';
import { Bank, type BankMovement } from './bank.ts';
import type { FaultProfile } from './faults.ts';
import { type Goods, settings, variantOf } from './goods.ts';
import { Carts, StockUnits } from './neighbours.ts';
import { SimulatedObject } from './objects.ts';
import { PaymentsWorker } from './payments.ts';
import { Life, type Scheduler } from './scheduler.ts';
import { MemoryStreamStorage } from './stream-storage.ts';
import { type SubscriberPlants, Subscribers } from './subscribers.ts';

type OutboxReach = Pick<OutboxPort, 'send' | 'handled' | 'report'>;

/** Places where a test may put a wrong design. All are absent in an honest run. */
export interface Plants extends SubscriberPlants {
  readonly steps?: readonly StepName[];
  readonly neighbors?: (neighbors: CheckoutNeighbors) => CheckoutNeighbors;
  readonly effects?: (effects: Effects) => Effects;
  readonly decideStock?: typeof decideStock;
  readonly orderStorage?: (
    storage: MemoryStreamStorage<OrderEvent>,
    life: Life,
    scheduler: Scheduler,
  ) => StreamStorage<OrderEvent>;
  readonly reach?: (reach: OutboxReach) => OutboxReach;
  /** The id of the checkout that a request starts. */
  readonly checkoutIdOf?: (honest: string, attempt: number) => string;
}

export interface OrderInstance {
  readonly checkouts: Checkouts;
  readonly streams: Streams<Order, OrderEvent>;
  readonly life: Life;
}

export interface ShopWatcher {
  onStock(unitId: string, stock: Stock): void;
  /** Everything that a checkout held was given back, and it knows. */
  onGivenBack(key: string): void;
  onMovement(movement: BankMovement): void;
}

export class Shop {
  readonly scheduler: Scheduler;
  readonly goods: Goods;
  readonly plants: Plants;
  readonly carts: Carts;
  readonly stock: StockUnits;
  readonly subscribers: Subscribers;
  readonly payments: PaymentsWorker;
  readonly bank: Bank;
  readonly orders: SimulatedObject<OrderInstance>;
  readonly orderStorage = new MemoryStreamStorage<OrderEvent>();
  /** What the merchant has put on top of every price. */
  raisedMinor = 0;

  constructor(scheduler: Scheduler, goods: Goods, profile: FaultProfile, plants: Plants, watcher: ShopWatcher) {
    this.scheduler = scheduler;
    this.goods = goods;
    this.plants = plants;
    const skewOf = () => (profile.clockSkewMs === 0 ? 0 : scheduler.random.between(-1, 1) * profile.clockSkewMs);
    this.carts = new Carts(scheduler, skewOf());
    this.subscribers = new Subscribers(scheduler, plants, (from, checkoutId) =>
      this.orders.ask(from, 'order resume', ({ checkouts }) => checkouts.resume(checkoutId)),
    );
    const { decideStock: decide } = plants;
    const { onStock: onChange, onGivenBack } = watcher;
    this.stock = new StockUnits(scheduler, goods.stock.keys(), skewOf, () => this.subscribers, {
      decide,
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
      onAlarm: ({ streams, checkouts, life }, now) =>
        streams.onAlarm(now, (streamIds) => checkouts.wake(streamIds), this.#reach(life)),
    });
  }

  #startOrders(life: Life, alarm: { set(at: number): void }, now: () => number, holdMs: number): OrderInstance {
    const { scheduler, plants } = this;
    const storage = plants.orderStorage?.(this.orderStorage, life, scheduler) ?? this.orderStorage;
    const streams = new Streams(orderStreams, storage, alarm);
    const honest = this.#neighborsOf(life);
    const neighbors = plants.neighbors?.(honest) ?? honest;
    const effects = checkoutEffects(neighbors);
    const checkouts = new Checkouts({
      ...neighbors,
      streams,
      now,
      sleep: (milliseconds) => scheduler.sleep(life, milliseconds),
      holdMs,
      accessTokenOf: (orderId) => `oat_${orderId}`,
      report: (message) => scheduler.trace(() => `reported: ${message}`),
      effects: plants.effects?.(effects) ?? effects,
      ...(plants.steps === undefined ? {} : { steps: plants.steps }),
    });
    return { checkouts, streams, life };
  }

  #neighborsOf(from: Life): CheckoutNeighbors {
    const { scheduler } = this;
    const ask = <Answer>(worker: string, verb: string, serve: (life: Life) => Promise<Answer>) =>
      scheduler.call(from, `${worker} ${verb}`, () => new Life(`${worker} worker`), serve);
    return {
      cart: this.carts.api(from),
      inventory: this.stock.api(from),
      catalog: {
        variants: (request) =>
          ask('catalog', 'variants', async () =>
            ('variantIds' in request ? request.variantIds : []).map((id) => variantOf(id, this.raisedMinor)),
          ),
      },
      pricing: {
        ...plentyOfAllowances,
        quote: (request) => ask('pricing', 'quote', async () => quote(settings, request)),
      },
      allowances: plentyOfAllowances,
      payments: {
        authorize: (request) => ask('payments', 'authorize', (life) => this.payments.api(life).authorize(request)),
        lookup: (reference) => ask('payments', 'lookup', (life) => this.payments.api(life).lookup(reference)),
        capture: (request) => ask('payments', 'capture', (life) => this.payments.api(life).capture(request)),
        void: (reference) => ask('payments', 'void', (life) => this.payments.api(life).void(reference)),
      },
    };
  }

  #reach(life: Life): OutboxReach {
    const reach = this.subscribers.reach(life);
    return this.plants.reach?.(reach) ?? reach;
  }

  /** Fills the shelves and the carts before the run begins. */
  async open(): Promise<void> {
    const { now } = this.scheduler;
    for (const [unitId, quantity] of this.goods.stock) await this.stock.open(unitId, quantity, now);
    for (const { cartId, lines } of this.goods.carts) {
      const newLines = lines.map(({ variantId, quantity }, index) => ({
        lineId: `lin_${index}`,
        variant: variantOf(variantId),
        quantity,
        attributes: {},
      }));
      const origin = { country: 'DE', currency: 'EUR', createdAt: now } as const;
      const command = { type: 'add-lines', lines: newLines, origin, emptyUntil: now + 1, now } as const;
      const refusal = await this.carts.object.awake().instance.execute(cartId, command);
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
    return [this.orders, this.carts.object, ...this.stock.objects.values(), this.payments.relay];
  }
}
