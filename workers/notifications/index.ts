/** Notifications: the log of every event of the shop with the change feed that is read from it, and the outbox of messages. */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type { NotificationsApi, OutgoingMessage } from '../../shared/contracts/notifications/api.ts';
import { reportDefect } from '../../shared/messaging/report.ts';
import { contextOf, type NotificationsEnv } from './context.ts';
import { receiveEvents } from './events.ts';
import { app } from './routes.ts';
import { lastMessages, logEvents, loggedAmong, writeMessage } from './service.ts';

export default class NotificationsService extends WorkerEntrypoint<NotificationsEnv> implements NotificationsApi {
  override async fetch(request: Request): Promise<Response> {
    return app.fetch(request, this.env, this.ctx);
  }

  handledEvents(eventIds: readonly string[]): Promise<string[]> {
    return loggedAmong(contextOf(this.env), eventIds);
  }

  send(message: OutgoingMessage): Promise<string> {
    return writeMessage(contextOf(this.env), message);
  }

  lastMessages() {
    return lastMessages(contextOf(this.env));
  }

  override async queue(batch: MessageBatch): Promise<void> {
    const context = contextOf(this.env);
    await receiveEvents(batch.messages, (envelopes) => logEvents(context, envelopes), reportDefect);
  }
}
