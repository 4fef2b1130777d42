/**
 * Whom a publisher reaches, from the table of subscriptions: the bindings it needs as a type, and the way to each subscriber
 * from its bindings. A new subscriber is one line in `subscriptions.ts`, one queue and one service in the publisher's wrangler
 * file, and nothing here or in the publisher.
 */
import type { InboxApi } from '../contracts/inbox.ts';
import type { Envelope } from '../events/envelope.ts';
import { type Publisher, type Subscriber, type SubscriberOf, subscribersTo } from '../events/subscriptions.ts';
import { databaseOf, handledEventsIn } from './d1.ts';
import type { Reach, Reaches } from './relay-port.ts';

/** What a publisher is bound to: the inbox of each subscriber, and the Worker that knows what it has handled. */
export type ReachEnv<Name extends Publisher> = {
  readonly [S in SubscriberOf<Name> as `${Uppercase<S>}_INBOX`]: Queue<Envelope>;
} & {
  readonly [S in Exclude<SubscriberOf<Name>, Name> as Uppercase<S>]: InboxApi;
} & { readonly DB: D1Database };

/** The subscribers of a publisher. One that subscribes to its own events looks into its own database for what it handled. */
export function reachesOf<Name extends Publisher>(publisher: Name, env: ReachEnv<Name>): Reaches {
  // The type of `env` names these bindings one by one, from the same table; here they are looked up by their names.
  const bindings = env as Readonly<Record<string, unknown>>;
  const reachOf = (subscriber: Subscriber): Reach => {
    const name = subscriber.toUpperCase();
    const own = { handledEvents: (eventIds: readonly string[]) => handledEventsIn(databaseOf(env.DB), eventIds) };
    const api = subscriber === publisher ? own : (bindings[name] as InboxApi);
    return { inbox: bindings[`${name}_INBOX`] as Queue<Envelope>, api, isOwn: subscriber === publisher };
  };
  return Object.fromEntries(subscribersTo(publisher).map((subscriber) => [subscriber, reachOf(subscriber)]));
}
