/** Every statement in the SQLite of objects: streams, names, answers and the sandbox's books. */
import { streamsAfter } from '../../../durable-objects/allowance/storage.ts';
import { SandboxStorage } from '../../../durable-objects/sandbox-ledger/storage.ts';
import { SqliteStreamStorage } from '../../../durable-objects/storage.ts';
import type { Intent } from '../../../workers/sandbox/domain/decide.ts';
import type { ObjectSql } from '../recorder.ts';

/** The storage classes use `exec` only. */
const storageOf = (sql: ObjectSql) => sql as SqlStorage;

export function tourOfStreams(sql: ObjectSql): void {
  const storage = new SqliteStreamStorage<{ readonly n: number }>(storageOf(sql));
  const row = (eventId: string) => ({ eventId, envelope: '{}', pending: ['orders' as const] });
  storage.write({
    ...{ streamId: 's1', sequence: 1, events: [{ n: 1 }], outbox: [row('e1'), row('e2')], wakeAt: 5 },
    snapshot: { version: 1, json: '{}' },
  });
  storage.read('s1');
  storage.firstEvents('s1', 3);
  storage.streamBeginning('s');
  storage.history('s1', 0, 20);
  storage.dueStreams(9, 100);
  storage.nextWakeAt();
  storage.setWake('s1', null);
  storage.openOutbox(500, 0);
  storage.settleOutbox([
    { eventId: 'e1', pending: [] },
    { eventId: 'e2', pending: ['notifications'] },
  ]);
  storage.saveAnswer({ key: 'k', fingerprint: 'f', status: 200, body: '{}', expiresAt: 1 });
  storage.answer('k');
  storage.takeName({ kind: 'order-number', name: '1', owner: 's1', expiresAt: null });
  storage.ownerOf('order-number', '1');
  storage.nextExpiryAt();
  storage.dropExpired(2);
  streamsAfter(storageOf(sql), '', 20);
  storage.dropStream('s1');
}

export function tourOfSandbox(sql: ObjectSql): void {
  const storage = new SandboxStorage(storageOf(sql));
  // The storage writes an intent as it is and reads no more of it than these fields.
  const intent = { id: 'pi_1', orderId: 'ord_1', currency: 'EUR', refunds: [], disputes: [] } as unknown as Intent;
  storage.append(intent, [{ kind: 'authorization', amountMinor: 1 } as never], 1);
  storage.remember('k', {} as never, 1);
  storage.load('pi_1', { key: 'k' } as never);
  storage.enqueue('pi_1', '{}', 1, 1);
  const [delivery] = storage.deliveriesDue(2, 20);
  if (delivery === undefined) throw new Error('The delivery that was queued is due');
  storage.deliveriesOf('pi_1');
  storage.nextDueAt();
  storage.postpone(delivery, 3);
  storage.close(delivery);
  storage.forgetAnswers(0);
  storage.books('ord_1');
  storage.books(null);
}
