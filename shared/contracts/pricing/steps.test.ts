/** Steps that begin at the same place, of which nobody could say which one counts. */
import { expect, test } from 'vitest';
import { ShippingRateDraft } from './markets.ts';
import { PromotionOffer } from './promotions.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const usd = (amount: number) => ({ amount, currency: 'USD' });

const stepsOfOffer = (kind: string, steps: readonly object[]) => {
  const { error } = PromotionOffer.safeParse({ kind, steps });
  return error?.issues.map(({ path }) => path.join('/')) ?? [];
};
const stepsOfRate = (steps: readonly object[]) => {
  const { error } = ShippingRateDraft.shape.steps.safeParse(steps.map((step) => ({ prices: [eur(1)], ...step })));
  return error?.issues.map(({ path }) => path.join('/')) ?? [];
};

test('a promotion names the later of two steps from one subtotal, in whatever currency they meet', () => {
  const steps = [[eur(100)], [eur(200), usd(50)], [eur(300), usd(50)]].map((from) => ({ from, rate: '0.1' }));
  expect(stepsOfOffer('tiered-by-subtotal', steps)).toEqual(['steps/2/from']);
  expect(stepsOfOffer('tiered-by-subtotal', steps.slice(0, 2))).toEqual([]);
});

test('a promotion names the later of two steps from one quantity', () => {
  const steps = [2, 3, 2].map((fromQuantity) => ({ fromQuantity, rate: '0.1' }));
  expect(stepsOfOffer('tiered-by-quantity', steps)).toEqual(['steps/2/fromQuantity']);
  expect(stepsOfOffer('tiered-by-quantity', steps.slice(0, 2))).toEqual([]);
});

test('steps of a shipping rate may begin at one weight or at one subtotal, not at both', () => {
  const light = { fromGrams: 0, fromSubtotals: [eur(100)] };
  const heavy = { fromGrams: 500, fromSubtotals: [eur(100)] };
  expect(stepsOfRate([light, heavy, { fromGrams: 500 }])).toEqual([]);
  expect(stepsOfRate([light, heavy, light])).toEqual(['2']);
  expect(stepsOfRate([{ fromGrams: 500 }, { fromGrams: 500 }])).toEqual(['1']);
});
