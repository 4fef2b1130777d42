/** What a call to an Order object carries, and how its answer goes out: as it was kept, and never into a cache. */

import type { Actor } from '../../../shared/http/actor.ts';
import { replayedHeader } from '../../../shared/http/idempotency.ts';
import type { IdempotencyKey } from '../../../shared/values/idempotency.ts';
import type { CheckoutAnswer } from '../service/requests.ts';

export const privateHeaders = { 'cache-control': 'private, no-store' };

/** What every request to an Order object carries of its HTTP call. */
export function callFacts<Key extends IdempotencyKey | null>({ requestId, traceparent }: Actor, idempotency: Key) {
  return { idempotency, requestId, traceparent };
}

/** When an answer that is not final may be asked for again. The one that still runs is joined then. */
const retrySoon = { 'retry-after': '1' };

/** A refusal that passes says itself when. */
function retryLater(body: string): Record<string, string> {
  const seconds = /"retryAfterSeconds":(\d+)/.exec(body)?.[1];
  return seconds === undefined ? {} : { 'retry-after': seconds };
}

export function respond({ status, body, isReplayed }: CheckoutAnswer): Response {
  const isPassing = status === 503 || (status === 409 && body.includes('"code":"request-in-progress"'));
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  return new Response(body, {
    status,
    headers: {
      ...privateHeaders,
      'content-type': type,
      ...(isReplayed ? replayedHeader : {}),
      ...(isPassing ? retrySoon : {}),
      ...(status === 429 ? retryLater(body) : {}),
    },
  });
}
