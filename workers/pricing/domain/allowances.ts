/**
 * What the limits of promotions ask a checkout to hold: one use of each limited promotion, one of the customer's, and the
 * discount out of its budget. The names are those of `shared/contracts/allowances.ts`.
 */
import type { AllowanceWant } from '../../../shared/contracts/allowances.ts';
import type { Promotion } from '../../../shared/contracts/pricing-promotions.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { amountIn } from './offers.ts';

interface Buyer {
  readonly currency: Currency;
  readonly customerId: string | null;
}

/** What one application of the promotion that takes off so much needs. */
export function wantsOf(
  { id, limits, conditions }: Promotion,
  { currency, customerId }: Buyer,
  amountMinor: number,
): AllowanceWant[] {
  const { usesMax, budgets } = limits;
  // Orders become known within seconds: until then, a use of one's own keeps a second first order from being one.
  const usesPerCustomerMax = conditions.isFirstOrder ? 1 : limits.usesPerCustomerMax;
  const budgetMinor = amountIn(budgets, currency);
  return [
    ...(usesMax === null ? [] : [{ allowance: `promo:${id}`, quantity: 1, limit: usesMax }]),
    ...(usesPerCustomerMax === null || customerId === null
      ? []
      : [{ allowance: `promo:${id}:${customerId}`, quantity: 1, limit: usesPerCustomerMax }]),
    ...(budgetMinor === null
      ? []
      : [{ allowance: `budget:${id}:${currency}`, quantity: amountMinor, limit: budgetMinor }]),
  ];
}
