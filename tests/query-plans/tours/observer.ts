/** Every statement of the dead letters. */
import { databaseOf } from '../../../shared/messaging/d1.ts';
import {
  countOpenLetters,
  keepLetters,
  letterById,
  listLetters,
  markReplayed,
} from '../../../workers/observer/store.ts';

export async function tour(client: D1Database): Promise<void> {
  const db = databaseOf(client);
  const letter = {
    id: 'ded_1',
    queue: 'vitrine-orders-inbox-dead',
    subscriber: 'orders',
    bodySha256: 'a',
    body: '{}',
    eventId: null,
    eventType: null,
    messageId: 'm1',
    deadAt: 1,
  } as const;
  await keepLetters(db, [letter]);
  for (const status of [undefined, 'open'] as const) {
    for (const before of [null, 'ded_2']) await listLetters(db, { status, before, limit: 20 });
  }
  const found = await letterById(db, 'ded_1');
  if (found === undefined) throw new Error('The letter that was kept is there');
  await markReplayed(db, found, 2, null);
  await countOpenLetters(db);
}
