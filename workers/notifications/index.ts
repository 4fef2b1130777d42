/**
 * Notifications: the log of every event of the shop and the change feed that is read from it. There are no rules beyond
 * "keep each event once", so there is no domain.ts.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type { InboxApi } from '../../shared/contracts/inbox.ts';
import { reportDefect } from '../../shared/messaging/report.ts';
import { contextOf, type NotificationsEnv } from './context.ts';
import { receiveEvents } from './events.ts';
import { app } from './routes.ts';
import { logEvents, loggedAmong } from './service.ts';

export default class NotificationsService extends WorkerEntrypoint<NotificationsEnv> implements InboxApi {
  override async fetch(request: Request): Promise<Response> {
    return app.fetch(request, this.env, this.ctx);
  }

  handledEvents(eventIds: readonly string[]): Promise<string[]> {
    return loggedAmong(contextOf(this.env), eventIds);
  }

  override async queue(batch: MessageBatch): Promise<void> {
    const context = contextOf(this.env);
    await receiveEvents(batch.messages, (envelopes) => logEvents(context, envelopes), reportDefect);
  }
}
