/**
 * Notifications: the log of every event of the shop and the change feed that is read from it. There are no rules beyond
 * "keep each event once", so there is no domain.ts and no service.ts.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type { InboxApi } from '../../shared/contracts/inbox.ts';
import { databaseOf, reportDefect } from '../../shared/messaging/d1.ts';
import { receiveEvents } from './events.ts';
import { notificationsApp } from './routes.ts';
import { EventLog } from './store.ts';

export interface NotificationsEnv {
  readonly DB: D1Database;
}

const logOf = (env: NotificationsEnv) => new EventLog(databaseOf(env.DB));
const app = notificationsApp<NotificationsEnv>(logOf);

export default class NotificationsService extends WorkerEntrypoint<NotificationsEnv> implements InboxApi {
  override async fetch(request: Request): Promise<Response> {
    return app.fetch(request, this.env, this.ctx);
  }

  async handledEvents(eventIds: readonly string[]): Promise<string[]> {
    return logOf(this.env).known(eventIds);
  }

  override async queue(batch: MessageBatch): Promise<void> {
    await receiveEvents(batch.messages, logOf(this.env), Date.now(), reportDefect);
  }
}
