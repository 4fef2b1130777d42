/**
 * The plan of a checkout, as data, so that a test can plant a wrong one and see it caught. What each step does is in
 * `workers/orders/checkout/steps.ts`.
 *
 * Holds are committed before money is captured, so money is never taken for goods that are gone.
 */

import type { Plan, Position } from '../plan.ts';
import type { Checkout } from './checkout.ts';

export type StepName =
  | 'freeze'
  | 'agree'
  | 'hold'
  | 'hold-again'
  | 'hold-allowances'
  | 'begin'
  | 'authorize'
  | 'place'
  | 'commit'
  | 'use-allowances'
  | 'capture'
  | 'settle';

export type CheckoutPlan = Plan<StepName>;

/** `begin`, `place` and `settle` record; the others call a neighbour. */
export const checkoutPlan: CheckoutPlan = [
  ['freeze'],
  ['agree', 'hold'],
  ['hold-again', 'hold-allowances'],
  ['begin'],
  ['authorize'],
  ['place'],
  ['commit', 'use-allowances'],
  ['capture'],
  ['settle'],
];

/** The stages that go before the payment: opening a checkout ends with them. */
export function preparationOf(plan: CheckoutPlan): CheckoutPlan {
  return plan.slice(0, stageOf('begin', plan));
}

export function stageOf(step: StepName, plan: CheckoutPlan): number {
  return plan.findIndex((stage) => stage.includes(step));
}

/** Where a checkout stands that was found after a crash: at its last durable record. Null when there is nothing to do. */
export function recover(checkout: Checkout, now: number, plan: CheckoutPlan = checkoutPlan): Position<StepName> | null {
  switch (checkout.phase) {
    case 'paying':
      if (now >= checkout.details.holdUntil && checkout.actionUrl !== null) {
        const failure = { code: 'checkout-expired', detail: 'The payment was not confirmed in time.' };
        return { direction: 'backward', index: stageOf('authorize', plan), failure };
      }
      return { direction: 'forward', index: stageOf('authorize', plan), isResolving: true };
    case 'reopening':
      return { direction: 'backward', index: stageOf('authorize', plan), failure: checkout.failure };
    case 'placed':
      return { direction: 'forward', index: stageOf('place', plan) + 1, isResolving: false };
    case 'undoing':
      return { direction: 'backward', index: plan.length - 1, failure: checkout.failure };
    case 'open': {
      if (now < checkout.details.holdUntil) return null;
      const failure = { code: 'checkout-expired', detail: 'The time to pay was over.' };
      return { direction: 'backward', index: stageOf('begin', plan) - 1, failure };
    }
    case 'none':
    case 'completed':
    case 'failed':
    case 'expired':
    case 'canceled':
      return null;
  }
}
