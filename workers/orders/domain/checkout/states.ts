/** The phases of a checkout and what leads from one to another, as `docs/order-states.md` draws them. */
import type { StateTable } from '../order/states.ts';
import { type Checkout, type CheckoutEvent, transitions } from './checkout.ts';

type Phase = Exclude<Checkout['phase'], 'none'>;

/** Where each event leads; an event without a phase of its own leaves the checkout where it is. */
export const leadsTo: Readonly<Record<CheckoutEvent['type'], readonly Phase[]>> = {
  'checkout-opened': ['open'],
  'payment-started': ['paying'],
  'action-required': [],
  'payment-refused': ['reopening'],
  'checkout-reopened': ['open'],
  'refusal-heard': [],
  'order-placed': ['placed'],
  'held-again': [],
  'order-paid': ['completed'],
  'order-confirmed': ['completed'],
  'cart-completed': [],
  'undo-started': ['undoing'],
  'checkout-ended': ['failed', 'expired', 'canceled'],
};

const types = Object.keys(transitions) as CheckoutEvent['type'][];

export const checkoutTable: StateTable<Phase, CheckoutEvent['type']> = {
  name: 'checkout',
  initial: 'open',
  transitions: types.flatMap((action) =>
    transitions[action].flatMap((from) => {
      if (from === 'none') return [];
      const [first = from, ...others] = leadsTo[action];
      return [first, ...others].map((to) => ({ from, action, to }));
    }),
  ),
};
