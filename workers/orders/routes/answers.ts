/** How the answers of an Order object go out: as they were kept, and never into a cache. */

import { replayedHeader } from '../../../shared/http/idempotency.ts';
import type { CheckoutAnswer } from '../service/requests.ts';

export const privateHeaders = { 'cache-control': 'private, no-store' };

export function respond({ status, body, isReplayed }: CheckoutAnswer): Response {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  return new Response(body, {
    status,
    headers: { ...privateHeaders, 'content-type': type, ...(isReplayed ? replayedHeader : {}) },
  });
}
