/** The queue handler inside the runtime, with messages as the runtime makes them. */
import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { ObserverEnv } from './context.ts';
import ObserverService from './index.ts';

function isOwn(bindings: object): bindings is ObserverEnv {
  return 'DB' in bindings && 'ORDERS_INBOX' in bindings;
}

test('dead messages are acknowledged one by one after they are stored', async () => {
  const batch = createMessageBatch<unknown>('vitrine-catalog-inbox-dead', [
    { id: 'm1', timestamp: new Date(), attempts: 1, body: { id: 'evt_1', type: 'inventory.stock-changed.v1' } },
    { id: 'm2', timestamp: new Date(), attempts: 1, body: 'no event' },
  ]);
  if (!isOwn(env)) throw new Error('this is not the observer');
  const context = createExecutionContext();
  await new ObserverService(context, env).queue(batch);
  const result = await getQueueResult(batch, context);
  expect(result.explicitAcks).toEqual(['m1', 'm2']);
  const { results } = await env.DB.prepare('SELECT subscriber, event_id FROM dead_letters ORDER BY message_id').all();
  expect(results).toEqual([
    { subscriber: 'catalog', event_id: 'evt_1' },
    { subscriber: 'catalog', event_id: null },
  ]);
});
