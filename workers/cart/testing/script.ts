/** Scripts of cart commands as plain data, so that the pure core and the real object play the same ones. */
import * as fc from 'fast-check';
import type { VariantSnapshot } from '../../../shared/contracts/catalog/api.ts';

export interface LineStep {
  readonly variant: number;
  readonly wish: number;
  readonly quantity: number;
}

export type CartStep =
  | { readonly do: 'add'; readonly lines: readonly LineStep[] }
  | { readonly do: 'fill'; readonly from: number; readonly count: number }
  | { readonly do: 'change'; readonly line: number; readonly quantity: number }
  | { readonly do: 'remove'; readonly line: number }
  | { readonly do: 'details'; readonly email: string | null }
  | { readonly do: 'customer'; readonly id: string | null }
  | { readonly do: 'discount'; readonly amountMinor: number | null; readonly currency: string }
  | { readonly do: 'reprice'; readonly variant: number }
  | { readonly do: 'freeze'; readonly checkout: number; readonly isStale: boolean; readonly seconds: number }
  | { readonly do: 'thaw' | 'complete'; readonly checkout: number }
  | { readonly do: 'evict' }
  | { readonly do: 'tick'; readonly seconds: number }
  | { readonly do: 'replay'; readonly last: number };

const quantity = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 400, max: 999 }));
const checkout = fc.integer({ min: 0, max: 1 });
const lineNumber = fc.integer({ min: 0, max: 3 });
export const lineStep: fc.Arbitrary<LineStep> = fc.record({
  variant: fc.integer({ min: 0, max: 4 }),
  wish: fc.integer({ min: 0, max: 3 }),
  quantity,
});

export const cartStep: fc.Arbitrary<CartStep> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      lines: fc.array(lineStep, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('change' as const), line: lineNumber, quantity }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), line: lineNumber }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('details' as const), email: fc.constantFrom(null, 'a@b.cd', 'e@f.gh') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('customer' as const), id: fc.constantFrom(null, 'cus_1', 'cus_2') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('discount' as const),
      amountMinor: fc.constantFrom(null, 100, 250),
      currency: fc.constantFrom('EUR', 'EUR', 'USD'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('reprice' as const), variant: fc.integer({ min: 0, max: 3 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('freeze' as const),
      checkout,
      isStale: fc.boolean(),
      seconds: fc.integer({ min: 1, max: 900 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('thaw' as const), checkout }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('complete' as const), checkout }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('tick' as const), seconds: fc.integer({ min: -300, max: 600 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('evict' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('replay' as const), last: fc.integer({ min: 1, max: 5 }) }) },
);

/** A cart on the edge of its 200 lines: a script of its own, because such carts are slow to look at. */
export const fullCartStep: fc.Arbitrary<CartStep> = fc.oneof(
  cartStep,
  fc.record({
    do: fc.constant('fill' as const),
    from: fc.integer({ min: 100, max: 250 }),
    count: fc.integer({ min: 40, max: 120 }),
  }),
);

/** The fourth variant is not sold in euro, the fifth not at all. */
export function variantOf(number: number, priceMinor: number): VariantSnapshot {
  return {
    variantId: `var_${number}`,
    productId: `prd_${number}`,
    productHandle: `product-${number}`,
    productVersion: priceMinor,
    sku: `SKU-${number}`,
    title: `Product ${number}`,
    variantTitle: null,
    imageUrl: null,
    isSold: number !== 4,
    prices: [{ currency: number === 3 ? 'USD' : 'EUR', amountMinor: priceMinor }],
    weightGrams: 100,
    requiresShipping: true,
    isTaxable: true,
    tags: [],
    collectionIds: [],
    stockNeeds: [{ stockUnitId: `stk_${number}`, quantity: 1 }],
  };
}
