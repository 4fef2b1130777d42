/** How an answer about a cart leaves the Worker: the text that its object made, under its version. */

import { etagOfText } from '../../../shared/http/conditional.ts';
import { replayedHeader } from '../../../shared/http/idempotency.ts';
import type { CartText } from '../service/cart-object.ts';

export const privately = 'private, no-store';

/** `isNewCart`: the answer says where the cart is. */
export function answerOf({ status, body, shown, isReplay }: CartText, { isNewCart = false } = {}): Response {
  const replayed = isReplay ? replayedHeader : {};
  if (status >= 400) {
    const headers = { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...replayed };
    return new Response(body, { status, headers });
  }
  const headers = {
    'content-type': 'application/json',
    ...(shown === null ? {} : { etag: etagOfText(shown.version, body), 'cache-control': privately }),
    ...(shown === null || !isNewCart ? {} : { location: `/v1/carts/${shown.cartId}` }),
    ...replayed,
  };
  return new Response(body, { status, headers });
}
