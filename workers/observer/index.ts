/**
 * The observer: keeps what every inbox gave up on until someone looks at it, sends it back on request, and tells which parts
 * of the shop answer. Nothing in the shop waits for it. There are no rules to decide, so there is no domain.ts.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import { reportDefect } from '../../shared/messaging/report.ts';
import { contextOf, type ObserverEnv } from './context.ts';
import { receiveDeadLetters } from './events.ts';
import { app } from './routes.ts';
import { keepLetters } from './store.ts';

export default class ObserverService extends WorkerEntrypoint<ObserverEnv> {
  override async fetch(request: Request): Promise<Response> {
    return app.fetch(request, this.env, this.ctx);
  }

  override async queue(batch: MessageBatch): Promise<void> {
    const { db, now, newLetterId: newId } = contextOf(this.env);
    await receiveDeadLetters(batch, (arrivals) => keepLetters(db, arrivals), {
      now: now(),
      newId,
      report: reportDefect,
    });
  }
}
