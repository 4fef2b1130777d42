/**
 * Prices and discounts by hand, and custom lines of drafts and edits: goods that the catalogue does not know. They have a price by
 * hand, and nothing of them is in stock.
 */
import type { DiscountByHand } from '../contracts/cart/api.ts';
import type { CustomGoodsInput, DiscountByHandInput, GoodsInput, HandInput } from '../contracts/cart/by-hand-http.ts';
import type { VariantSnapshot } from '../contracts/catalog/api.ts';
import type { HandDiscount, HandPrice } from '../contracts/pricing/api.ts';
import type { Currency } from '../values/money.ts';

/** What a discount by hand on all goods is called among those of promotions. */
export const handDiscountId = 'by-hand';

const customPrefix = 'cst_';

/** Whether the catalogue does not know a variant. */
export function isCustom({ variantId }: Pick<VariantSnapshot, 'variantId'>): boolean {
  return variantId.startsWith(customPrefix);
}

export interface CustomGoods {
  readonly title: string;
  readonly sku: string;
  readonly currency: Currency;
  readonly amountMinor: number;
  readonly taxClass: string | undefined;
  readonly isTaxable: boolean;
  readonly requiresShipping: boolean;
  readonly weightGrams: number;
}

/** What the catalogue would say of goods that it does not have. `name` is unique for the line. */
export function customVariant(name: string, goods: CustomGoods): VariantSnapshot {
  const { title, sku, currency, amountMinor, taxClass, isTaxable, requiresShipping, weightGrams } = goods;
  return {
    variantId: `${customPrefix}${name}`,
    productId: `${customPrefix}${name}`,
    productHandle: '',
    productVersion: 0,
    sku,
    title,
    variantTitle: null,
    imageUrl: null,
    isSold: true,
    prices: [{ currency, amountMinor }],
    weightGrams,
    requiresShipping,
    isTaxable,
    tags: [],
    collectionIds: [],
    ...(taxClass === undefined ? {} : { taxClass }),
    stockNeeds: [],
  };
}

/** Null where the price is that of the catalogue or a list. */
export function handPriceOf({ price, discount, custom }: GoodsInput): HandPrice | null {
  if (discount !== undefined) return handDiscountOf(discount);
  const fixed = price ?? custom?.price;
  return fixed === undefined ? null : { kind: 'price', amountMinor: fixed.amount };
}

function handDiscountOf(discount: NonNullable<HandInput['discount']>): HandDiscount {
  return 'rate' in discount
    ? { kind: 'rate-off', rate: discount.rate }
    : { kind: 'off', amountMinor: discount.amount.amount };
}

/** A discount on all goods together, with who gives it; null takes it away. */
export function discountByHandOf(
  { discount, reason = '' }: DiscountByHandInput,
  by: Pick<DiscountByHand, 'actor' | 'at'>,
): DiscountByHand | null {
  return discount === null ? null : { discount: handDiscountOf(discount), reason, ...by };
}

/** A custom line as pricing and the order know it. */
export function goodsOf({ price, sku = 'CUSTOM', taxClass, ...facts }: CustomGoodsInput): CustomGoods {
  return { ...facts, sku, taxClass, currency: price.currency, amountMinor: price.amount };
}

/** The currency of an amount, and where the request says it. */
export interface SentCurrency {
  readonly currency: string;
  readonly pointer: string;
}

/** @param pointer to the amount */
export function currencyAt(amount: { readonly currency: string } | undefined, pointer: string): SentCurrency[] {
  return amount === undefined ? [] : [{ currency: amount.currency, pointer: `${pointer}/currency` }];
}

/** The currencies of the amounts in a line, which stands at `base`. */
export function currenciesOf({ price, discount, custom }: GoodsInput, base: string): SentCurrency[] {
  return [
    ...currencyAt(price, `${base}/price`),
    ...currencyAt(custom?.price, `${base}/custom/price`),
    ...currenciesOfDiscount(discount, `${base}/discount`),
  ];
}

/** The currency of a discount that is an amount. */
export function currenciesOfDiscount(discount: HandInput['discount'] | null, base: string): SentCurrency[] {
  return discount !== null && discount !== undefined && 'amount' in discount
    ? currencyAt(discount.amount, `${base}/amount`)
    : [];
}
