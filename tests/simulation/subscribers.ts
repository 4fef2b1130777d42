/**
 * The five subscribers of a run, each behind its inbox queue. They receive with the project's own code and keep read models
 * in memory; effects and the ids of handled events are one commit, as in their databases.
 */
import type { Envelope } from '../../shared/events/envelope.ts';
import { StockChanged } from '../../shared/events/inventory.ts';
import { OrderSummary } from '../../shared/events/orders.ts';
import { PaymentUpdated } from '../../shared/events/payments.ts';
import type { Subscriber } from '../../shared/events/subscriptions.ts';
import { subscribers } from '../../shared/events/subscriptions.ts';
import { type Handlers, type InboxPort, receive } from '../../shared/messaging/inbox.ts';
import type { OutboxPort } from '../../shared/messaging/outbox.ts';
import { receiveEvents } from '../../workers/notifications/events.ts';
import { orderHandlers } from '../../workers/orders/events.ts';
import { InboxQueue } from './inbox-queue.ts';
import { Life, type Scheduler } from './scheduler.ts';

/** A change of a read model, run inside a commit. */
type Effect = () => void;

/** What the list of orders listens to, by the project's own table. */
const orderTypes = Object.keys(orderHandlers(async () => undefined));

export interface SubscriberPlants {
  /** Wraps the inbox of a consumer. */
  readonly inbox?: (port: InboxPort<Effect>) => InboxPort<Effect>;
  /** Replaces the rule by which the event log passes over what it has. */
  readonly isLogged?: (log: readonly Envelope[], id: string) => boolean;
}

export class Subscribers {
  readonly queues: Readonly<Record<Subscriber, InboxQueue>>;
  /** The event log of notifications, in order of arrival. */
  readonly log: Envelope[] = [];
  readonly orders = new Map<string, { readonly sequence: number; readonly summary: OrderSummary }>();
  readonly stock = new Map<string, { readonly sequence: number; readonly available: number }>();
  readonly #handled: Readonly<Record<Subscriber, Set<string>>>;
  readonly #logged = new Set<string>();
  readonly #scheduler: Scheduler;
  readonly #plants: SubscriberPlants;

  constructor(
    scheduler: Scheduler,
    plants: SubscriberPlants,
    resume: (from: Life, checkoutId: string) => Promise<void>,
  ) {
    this.#scheduler = scheduler;
    this.#plants = plants;
    const [catalog, inventory, orders, pricing] = [
      new Set<string>(),
      new Set<string>(),
      new Set<string>(),
      new Set<string>(),
    ];
    this.#handled = { catalog, inventory, orders, pricing, notifications: this.#logged };
    const queueOf = (name: Subscriber, handlers: (life: Life) => Handlers<Effect>) =>
      new InboxQueue(scheduler, name, (deliveries, life) =>
        receive(deliveries, handlers(life), this.#inbox(name, life)),
      );
    this.queues = {
      catalog: queueOf('catalog', () => ({})),
      pricing: queueOf('pricing', () => ({})),
      inventory: queueOf('inventory', () => ({ [StockChanged.type]: (event) => [() => this.#saveStock(event)] })),
      orders: queueOf('orders', (life) => this.#ordersHandlers((checkoutId) => resume(life, checkoutId))),
      notifications: new InboxQueue(scheduler, 'notifications', (deliveries, life) =>
        receiveEvents(deliveries, this.#append(life), (message) => this.#report(message)),
      ),
    };
  }

  /** What a publisher can do from one of its lives. */
  reach(life: Life): Pick<OutboxPort, 'send' | 'handled' | 'report'> {
    return {
      send: (subscriber, envelopes) => this.queues[subscriber].send(life, envelopes),
      handled: (subscriber, eventIds) =>
        this.#scheduler.call(
          life,
          `${subscriber} handledEvents`,
          () => new Life(`${subscriber} worker`),
          async () => eventIds.filter((id) => this.#handled[subscriber].has(id)),
        ),
      report: (message) => this.#report(message),
    };
  }

  hasHandled(subscriber: Subscriber, eventId: string): boolean {
    return this.#handled[subscriber].has(eventId);
  }

  forgetQueues(): void {
    for (const name of subscribers) this.queues[name].forget();
  }

  #report(message: string): void {
    this.#scheduler.trace(() => `reported: ${message}`);
  }

  #database<Answer>(life: Life, label: string, query: () => Promise<Answer>): Promise<Answer> {
    return this.#scheduler.call(life, label, () => new Life(label), query);
  }

  #inbox(name: Subscriber, life: Life): InboxPort<Effect> {
    const handled = this.#handled[name];
    const port: InboxPort<Effect> = {
      handledAmong: (eventIds) =>
        this.#database(life, `${name} inbox`, async () => new Set(eventIds.filter((id) => handled.has(id)))),
      apply: (effects, eventIds) =>
        this.#database(life, `${name} database`, async () => {
          for (const effect of effects) effect();
          for (const id of eventIds) handled.add(id);
        }),
      report: (message) => this.#report(message),
    };
    return this.#plants.inbox?.(port) ?? port;
  }

  #append(life: Life) {
    const isLogged = this.#plants.isLogged ?? (() => false);
    return (envelopes: readonly Envelope[]) =>
      this.#database(life, 'notifications log', async () => {
        for (const envelope of envelopes) {
          const isKnown =
            this.#plants.isLogged === undefined ? this.#logged.has(envelope.id) : isLogged(this.log, envelope.id);
          if (isKnown) continue;
          this.#logged.add(envelope.id);
          this.log.push(envelope);
        }
      });
  }

  #ordersHandlers(resume: (checkoutId: string) => Promise<void>): Handlers<Effect> {
    // The project's handlers make rows of orders, which stay unused here; news of payments they pass on themselves.
    const own = orderHandlers(resume);
    const payment: Handlers<Effect>[string] = async (event) => {
      await own[PaymentUpdated.type]?.(event);
      return [];
    };
    return Object.fromEntries(orderTypes.map((type) => [type, type === PaymentUpdated.type ? payment : this.#save]));
  }

  readonly #save: Handlers<Effect>[string] = (event) => [() => this.#saveOrder(event)];

  #saveOrder({ data, sequence }: Envelope): void {
    const summary = summaryIn(data);
    const known = this.orders.get(summary.orderId);
    if (known === undefined || known.sequence < sequence) this.orders.set(summary.orderId, { sequence, summary });
  }

  #saveStock({ data, sequence }: Envelope): void {
    const { stockUnitId, available } = StockChanged.data.parse(data);
    const known = this.stock.get(stockUnitId);
    if (known === undefined || known.sequence < sequence) this.stock.set(stockUnitId, { sequence, available });
  }
}

/** Made once: Zod compiles a schema when it is first used. */
const SummaryInEvent = OrderSummary.strip();

/** What the list of orders keeps of any event of an order. */
export function summaryIn(data: unknown): OrderSummary {
  return SummaryInEvent.parse(data);
}
