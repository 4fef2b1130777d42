/** The change feed for merchants and their integrations. */
import { type LoggedEvent, listEvents, readEvent } from '../../shared/contracts/notifications/http.ts';
import { type App, createApp, json, refused, serve } from '../../shared/http/app.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import type { EventLog, EventRow } from './store.ts';

export function notificationsApp<Env extends object>(logOf: (env: Env) => EventLog): App<Env> {
  const app = createApp<Env>();

  serve(app, listEvents, async ({ env, query, c }) => {
    const rows = await logOf(env).page({ ...query, limit: query.limit + 1 });
    const shown = rows.slice(0, query.limit);
    const next = rows.length > shown.length ? String(shown.at(-1)?.position ?? query.after) : null;
    return json({ items: shown.map(loggedEvent), next }, 200, linkTo(c.req.url, next));
  });

  serve(app, readEvent, async ({ env, params, actor }) => {
    const row = await logOf(env).byId(params.id);
    return row === undefined ? refused({ code: 'not-found' }, actor) : json(loggedEvent(row));
  });
  return app;
}

/** This list goes on by `after`, not by an opaque cursor: a reader may keep a position for years. */
function linkTo(url: string, next: string | null): Record<string, string> {
  if (next === null) return {};
  const address = new URL(url);
  address.searchParams.set('after', next);
  return { link: `<${address.pathname}${address.search}>; rel="next"` };
}

function loggedEvent({ position, receivedAt, envelope }: EventRow): LoggedEvent {
  return { position, receivedAt: toTimestamp(receivedAt), ...envelope };
}
