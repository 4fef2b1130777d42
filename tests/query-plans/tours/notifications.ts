/** Every statement of the event log, of the outbox of messages, and of what the shop says of itself. */
import type { Envelope } from '../../../shared/events/envelope.ts';
import { databaseOf } from '../../../shared/messaging/d1.ts';
import { profileOf } from '../../../workers/notifications/domain/shop.ts';
import {
  addMessage,
  appendEvents,
  eventById,
  eventsAfter,
  knownEvents,
  messagesAfter,
  newestMessages,
  readProfile,
  saveProfile,
} from '../../../workers/notifications/store.ts';

const event: Envelope = {
  ...{ specversion: '1.0', id: 'e1', source: '/orders', type: 'orders.order-placed.v1', subject: 'ord_1' },
  ...{ time: '2026-11-21T00:00:00.000Z', sequence: 1, datacontenttype: 'application/json', data: {} },
};

export async function tour(client: D1Database): Promise<void> {
  const db = databaseOf(client);
  await appendEvents(db, [event], 0);
  await knownEvents(db, ['e1']);
  const words = { subject: 'S', text: 'T', html: '<p>T</p>' };
  await addMessage(db, { id: 'm1', to: 'a@b.de', template: 'order-link', ...words, createdAt: 1, expiresAt: 2 });
  await messagesAfter(db, { after: 0, limit: 20, now: 0 });
  await newestMessages(db, 20);
  await saveProfile(db, { ...profileOf(await readProfile(db)), version: 1 }, { by: 'key:admin', now: 0 });
  await eventById(db, 'e1');
  for (const type of [undefined, event.type]) {
    for (const subject of [undefined, event.subject]) await eventsAfter(db, { after: 0, type, subject, limit: 20 });
  }
}
