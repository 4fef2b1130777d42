/** The change feed for merchants and their integrations, the outbox of messages, and who the shop is. */

import { type LoggedEvent, listEvents, readEvent } from '../../shared/contracts/notifications/http.ts';
import { listMessages } from '../../shared/contracts/notifications/messages-http.ts';
import { changeShop, readShop, readShopProfile } from '../../shared/contracts/notifications/shop-http.ts';
import { type App, createApp, json, refused, serve } from '../../shared/http/app.ts';
import { etagOf, ifMatchAllows, ifNoneMatchHits } from '../../shared/http/conditional.ts';
import { noSuch } from '../../shared/values/result.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import { contextOf, type NotificationsEnv } from './context.ts';
import { publicViewOf, senderOf } from './domain/shop.ts';
import { changeShopProfile, feedPage, loggedEvent, messagesPage, shopProfile } from './service.ts';
import type { EventRow } from './store.ts';

export const app: App<NotificationsEnv> = createApp();

serve(app, listEvents, async ({ env, query, c }) => {
  const page = await feedPage(contextOf(env), query);
  const next = page.next === null ? null : String(page.next);
  return json({ items: page.rows.map(viewOf), next }, 200, linkTo(c.req.url, next));
});

serve(app, readEvent, async ({ env, params, actor }) => {
  const row = await loggedEvent(contextOf(env), params.id);
  return row === undefined ? refused(noSuch('event'), actor) : json(viewOf(row));
});

serve(app, listMessages, async ({ env, query, c }) => {
  const context = contextOf(env);
  const [page, profile] = await Promise.all([messagesPage(context, query), shopProfile(context)]);
  const next = page.next === null ? null : String(page.next);
  const items = page.rows.map(({ createdAt, expiresAt, ...shown }) => ({
    ...{ ...shown, ...senderOf(profile) },
    createdAt: toTimestamp(createdAt),
    expiresAt: toTimestamp(expiresAt),
  }));
  return json({ items, next }, 200, linkTo(c.req.url, next));
});

serve(app, readShop, async ({ env, c }) => {
  const profile = await shopProfile(contextOf(env));
  return versioned(c.req.header('if-none-match'), profile.version, publicViewOf(profile));
});

serve(app, readShopProfile, async ({ env, c }) => {
  const profile = await shopProfile(contextOf(env));
  return versioned(c.req.header('if-none-match'), profile.version, profile);
});

serve(app, changeShop, async ({ env, body, actor, c }) => {
  const changed = await changeShopProfile(contextOf(env), body, {
    by: `${actor.kind}:${actor.id}`,
    isExpected: (version) => ifMatchAllows(c.req.header('if-match'), version),
  });
  if (!changed.ok) return refused(changed.refusal, actor);
  return versioned(undefined, changed.value.version, changed.value);
});

function versioned(ifNoneMatch: string | undefined, version: number, value: unknown): Response {
  const etag = etagOf(version);
  if (ifNoneMatchHits(ifNoneMatch, etag)) return new Response(null, { status: 304, headers: { etag } });
  return json(value, 200, { etag });
}

/** This list goes on by `after`, not by an opaque cursor: a reader may keep a position for years. */
function linkTo(url: string, next: string | null): Record<string, string> {
  if (next === null) return {};
  const address = new URL(url);
  address.searchParams.set('after', next);
  return { link: `<${address.pathname}${address.search}>; rel="next"` };
}

function viewOf({ position, receivedAt, envelope }: EventRow): LoggedEvent {
  return { position, receivedAt: toTimestamp(receivedAt), ...envelope };
}
