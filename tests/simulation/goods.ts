/**
 * What a run's shop sells, and to whom: stock units, variants (one a kit), one market, codes of which there is only so much,
 * gift cards, store credit, and the carts that are filled at the start.
 */

import type { VariantSnapshot } from '../../shared/contracts/catalog/api.ts';
import {
  giftCardBalance,
  promotionBudget,
  promotionUses,
  storeCreditBalance,
} from '../../shared/contracts/pricing/allowances.ts';
import { type Promotion, PromotionDraft } from '../../shared/contracts/pricing/promotions.ts';
import type { Currency } from '../../shared/values/money.ts';
import type { PricingSettings } from '../../workers/pricing/domain/settings.ts';
import { paymentMethods } from '../../workers/pricing/testing/settings.ts';
import type { Random } from './random.ts';

export const startAt = Date.UTC(2027, 0, 4, 12);

/** A code that may be used once. */
export const onceCode = 'ONCE';
/** A code that may give away so much in all. */
const thriftyCode = 'THRIFTY';
const budgetMinor = 900;

function promotionOf(id: string, draft: object): Promotion {
  return {
    id,
    ...PromotionDraft.parse({ title: id, offer: { kind: 'percent-off-order', rate: '0.1' }, ...draft }),
    version: 1,
  };
}

/** What carts share beside goods. */
const limits: ReadonlyMap<string, number> = new Map([
  [promotionUses('pro_once'), 1],
  [promotionBudget('pro_thrifty', 'EUR'), budgetMinor],
]);

/** The cards of a run, and what they were issued with: one is soon empty, one is enough for a whole order. */
const cards: ReadonlyMap<string, number> = new Map([
  ['gft_small', 2_500],
  ['gft_large', 30_000],
]);
/** Whose store credit carts share, and how much of it there is. */
export const creditor = { id: 'cus_1', groups: [], isTaxExempt: false };
const creditMinor = 3_500;

const settings: PricingSettings = {
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
      shippingTax: 'standard',
      hasReverseCharge: false,
      orderMinimums: [],
      variantMaximums: [],
      isDefault: true,
      isFallback: false,
      version: 1,
    },
  ],
  priceLists: [],
  taxRates: [],
  paymentMethods: [paymentMethods(['card', 'sandbox'], ['invoice', 'manual'])],
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
  promotions: [
    promotionOf('pro_once', { codes: [onceCode], limits: { usesMax: 1 } }),
    promotionOf('pro_thrifty', {
      codes: [thriftyCode],
      limits: { budgets: [{ amount: budgetMinor, currency: 'EUR' }] },
    }),
  ],
};

/** What a merchant sells, and for how much. */
export interface Assortment {
  readonly currency: Currency;
  readonly settings: PricingSettings;
  /** By the name of the allowance: how much may be used of it in all. */
  readonly limits: ReadonlyMap<string, number>;
  /** By their id, what cards were issued with. */
  readonly cards: ReadonlyMap<string, number>;
  /** The store credit of the customer that all carts have; 0 where there is none. */
  readonly creditMinor: number;
  /** A variant as the catalogue tells of it; a raised price is a new version. */
  variantOf(variantId: string, raisedMinor?: number): VariantSnapshot;
}

interface CartPlan {
  readonly cartId: string;
  readonly lines: readonly { readonly variantId: string; readonly quantity: number }[];
  readonly discountCodes?: readonly string[];
  readonly cardIds?: readonly string[];
  readonly hasStoreCredit?: boolean;
}

/** `changing`: the merchant changes his mind every time the object starts. */
type CaptureSetting = 'immediate' | 'manual' | 'changing';

export interface Goods {
  readonly assortment: Assortment;
  readonly stock: ReadonlyMap<string, number>;
  readonly carts: readonly CartPlan[];
  readonly captureMode: CaptureSetting;
}

/** The first and the last share an object, the second has one of its own. */
export const unitIds = ['stk_aa', 'stk_bb', 'stk_ca'] as const;

/** Few goods for many carts: some must go away with nothing. */
export function drawGoods(random: Random): Goods {
  const cartCount = random.between(2, 5);
  const hasAllowances = random.chance(0.4);
  return {
    assortment: usualAssortment,
    stock: new Map(unitIds.map((unitId) => [unitId, random.between(1, 7)])),
    carts: Array.from({ length: cartCount }, (_, index) => ({
      cartId: cartIdOf(index),
      lines: ['var_a', 'var_b', 'var_kit']
        .filter(() => random.chance(0.55))
        .concat('var_c')
        .slice(0, 2)
        .map((variantId) => ({ variantId, quantity: random.between(1, 2) })),
      discountCodes: [onceCode, thriftyCode].filter(() => hasAllowances && random.chance(0.5)),
      cardIds: [...cards.keys()].filter(() => hasAllowances && random.chance(0.35)),
      hasStoreCredit: hasAllowances && random.chance(0.35),
    })),
    captureMode: random.weighted({ immediate: 5, manual: 3, changing: 2 }),
  };
}

/** The places where a unit lies at the beginning: a third of it in the shop. */
export function levelsOf(quantity: number): Readonly<Record<string, number>> {
  const atShop = Math.floor(quantity / 3);
  return atShop === 0 ? { loc_main: quantity } : { loc_main: quantity - atShop, loc_shop: atShop };
}
export const locationIds = ['loc_main', 'loc_shop'] as const;

/** An id of a cart's form; the seal is left out, because it is not checked here. */
export function cartIdOf(index: number): string {
  return `cart_01jh000000700000000000${String(index).padStart(4, '0')}w00deeur00000000`;
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

function variantOf(variantId: string, raisedMinor = 0): VariantSnapshot {
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
    tags: [],
    collectionIds: [],
    stockNeeds: needs[variantId] ?? [],
  };
}

export const usualAssortment: Assortment = { currency: 'EUR', settings, limits, cards, creditMinor, variantOf };

/** Every allowance that an assortment knows. */
export function allowanceNamesOf(assortment: Assortment): readonly string[] {
  return [...assortment.limits.keys(), ...issuedOf(assortment).keys()];
}

/** Its balances by name, with what they begin with. */
export function issuedOf({ cards, creditMinor, currency }: Assortment): ReadonlyMap<string, number> {
  const ofCards = [...cards].map(([cardId, amountMinor]) => [giftCardBalance(cardId), amountMinor] as const);
  return new Map(creditMinor === 0 ? ofCards : [...ofCards, [storeCreditBalance(creditor.id, currency), creditMinor]]);
}
