/**
 * What the limits of promotions ask a checkout to hold: one use of each limited promotion, one of the customer's, and the
 * discount out of its budget. The names are those of `shared/contracts/pricing/allowances.ts`.
 */
import type { AllowanceWant } from '../../../../shared/contracts/pricing/allowances.ts';
import type { Promotion } from '../../../../shared/contracts/pricing/promotions.ts';
import type { Currency } from '../../../../shared/values/money.ts';
import type { UniqueCode } from '../codes.ts';
import { amountIn } from '../offers.ts';
import type { QuoteCustomer } from '../request.ts';

interface Buyer {
  readonly currency: Currency;
  readonly customer: QuoteCustomer;
}

/** The names by which a customer's uses and orders are found; none without a customer. */
export function namesOf({ id, guestId }: QuoteCustomer): readonly string[] {
  return [...new Set([id, guestId ?? null])].filter((name) => name !== null);
}

/** Whether it is an amount out of a budget, and not a use. */
export const isOfBudget = ({ allowance }: AllowanceWant): boolean => allowance.startsWith('budget:');

/** The uses of a unique code. */
export const usesOf = ({ id, promotionId }: Pick<UniqueCode, 'id' | 'promotionId'>): string =>
  `code:${id}:${promotionId}`;

/** What one application of the promotion that takes off so much needs; with a unique code, a use of that too. */
export function wantsOf(
  { id, limits, conditions }: Promotion,
  { currency, customer }: Buyer,
  amountMinor: number,
  unique: UniqueCode | null = null,
): AllowanceWant[] {
  const { usesMax, budgets } = limits;
  // Orders become known within seconds: until then, a use of one's own keeps a second first order from being one.
  const usesPerCustomerMax = conditions.isFirstOrder ? 1 : limits.usesPerCustomerMax;
  const budgetMinor = amountIn(budgets, currency);
  return [
    ...(usesMax === null ? [] : [{ allowance: `promo:${id}`, quantity: 1, limit: usesMax }]),
    ...(unique === null || unique.usesMax === null
      ? []
      : [{ allowance: usesOf(unique), quantity: 1, limit: unique.usesMax }]),
    ...(usesPerCustomerMax === null
      ? []
      : namesOf(customer).map((name) => ({
          allowance: `promo:${id}:${name}`,
          quantity: 1,
          limit: usesPerCustomerMax,
        }))),
    ...(budgetMinor === null
      ? []
      : [{ allowance: `budget:${id}:${currency}`, quantity: amountMinor, limit: budgetMinor }]),
  ];
}
