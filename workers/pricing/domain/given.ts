/**
 * Promotions on what is left of an order, of which units went back and shipping stays as it was charged: those have had their share
 * of every fixed amount, so what is left gets the rest of it and no more.
 */
import type { GivenDiscount } from '../../../shared/contracts/pricing/api.ts';
import type { Promotion } from './promotion.ts';

export function lessGiven(promotion: Promotion, given: readonly GivenDiscount[]): Promotion {
  const had = given.find(({ promotionId }) => promotionId === promotion.key) ?? { amountMinor: 0, leftMinor: 0 };
  const rest = (amountMinor: number) => Math.max(0, amountMinor - had.amountMinor);
  const { maxAmountMinor } = promotion;
  const capped = maxAmountMinor === undefined ? {} : { maxAmountMinor: rest(maxAmountMinor) };
  switch (promotion.kind) {
    case 'fixedOffOrder':
      return { ...promotion, amountMinor: rest(promotion.amountMinor), scope: 'lines' };
    case 'fixedOffItemsAcross':
      return { ...promotion, ...capped, amountMinor: rest(promotion.amountMinor) };
    case 'orderFixedPrice':
      return { ...promotion, amountMinor: Math.max(0, promotion.amountMinor - had.leftMinor) };
    case 'tieredOffOrder': {
      const steps = promotion.steps.map((step) =>
        'amountMinor' in step ? { ...step, amountMinor: rest(step.amountMinor) } : step,
      );
      return { ...promotion, ...capped, steps };
    }
    case 'percentOffOrder':
      return maxAmountMinor === undefined ? promotion : { ...promotion, ...capped, scope: 'lines' };
    default:
      return { ...promotion, ...capped };
  }
}
