/**
 * A shop in Norway, whose prices include 25 % of tax: a fifth of every amount is tax, rounded per line. Journeys about
 * promotions begin with it.
 */
import type * as z from 'zod';
import type { CartView } from '../../shared/contracts/cart/http.ts';
import type { Promotion, PromotionDraft } from '../../shared/contracts/pricing/promotions.ts';
import { addPromotion, addShippingRate, money, openMarket, putUpVariant, startCart } from './merchant.ts';
import type { Journey } from './shopping.ts';

export const nok = (amount: number) => money(amount, 'NOK');

/** The market, with books at 10.00 and 5.00 for the post. */
export async function openNorway(shop: Journey): Promise<{ marketId: string; bookId: string }> {
  const market = { name: 'Norway', countries: ['NO'], pricesIncludeTax: true };
  const { id: marketId } = await openMarket(shop, { ...market, currencies: ['NOK'], taxRate: '0.25' });
  await addShippingRate(shop, { marketId, name: 'Post', prices: [nok(500)] });
  return { marketId, bookId: await putUpVariant(shop, 'BOOK', { price: nok(1000), prices: [money(1000)] }) };
}

/** Two books: 2000, and 500 for the post. */
export const startBooks = (shop: Journey, discountCodes: string[] = []): Promise<CartView> =>
  startCart(shop, { country: 'NO', lines: [{ sku: 'BOOK', quantity: 2 }] }, { discountCodes });

export type Draft = z.input<typeof PromotionDraft>;
export const tenPercent: Draft['offer'] = { kind: 'percent-off-order', rate: '0.10' };

/** A promotion with a code, of 10 % unless something else is said. */
export const promote = (shop: Journey, code: string, more: Partial<Draft> = {}): Promise<Promotion> =>
  addPromotion(shop, { title: `With ${code}`, codes: [code], offer: tenPercent, ...more });
