/** Planted mistakes of a checkout that takes another payment after one that came to nothing. */
import type { PaymentReference } from '../../shared/contracts/payments/api.ts';
import { detailsIn, unitsOf } from '../../workers/orders/checkout/checkout-context.ts';
import type { OrderStreamEvent } from '../../workers/orders/domain/checkout/checkout.ts';
import { done, refused } from '../../workers/orders/service/outcomes.ts';
import { noFaults, onlyFaults } from './faults.ts';
import { withPayments, writingBy } from './mistakes.ts';
import type { Mutant } from './mutant.ts';
import type { Plants } from './plants.ts';

const calm = { rates: noFaults, clockSkewMs: 0 };
const insisting = { profile: calm, plan: 'insist', merchantCount: 0 } as const;

/** The key of the first payment of an order, whichever is asked for. */
const sharedKey = <Reference extends PaymentReference>(reference: Reference): Reference => ({
  ...reference,
  paymentKey: reference.paymentKey.replace(/\.try\d+$/, ''),
});

/** Gives goods back as soon as their payment is refused. */
function givingBack(): Plants {
  let giveBack: (key: string, stockUnitIds: readonly string[], now: number) => Promise<void> = async () => {};
  return {
    neighbors: (neighbors) => {
      giveBack = (key, stockUnitIds, now) => neighbors.inventory.undoHolds({ key, stockUnitIds, now });
      return neighbors;
    },
    steps: (steps) => ({
      ...steps,
      authorize: {
        ...steps.authorize,
        undo: async (context, now) => {
          const details = detailsIn(context);
          await giveBack(details.holdKey, unitsOf(details), now);
          return (await steps.authorize.undo?.(context, now)) ?? done;
        },
      },
    }),
  };
}

/** Gives the cart back for a change, and leaves its checkout as it is. */
function thawing(): Plants {
  let thaw: (cartId: string, checkoutId: string) => Promise<void> = async () => {};
  return {
    neighbors: (neighbors) => {
      thaw = (cartId, checkoutId) => neighbors.cart.thaw({ cartId, checkoutId, now: 0 });
      return neighbors;
    },
    letGo: async (_honest, cartId, checkoutId) => {
      await thaw(cartId, checkoutId);
      return 'free';
    },
  };
}

/** Keeps no answers, and not who asked for a payment. */
function forgettingRequests(): Plants {
  let number = 0;
  const nobody = (event: OrderStreamEvent): OrderStreamEvent => {
    if (event.type !== 'payment-started' && event.type !== 'order-placed') return event;
    number += 1;
    return { ...event, payment: { ...event.payment, askedBy: `nobody ${number}`, mark: `none ${number}` } };
  };
  return {
    orderStorage: (storage) => ({
      ...writingBy(storage, (write) => storage.write({ ...write, events: write.events.map(nobody) })),
      answer: () => null,
      saveAnswer: () => undefined,
    }),
  };
}

export const retryMutants: readonly Mutant[] = [
  {
    name: 'another payment under the key of the one before',
    plants: () => ({
      neighbors: withPayments((payments) => ({
        authorize: (request) => payments.authorize(sharedKey(request)),
        lookup: (reference) => payments.lookup(sharedKey(reference)),
        capture: (request) => payments.capture(sharedKey(request)),
        void: (reference) => payments.void(sharedKey(reference)),
      })),
    }),
    ...insisting,
  },
  {
    name: 'a payment page that was left, and not called off before the next payment',
    plants: () => ({
      steps: (steps) => ({ ...steps, authorize: { ...steps.authorize, undo: async () => done } }),
    }),
    breaks: /payments at once/,
    ...insisting,
  },
  { name: 'goods given back when their payment is refused', plants: givingBack, breaks: /^I11 stk/, ...insisting },
  {
    name: 'a cart given back for a change by a checkout that can still be paid',
    plants: thawing,
    breaks: /^C8/,
    ...insisting,
  },
  {
    name: 'declines that each checkout of a cart counts anew',
    plants: () => ({
      orderStorage: (storage) => ({
        ...writingBy(storage, (write) => storage.write(write)),
        takeName: (taken) => (taken.kind === 'cart-declines' ? undefined : storage.takeName(taken)),
      }),
    }),
    breaks: /^I11 \S+ was declined more than/,
    ...insisting,
    tokens: [...Array.from({ length: 12 }, () => 'decline' as const), 'ok'],
  },
  {
    name: 'a decline that does not count',
    plants: () => ({
      steps: (steps) => ({
        ...steps,
        authorize: {
          ...steps.authorize,
          run: async (context, now) => {
            const outcome = await steps.authorize.run(context, now);
            const isDeclined = outcome.kind === 'refused' && outcome.failure.code === 'payment-declined';
            return isDeclined ? refused({ ...outcome.failure, code: 'payment-left' }) : outcome;
          },
        },
      }),
    }),
    breaks: /^I11 chk/,
    ...insisting,
  },
  {
    name: 'a request that pays again because nobody knows any more what it was answered',
    plants: forgettingRequests,
    breaks: /payments for/,
    profile: { rates: onlyFaults({ 'caller-dies-late': 0.08, 'power-cut': 0.05 }), clockSkewMs: 0 },
    plan: 'insist',
    merchantCount: 0,
  },
];
