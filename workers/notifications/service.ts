/** The use cases of the event log, of the outbox of messages, and of what the shop says of itself. */
import type { OutgoingMessage, WrittenMessage } from '../../shared/contracts/notifications/api.ts';
import type { ShopPatch, ShopProfile } from '../../shared/contracts/notifications/shop-http.ts';
import type { Envelope } from '../../shared/events/envelope.ts';
import { handledAmong, rememberHandled } from '../../shared/messaging/handled.ts';
import { untilKept } from '../../shared/messaging/overtaken.ts';
import type { Result } from '../../shared/values/result.ts';
import type { NotificationsContext } from './context.ts';
import { textOf } from './domain/messages.ts';
import { changeProfile, profileOf, type ShopRefusal } from './domain/shop.ts';
import {
  addMessage,
  appendEvents,
  type EventRow,
  eventById,
  eventsAfter,
  type FeedQuery,
  knownEvents,
  type MessageRow,
  messagesAfter,
  newestMessages,
  readProfile,
  saveProfile,
} from './store.ts';

export async function logEvents({ db, now }: NotificationsContext, envelopes: readonly Envelope[]): Promise<void> {
  await appendEvents(db, envelopes, now());
  rememberHandled(envelopes.map(({ id }) => id));
}

/** The ids among these whose events are in the log. */
export function loggedAmong({ db }: NotificationsContext, eventIds: readonly string[]): Promise<string[]> {
  return handledAmong(eventIds, (unsure) => knownEvents(db, unsure));
}

export function loggedEvent({ db }: NotificationsContext, eventId: string): Promise<EventRow | undefined> {
  return eventById(db, eventId);
}

/** A page of the feed, and the position after which the next one begins; null at the end of the log. */
export async function feedPage(
  { db }: NotificationsContext,
  query: FeedQuery,
): Promise<{ readonly rows: readonly EventRow[]; readonly next: number | null }> {
  const found = await eventsAfter(db, { ...query, limit: query.limit + 1 });
  const rows = found.slice(0, query.limit);
  return { rows, next: found.length > rows.length ? (rows.at(-1)?.position ?? null) : null };
}

export async function writeMessage({ db, now }: NotificationsContext, message: OutgoingMessage): Promise<string> {
  const { id, to, template, expiresAt } = message;
  return addMessage(db, { id, to, template, ...textOf(message), createdAt: now(), expiresAt });
}

const lastMessagesMax = 100;

export async function lastMessages({ db }: NotificationsContext): Promise<WrittenMessage[]> {
  const rows = await newestMessages(db, lastMessagesMax);
  return rows.toReversed().map(({ to, template, subject, text, html, createdAt }) => {
    return { to, template, subject, text, html, createdAt };
  });
}

/** A page of the outbox, and the position after which the next one begins; null at its end. */
export async function messagesPage(
  { db, now }: NotificationsContext,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<{ readonly rows: readonly MessageRow[]; readonly next: number | null }> {
  const found = await messagesAfter(db, { after, limit: limit + 1, now: now() });
  const rows = found.slice(0, limit);
  return { rows, next: found.length > rows.length ? (rows.at(-1)?.position ?? null) : null };
}

export async function shopProfile({ db }: NotificationsContext): Promise<ShopProfile> {
  return profileOf(await readProfile(db));
}

/** Applies one change, decided on what all writers before it have left. */
export async function changeShopProfile(
  context: NotificationsContext,
  patch: ShopPatch,
  { by, isExpected }: { readonly by: string; readonly isExpected: (version: number) => boolean },
): Promise<Result<ShopProfile, ShopRefusal>> {
  return untilKept(async () => {
    const changed = changeProfile(await shopProfile(context), patch, isExpected);
    if (!changed.ok) return changed;
    const isKept = await saveProfile(context.db, changed.value, { by, now: context.now() });
    return isKept ? changed : 'overtaken';
  });
}
