/** What a run's shop sells, and to whom: stock units, variants (one a kit), one market, and the carts that are filled at the start. */
import type { VariantSnapshot } from '../../shared/contracts/catalog.ts';
import type { PricingSettings } from '../../workers/pricing/domain/settings.ts';
import type { Random } from './random.ts';

export const startAt = Date.UTC(2027, 0, 4, 12);

export const settings: PricingSettings = {
  version: 1,
  changedAt: 0,
  markets: [
    {
      id: 'mkt_de',
      name: 'Germany',
      countries: ['DE'],
      currencies: ['EUR'],
      taxRate: '0.19',
      pricesIncludeTax: true,
      rounding: { mode: 'half-up', level: 'line' },
      isDefault: true,
      isFallback: false,
      version: 1,
    },
  ],
  shippingRates: [
    {
      id: 'shr_1',
      marketId: 'mkt_de',
      name: 'Parcel',
      prices: [{ amount: 490, currency: 'EUR' }],
      freeFrom: [],
      version: 1,
    },
  ],
};

export interface CartPlan {
  readonly cartId: string;
  readonly lines: readonly { readonly variantId: string; readonly quantity: number }[];
}

export interface Goods {
  readonly stock: ReadonlyMap<string, number>;
  readonly carts: readonly CartPlan[];
}

/** The first and the last share an object, the second has one of its own. */
export const unitIds = ['stk_aa', 'stk_bb', 'stk_ca'] as const;

/** Few goods for many carts: some must go away with nothing. */
export function drawGoods(random: Random): Goods {
  const cartCount = random.between(2, 5);
  return {
    stock: new Map(unitIds.map((unitId) => [unitId, random.between(1, 7)])),
    carts: Array.from({ length: cartCount }, (_, index) => ({
      cartId: cartIdOf(index),
      lines: ['var_a', 'var_b', 'var_kit']
        .filter(() => random.chance(0.55))
        .concat('var_c')
        .slice(0, 2)
        .map((variantId) => ({ variantId, quantity: random.between(1, 2) })),
    })),
  };
}

/** An id of a cart's form; the seal is left out, for nobody checks it here. */
export function cartIdOf(index: number): string {
  return `cart_01jh000000700000000000000${index}w00deeur00000000`;
}

const needs: Readonly<Record<string, VariantSnapshot['stockNeeds']>> = {
  var_a: [{ stockUnitId: 'stk_aa', quantity: 1 }],
  var_b: [{ stockUnitId: 'stk_bb', quantity: 1 }],
  var_c: [{ stockUnitId: 'stk_ca', quantity: 1 }],
  // Sorted the other way round on purpose: holds must sort for themselves.
  var_kit: [
    { stockUnitId: 'stk_ca', quantity: 1 },
    { stockUnitId: 'stk_aa', quantity: 1 },
  ],
};

const pricesMinor: Readonly<Record<string, number>> = { var_a: 1999, var_b: 4500, var_c: 799, var_kit: 2599 };

/** A variant as the catalogue tells of it; a raised price is a new version. */
export function variantOf(variantId: string, raisedMinor = 0): VariantSnapshot {
  return {
    variantId,
    productId: `prd_${variantId}`,
    productHandle: variantId,
    productVersion: raisedMinor === 0 ? 1 : 2,
    sku: variantId.toUpperCase(),
    title: variantId,
    variantTitle: null,
    imageUrl: null,
    isSold: true,
    prices: [{ currency: 'EUR', amountMinor: (pricesMinor[variantId] ?? 100) + raisedMinor }],
    weightGrams: 100,
    requiresShipping: true,
    isTaxable: true,
    stockNeeds: needs[variantId] ?? [],
  };
}
