/**
 * A simulated inbox queue and its consumer: at least once, in any order, whole batches again when the consumer fails, dead
 * letters after too many tries. Like a local queue it forgets what it holds in a power cut; unlike any real one it may also
 * lose a message it took, because the outbox must not depend on it.
 */
import type { Envelope } from '../../shared/events/envelope.ts';
import type { Delivery } from '../../shared/messaging/inbox.ts';
import { secondMs } from '../../shared/values/time.ts';
import { Life, type Scheduler } from './scheduler.ts';

interface Message {
  readonly body: Envelope;
  attempts: number;
}

/** Handles a batch; it throws, or its life ends, when the batch failed. */
type Consumer = (deliveries: readonly Delivery[], life: Life) => Promise<void>;

const retriesMax = 5;
const batchMax = 10;
const batchWaitMs = 300;

export class InboxQueue {
  readonly name: string;
  readonly deadLetters: Envelope[] = [];
  readonly #scheduler: Scheduler;
  readonly #consume: Consumer;
  #ready: Message[] = [];
  #power = 0;
  #isScheduled = false;

  constructor(scheduler: Scheduler, name: string, consume: Consumer) {
    this.#scheduler = scheduler;
    this.name = name;
    this.#consume = consume;
  }

  send(from: Life, envelopes: readonly Envelope[]): Promise<void> {
    return this.#scheduler.call(
      from,
      `${this.name} queue`,
      () => new Life(`${this.name} queue`),
      async () => {
        for (const body of envelopes) this.#take(body);
      },
    );
  }

  forget(): void {
    this.#ready = [];
    this.#power += 1;
  }

  #take(body: Envelope): void {
    const { random, rates } = this.#scheduler;
    if (random.chance(rates['queue-lost'])) return;
    const copies = random.chance(rates['queue-duplicate']) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) this.#enqueue({ body, attempts: 0 }, 0);
  }

  #enqueue(message: Message, delayMs: number): void {
    const { random, rates } = this.#scheduler;
    const power = this.#power;
    const lateMs = random.chance(rates['queue-delay']) ? random.between(500, 40_000) : random.between(1, 20);
    this.#scheduler.after(delayMs + lateMs, null, `${this.name} has ${message.body.id}`, () => {
      if (power !== this.#power) return;
      this.#ready.push(message);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#scheduler.after(batchWaitMs, null, `${this.name} consumer`, () => {
      this.#isScheduled = false;
      const batch = this.#ready.splice(0, batchMax);
      if (this.#ready.length > 0) this.#schedule();
      if (batch.length > 0) this.#deliver(batch);
    });
  }

  #deliver(batch: readonly Message[]): void {
    const { random, rates } = this.#scheduler;
    const life = new Life(`${this.name} consumer`);
    const retryDelays = new Map<Message, number>();
    const deliveries = batch.map(
      (message): Delivery => ({
        body: message.body,
        attempts: message.attempts + 1,
        ack: () => void retryDelays.delete(message),
        retry: (options) => void retryDelays.set(message, (options?.delaySeconds ?? 0) * secondMs),
      }),
    );
    const power = this.#power;
    const failed = () => {
      if (power === this.#power) for (const message of batch) this.#again(message, secondMs);
    };
    const unwatch = life.onEnd(failed);
    const isFailing = random.chance(rates['queue-batch-fails']);
    this.#consume(deliveries, life).then(
      () => {
        unwatch();
        if (isFailing) failed();
        else for (const [message, delayMs] of retryDelays) this.#again(message, delayMs);
      },
      () => {
        unwatch();
        failed();
      },
    );
  }

  #again(message: Message, delayMs: number): void {
    message.attempts += 1;
    if (message.attempts > retriesMax) this.deadLetters.push(message.body);
    else this.#enqueue(message, delayMs);
  }
}
