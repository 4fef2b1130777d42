/**
 * The end of every dead-letter queue. A message is acknowledged only after its letter is in the database, and whatever its
 * body holds it can be stored: a letter that nobody can read is still a letter.
 */
import * as z from 'zod';
import { sha256 } from '../../shared/digest/sha256.ts';
import { type Subscriber, subscribers } from '../../shared/events/subscriptions.ts';
import type { Delivery } from '../../shared/messaging/inbox.ts';
import { hourMs, secondMs } from '../../shared/values/time.ts';
import type { Arrival } from './store.ts';

/** A message of a dead-letter queue. */
export interface DeadDelivery extends Delivery {
  readonly id: string;
}

interface DeadBatch {
  readonly queue: string;
  readonly messages: readonly DeadDelivery[];
}

interface Moment {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly newId: () => string;
  report(message: string, error: unknown): void;
}

/** With a hundred retries this outlasts the retention of the queue itself. */
const retryDelaySecondsMax = hourMs / secondMs;

/** Keeps a whole batch at once; when that fails, one by one, so that one letter never takes others with it. */
export async function receiveDeadLetters(
  { queue, messages }: DeadBatch,
  keep: (arrivals: readonly Arrival[]) => Promise<void>,
  moment: Moment,
): Promise<void> {
  const letters = await Promise.all(
    messages.map(async (message) => ({ message, arrival: await arrivalOf(queue, message, moment) })),
  );
  try {
    await keep(letters.map(({ arrival }) => arrival));
    for (const { message } of letters) message.ack();
    return;
  } catch (error) {
    moment.report(`a batch of dead letters of ${queue} could not be stored at once`, error);
  }
  for (const { message, arrival } of letters) {
    try {
      await keep([arrival]);
      message.ack();
    } catch (error) {
      moment.report(`the dead letter ${message.id} of ${queue} could not be stored`, error);
      message.retry({ delaySeconds: Math.min(2 ** message.attempts, retryDelaySecondsMax) });
    }
  }
}

/** Whose inbox a dead-letter queue belongs to; null for a queue of another kind. */
function subscriberOf(queue: string): Subscriber | null {
  return subscribers.find((subscriber) => queue === `vitrine-${subscriber}-inbox-dead`) ?? null;
}

const EventLike = z.object({ id: z.string().max(200), type: z.string().max(200) });

async function arrivalOf(queue: string, { id, body }: DeadDelivery, { now, newId }: Moment): Promise<Arrival> {
  const text = textOf(body);
  const event = EventLike.safeParse(body);
  return {
    id: newId(),
    queue,
    subscriber: subscriberOf(queue),
    bodySha256: await sha256(text),
    body: text,
    eventId: event.success ? event.data.id : null,
    eventType: event.success ? event.data.type : null,
    messageId: id,
    deadAt: now,
  };
}

/** Publishers send JSON only. Anything else is kept as the text it can be turned into. */
function textOf(body: unknown): string {
  try {
    return JSON.stringify(body) ?? JSON.stringify(String(body));
  } catch {
    return JSON.stringify(String(body));
  }
}
