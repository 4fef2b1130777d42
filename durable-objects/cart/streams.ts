/** The streams of carts: how one is folded and when it is looked at again. Carts tell the outside nothing. No platform. */

import type { StreamType } from '../../shared/streams/ports.ts';
import { type Cart, type CartEvent, cartWakeAt, emptyCart, evolveCart } from '../../workers/cart/domain/cart.ts';

export const cartStreams = (ttlMs: number): StreamType<Cart, CartEvent> => ({
  initial: emptyCart,
  evolve: evolveCart,
  revive: (json) => JSON.parse(json),
  publish: () => [],
  wakeAt: (cart) => cartWakeAt(cart, ttlMs),
});
