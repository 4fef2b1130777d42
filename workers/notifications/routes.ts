/** The change feed for merchants and their integrations. */

import { type LoggedEvent, listEvents, readEvent } from '../../shared/contracts/notifications/http.ts';
import { listMessages } from '../../shared/contracts/notifications/messages-http.ts';
import { type App, createApp, json, refused, serve } from '../../shared/http/app.ts';
import { noSuch } from '../../shared/values/result.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import { contextOf, type NotificationsEnv } from './context.ts';
import { feedPage, loggedEvent, messagesPage } from './service.ts';
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
  const page = await messagesPage(contextOf(env), query);
  const next = page.next === null ? null : String(page.next);
  const items = page.rows.map(({ createdAt, expiresAt, ...shown }) => ({
    ...shown,
    createdAt: toTimestamp(createdAt),
    expiresAt: toTimestamp(expiresAt),
  }));
  return json({ items, next }, 200, linkTo(c.req.url, next));
});

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
