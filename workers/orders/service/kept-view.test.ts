/**
 * An answer that is kept as a version is made again byte by byte, whatever happens to the checkout and its order meanwhile: here
 * at each version of random lives, from streams that were loaded anew, behind snapshots too.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orderStreams } from '../../../durable-objects/order/streams.ts';
import { Streams } from '../../../shared/streams/streams.ts';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { CheckoutEvent, OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { checkoutView } from '../domain/view.ts';
import { checkoutAt, checkoutDetails, checkoutEvents } from '../testing/checkouts.ts';
import { isKeptView, keptViewOf, readKeptView } from './kept-view.ts';

type Kind = CheckoutEvent['type'];
const lives: readonly (readonly Kind[])[] = [
  ['checkout-opened'],
  ['checkout-opened', 'payment-started', 'action-required', 'order-placed', 'order-paid', 'cart-completed'],
  ['checkout-opened', 'payment-started', 'order-placed', 'order-confirmed', 'cart-completed'],
  ['checkout-opened', 'order-placed', 'order-paid', 'cart-completed'],
  ['checkout-opened', 'payment-started', 'undo-started', 'checkout-ended'],
  ['checkout-opened', 'payment-started', 'order-placed', 'undo-started', 'checkout-ended'],
];
const { checkoutId } = checkoutDetails();
/** What can happen to an order at any time, so that a life may be longer than a snapshot is apart. */
const notesMax = 210;

test('every version of a checkout is shown again as it was', () => {
  fc.assert(
    fc.property(fc.constantFrom(...lives), fc.nat({ max: notesMax }), (kinds, notes) => {
      const storage = new MemoryStreamStorage<OrderStreamEvent>();
      const open = () => new Streams(orderStreams, storage, { set: () => {} });
      const isOrder = kinds.includes('cart-completed');
      const events: OrderStreamEvent[] = [
        ...kinds.map((kind) => checkoutEvents[kind]),
        ...Array.from({ length: isOrder ? notes : 0 }, (_, index) => noteAt(index)),
      ];
      const streams = open();
      const given = events.map((event) => {
        const { state, version } = streams.append(checkoutId, [event], checkoutAt);
        if (state.phase === 'none') throw new Error('a checkout has begun');
        return {
          kept: keptViewOf({ checkoutId, version }),
          body: JSON.stringify(checkoutView(state, version, 'oat_1')),
        };
      });
      const anew = open();
      anew.load(checkoutId);
      for (const { kept, body } of given) {
        const { checkoutId: id, version } = readKeptView(kept);
        const past = anew.loadPast(id, version);
        if (past === null || past.state.phase === 'none') throw new Error('a checkout that began has a past');
        expect(JSON.stringify(checkoutView(past.state, past.version, 'oat_1'))).toBe(body);
      }
    }),
    { numRuns: 60 },
  );
});

function noteAt(index: number): OrderStreamEvent {
  return { type: 'note-added', actor: 'key:admin', text: `note ${index}`, at: checkoutAt + 10 + index };
}

describe('a kept version', () => {
  test('is told from a refusal, which is kept as its document', () => {
    expect(isKeptView(keptViewOf({ checkoutId, version: 3 }))).toBe(true);
    expect(isKeptView(JSON.stringify({ code: 'payment-declined' }))).toBe(false);
  });
});
