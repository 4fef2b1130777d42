/**
 * What the shop of a concurrency case sells: one stock unit, a variant per cart that costs what the case says, and perhaps a
 * coupon or a gift card. Nothing is shipped, so a total is the price of the goods.
 */
import { promotionUses } from '../../../shared/contracts/pricing/allowances.ts';
import { PromotionDraft } from '../../../shared/contracts/pricing/promotions.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { type Assortment, cartIdOf, type Goods, usualAssortment } from '../../../tests/simulation/goods.ts';
import type { PricingSettings } from '../../../workers/pricing/domain/settings.ts';

export const unitId = 'stk_aa';
export const couponCode = 'COUPON';
export const couponUses = promotionUses('pro_coupon');
export const cardId = 'gft_card';

export interface Wares {
  readonly currency: Currency;
  readonly stock: number;
  readonly carts: readonly CartWish[];
  readonly coupon?: { readonly usesLeft: number; readonly discountMinor: number };
  readonly cardBalanceMinor?: number;
}

/** A cart of one variant, and what it costs in all. */
export interface CartWish {
  readonly quantity: number;
  readonly totalMinor: number;
}

interface Ware {
  readonly priceMinor: number;
  readonly isStocked: boolean;
}

/** Carts of some units each, all at the same total. */
export function cartsOf(quantities: readonly number[], totalMinor: number): readonly CartWish[] {
  return quantities.map((quantity) => ({ quantity, totalMinor }));
}

export function goodsOf({ currency, stock, carts, coupon, cardBalanceMinor }: Wares): Goods {
  const wares = new Map(carts.flatMap(waresOf));
  const isCouponUsed = coupon !== undefined;
  const isCardUsed = cardBalanceMinor !== undefined;
  const assortment: Assortment = {
    currency,
    settings: settingsOf(currency, coupon),
    limits: new Map(isCouponUsed ? [[couponUses, coupon.usesLeft]] : []),
    cards: new Map(isCardUsed ? [[cardId, cardBalanceMinor]] : []),
    creditMinor: 0,
    variantOf(variantId) {
      const { priceMinor, isStocked } = wares.get(variantId) ?? { priceMinor: 0, isStocked: false };
      return {
        ...usualAssortment.variantOf(variantId),
        prices: [{ currency, amountMinor: priceMinor }],
        requiresShipping: false,
        stockNeeds: isStocked ? [{ stockUnitId: unitId, quantity: 1 }] : [],
      };
    },
  };
  return {
    assortment,
    stock: new Map([[unitId, stock]]),
    carts: carts.map((wish, index) => ({
      cartId: cartIdOf(index),
      lines: waresOf(wish, index).map(([variantId, { isStocked }]) => ({
        variantId,
        quantity: isStocked ? wish.quantity : 1,
      })),
      discountCodes: isCouponUsed ? [couponCode] : [],
      cardIds: isCardUsed ? [cardId] : [],
    })),
    captureMode: 'immediate',
  };
}

/** Where a total is no multiple of the quantity, a service that no stock unit counts costs the rest. */
function waresOf({ quantity, totalMinor }: CartWish, index: number): (readonly [variantId: string, ware: Ware])[] {
  const restMinor = totalMinor % quantity;
  const goods = [`var_${index}`, { priceMinor: (totalMinor - restMinor) / quantity, isStocked: true }] as const;
  const service = [`var_${index}_service`, { priceMinor: restMinor, isStocked: false }] as const;
  return restMinor === 0 ? [goods] : [goods, service];
}

function settingsOf(currency: Currency, coupon: Wares['coupon']): PricingSettings {
  const { settings } = usualAssortment;
  const promotions = coupon === undefined ? [] : [couponOf(currency, coupon)];
  return {
    ...settings,
    markets: settings.markets.map((market) => ({ ...market, currencies: [currency] })),
    shippingRates: [],
    promotions,
  };
}

function couponOf(currency: Currency, { usesLeft, discountMinor }: NonNullable<Wares['coupon']>) {
  const draft = PromotionDraft.parse({
    title: 'A coupon',
    codes: [couponCode],
    offer: { kind: 'fixed-off-order', amounts: [{ amount: discountMinor, currency }] },
  });
  // Unlike the limit of a draft, what is left of it may be nothing.
  return { id: 'pro_coupon', ...draft, limits: { ...draft.limits, usesMax: usesLeft }, version: 1 };
}
