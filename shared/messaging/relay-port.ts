/**
 * How the Workers reach the subscribers of their events: a queue to send to and an inbox to ask, per subscriber. Objects of one
 * isolate share their calls.
 */
import type { Envelope } from '../events/envelope.ts';
import { type Subscriber, subscribers } from '../events/subscriptions.ts';
import { isHandledHere } from './handled.ts';
import { batchBytesMax, batchMessagesMax, type OutboxPort } from './outbox.ts';
import { reportDefect } from './report.ts';
import { SharedCalls } from './shared-calls.ts';

export interface Reach {
  readonly inbox: Pick<Queue<Envelope>, 'sendBatch'>;
  readonly api: { handledEvents(eventIds: readonly string[]): Promise<string[]> };
  /** The publisher itself: what it has handled already need not go through the queue. */
  readonly isOwn: boolean;
}
export type Reaches = Partial<Record<Subscriber, Reach>>;

/** Ids per question: a question of one object may be as long as a page of its outbox. */
const idsMax = 2_000;

/** All objects of an isolate belong to one Worker, which has one binding per subscriber. */
const calls = new Map(
  subscribers.map((subscriber) => [
    subscriber,
    {
      send: new SharedCalls<Envelope, void>({ itemsMax: batchMessagesMax, weightMax: batchBytesMax }),
      ask: new SharedCalls<string, ReadonlySet<string>>({ itemsMax: idsMax, weightMax: 0 }),
    },
  ]),
);

/** The sending half of an outbox port, the same for objects and databases. */
export function reachPort(reaches: Reaches): Pick<OutboxPort, 'send' | 'handled' | 'report'> {
  const reach = (subscriber: Subscriber) => {
    const [found, shared] = [reaches[subscriber], calls.get(subscriber)];
    if (found === undefined || shared === undefined)
      throw new Error(`This Worker has no binding to the inbox of ${subscriber}`);
    return { ...found, shared };
  };
  return {
    send: async (subscriber, envelopes, bytesMax) => {
      const { inbox, shared, isOwn } = reach(subscriber);
      const unhandled = isOwn ? envelopes.filter(({ id }) => !isHandledHere(id)) : envelopes;
      if (unhandled.length === 0) return;
      await shared.send.ask(unhandled, bytesMax, async (all) => {
        await inbox.sendBatch(all.map((body) => ({ body, contentType: 'json' as const })));
      });
    },
    handled: async (subscriber, eventIds) => {
      const { api, shared } = reach(subscriber);
      const handled = await shared.ask.ask(eventIds, 0, async (all) => new Set(await api.handledEvents(all)));
      return eventIds.filter((eventId) => handled.has(eventId));
    },
    report: reportDefect,
  };
}
