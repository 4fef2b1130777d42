/**
 * The payments Worker of a run: its own use cases, providers and webhook reader, over a book in memory that every access
 * reaches as D1 is reached, with a commit that may fail or whose answer may be lost.
 */
import type { PaymentsApi, RefundsApi } from '../../shared/contracts/payments/api.ts';
import type { Envelope } from '../../shared/events/envelope.ts';
import type { Subscriber } from '../../shared/events/subscriptions.ts';
import { type OutboxPort, type OutboxRow, outboxRow } from '../../shared/messaging/outbox.ts';
import { relayWork, WorkAlarm } from '../../shared/messaging/work-alarm.ts';
import { secondMs } from '../../shared/values/time.ts';
import { manualProvider } from '../../workers/payments/providers/manual.ts';
import type { PaymentBook, PaymentProvider, RequestBook } from '../../workers/payments/providers/provider.ts';
import { stripeProvider } from '../../workers/payments/providers/stripe.ts';
import { isoUnits } from '../../workers/payments/providers/stripe-units.ts';
import { readWebhook } from '../../workers/payments/providers/stripe-webhooks.ts';
import { paymentsApi } from '../../workers/payments/service/api.ts';
import { type EventPorts, factsOf, receiveProviderEvent } from '../../workers/payments/service/payments.ts';
import { MemoryBook } from '../payments/memory-book.ts';
import type { Bank } from './bank.ts';
import { SimulatedObject } from './objects.ts';
import { Life, type Scheduler } from './scheduler.ts';

export class PaymentsWorker {
  readonly book = new MemoryBook();
  readonly published: Envelope[] = [];
  readonly relay: SimulatedObject<WorkAlarm>;
  outbox: OutboxRow[] = [];
  readonly #scheduler: Scheduler;
  readonly #seen = new Set<string>();
  readonly #bank: () => Bank;

  constructor(
    scheduler: Scheduler,
    bank: () => Bank,
    reach: (life: Life) => Pick<OutboxPort, 'send' | 'handled' | 'report'>,
  ) {
    this.#scheduler = scheduler;
    this.#bank = bank;
    this.relay = new SimulatedObject(scheduler, 'payments relay', 0, {
      start: (life, alarm) =>
        new WorkAlarm(relayWork(this.#outboxPort(life, reach(life))), {
          getAlarm: async () => this.relay.alarmAt,
          setAlarm: async (at) => alarm.set(at),
        }),
      onAlarm: (instance, now) => instance.run(now),
    });
  }

  /** What one invocation of the Worker can do. */
  api(life: Life): PaymentsApi & RefundsApi {
    const book = this.#bookOf(life);
    const sandbox = this.#sandbox(life, book);
    const manual = manualProvider(book);
    return paymentsApi((name) => (name === 'manual' ? manual : sandbox), book);
  }

  #sandbox(life: Life, book: PaymentBook): PaymentProvider {
    const client = this.#bank().clientOf(life);
    return stripeProvider(
      { provider: 'sandbox', client, units: isoUnits, returnUrl: null, hasMulticapture: true },
      book,
    );
  }

  /** The door for webhooks. */
  async receiveWebhook(life: Life, body: string): Promise<void> {
    const client = this.#bank().clientOf(life);
    const source = { provider: 'sandbox', client, secret: 'secret', units: isoUnits } as const;
    const { now } = this.#scheduler;
    const signature = `t=${Math.floor(now / secondMs)},v1=signature`;
    const event = await readWebhook(new TextEncoder().encode(body), signature, source, now);
    if (!event.ok) throw new Error(`A webhook was refused: ${event.refusal.detail}`);
    const provider = this.#sandbox(life, this.#bookOf(life));
    const facts = await factsOf(event.value, (providerRef) => provider.observe(providerRef));
    if (facts === null) throw new Error('The provider does not answer; it is to send the webhook again');
    const applyEvent = this.#applier(life);
    const armRelay = () => this.relay.ask(life, 'payments relay arm', (instance) => instance.arm(this.#scheduler.now));
    await receiveProviderEvent(facts, { applyEvent, armRelay, now: () => this.#scheduler.now });
  }

  #database<Answer>(life: Life, label: string, query: () => Promise<Answer>): Promise<Answer> {
    return this.#scheduler.call(life, `payments database ${label}`, () => new Life('payments database'), query);
  }

  #bookOf(life: Life): PaymentBook & RequestBook {
    const { book } = this;
    return {
      find: (paymentKey) => this.#database(life, 'find', () => book.find(paymentKey)),
      open: (report, now) => this.#database(life, 'open', () => book.open(report, now)),
      close: (key, provider, now) => this.#database(life, 'close', () => book.close(key, provider, now)),
      record: (known, report, now) => this.#database(life, 'record', () => book.record(known, report, now)),
      note: (paymentKey, request, now) => this.#database(life, 'note', () => book.note(paymentKey, request, now)),
    };
  }

  /** Reads, decides, and writes under the version that was read, as the store does in two batches. */
  #applier(life: Life): EventPorts['applyEvent'] {
    const { payments, transactions } = this.book;
    return async (eventId, paymentKey, decide) => {
      for (;;) {
        const read = await this.#database(life, 'read event', async () => ({
          isSeen: this.#seen.has(eventId),
          known: payments.get(paymentKey) ?? null,
        }));
        if (read.isSeen) return;
        const decision = decide(read.known);
        const isWritten = await this.#database(life, 'write event', async () => {
          if (decision === null) return this.#seen.add(eventId).has(eventId);
          const { payment } = decision.recorded;
          if ((payments.get(payment.paymentKey)?.version ?? 0) !== (read.known?.version ?? 0)) return false;
          this.#seen.add(eventId);
          payments.set(payment.paymentKey, payment);
          transactions.push(...decision.recorded.transactions);
          this.#publish(decision.events);
          return true;
        });
        if (isWritten) return;
      }
    };
  }

  #publish(events: readonly Envelope[]): void {
    for (const envelope of events) {
      if (this.published.some(({ id }) => id === envelope.id)) continue;
      this.published.push(envelope);
      this.outbox.push(outboxRow(envelope));
    }
  }

  #outboxPort(life: Life, reach: Pick<OutboxPort, 'send' | 'handled' | 'report'>): OutboxPort {
    return {
      ...reach,
      open: (limit) => this.#database(life, 'open outbox', async () => this.outbox.slice(0, limit)),
      settle: (rows) =>
        this.#database(life, 'settle outbox', async () => {
          const settled = new Map<string, readonly Subscriber[]>(rows.map((row) => [row.eventId, row.pending]));
          this.outbox = this.outbox
            .map((row) => ({ ...row, pending: settled.get(row.eventId) ?? row.pending }))
            .filter((row) => row.pending.length > 0);
        }),
    };
  }
}
