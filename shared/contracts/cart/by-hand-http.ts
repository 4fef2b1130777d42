/** Lines that a merchant puts into a cart: with a price or a discount by hand, or for goods that the catalogue does not have. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { type Money, Price } from '../../values/money.ts';
import { cartLinesMax, LineQuantity } from '../../values/quantity.ts';
import { ClassName, filledText, Sku, text } from '../../values/text.ts';
import { unpriceable } from '../pricing/api.ts';
import { Percent } from '../pricing/promotions.ts';
import { Attributes, CartParams, CartView, unaddable, unchangeable } from './http.ts';

const weightGramsMax = 1_000_000;

const Off = z.union([z.strictObject({ rate: Percent }), z.strictObject({ amount: Price })]);

/** A price for a unit, or a discount on it: never below zero. With the reason, which merchants see with the order. */
export const handFields = {
  price: Price.optional().describe(
    'What a unit costs, as the market states prices, instead of the price of the catalogue or a list.',
  ),
  discount: Off.optional().describe(
    'Off what a unit would cost: a rate, or an amount; a unit never costs less than nothing.',
  ),
  reason: filledText(200).optional().describe('Why; needed with a price, a discount or a custom line.'),
};

const CustomGoods = z.strictObject({
  title: filledText(255),
  sku: Sku.optional(),
  price: Price.describe('What a unit costs, as the market states prices.'),
  taxClass: ClassName.optional(),
  isTaxable: z.boolean().default(true),
  requiresShipping: z.boolean().default(false),
  weightGrams: z.int().min(0).max(weightGramsMax).default(0),
});

export type CustomGoodsInput = z.infer<typeof CustomGoods>;

/** What a line names its goods by, and its price. */
export const namedGoods = {
  variantId: text(60).optional(),
  sku: Sku.optional(),
  custom: CustomGoods.optional().describe(
    'Goods that the catalogue does not have. They are not in stock, and always there.',
  ),
  quantity: LineQuantity,
  ...handFields,
};

export interface HandInput {
  readonly price?: Money | undefined;
  readonly discount?: { readonly rate: string } | { readonly amount: Money } | undefined;
  readonly reason?: string | undefined;
}

export interface GoodsInput extends HandInput {
  readonly variantId?: string | undefined;
  readonly sku?: string | undefined;
  readonly custom?: CustomGoodsInput | undefined;
}

type Refinement = { readonly addIssue: (issue: { code: 'custom'; path: string[]; message: string }) => void };

/** At most one of price and discount, and why. */
export function checkHand({ price, discount, reason }: HandInput, context: Refinement, isCustom = false): void {
  const fault = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
  if (price !== undefined && discount !== undefined) fault('discount', 'Give either a price or a discount.');
  const isByHand = isCustom || price !== undefined || discount !== undefined;
  if (isByHand && reason === undefined) fault('reason', 'Say why the price is made by hand.');
  if (!isByHand && reason !== undefined) fault('reason', 'A reason needs a price, a discount or a custom line.');
}

/** Exactly one way to name the goods. */
export function checkGoods(line: GoodsInput, context: Refinement): void {
  const named = [line.variantId, line.sku, line.custom].filter((name) => name !== undefined).length;
  if (named !== 1)
    context.addIssue({ code: 'custom', path: ['sku'], message: 'Name the goods by one of variantId, sku and custom.' });
  if (line.custom !== undefined && line.price !== undefined)
    context.addIssue({ code: 'custom', path: ['price'], message: 'The price of a custom line stands in it.' });
  checkHand(line, context, line.custom !== undefined);
}

export const HandLineInput = z
  .strictObject({ ...namedGoods, attributes: Attributes.optional() })
  .superRefine(checkGoods);
export type HandLineInput = z.infer<typeof HandLineInput>;

export const addLinesByHand = operation({
  id: 'addLinesByHand',
  method: 'POST',
  path: '/admin/v1/carts/:cartId/lines',
  summary:
    'Put lines into a cart for a shopper, also with a price by hand or of goods that the catalogue does not have',
  params: CartParams,
  body: z.strictObject({
    lines: z
      .array(HandLineInput)
      .min(1)
      .max(cartLinesMax)
      .meta({ examples: [[{ sku: 'SHIRT-M', quantity: 1, discount: { rate: '0.1' }, reason: 'Promised by phone' }]] }),
  }),
  answer: CartView,
  status: 201,
  refusals: [...unpriceable, ...unaddable, ...unchangeable, 'wrong-currency'],
});

/** A discount on all goods together; null takes the one that there was away. */
export const DiscountByHandInput = z
  .strictObject({
    discount: Off.nullable().describe(
      'Off all goods together, after every promotion, and shared by their lines: a rate, or an amount. It never takes off more than the goods cost, nothing of gift cards, and nothing of shipping. Null takes it away.',
    ),
    reason: filledText(200).optional().describe('Why; needed with a discount. Merchants see it, shoppers do not.'),
  })
  .superRefine(({ discount, reason }, context) => {
    const fault = (message: string) => context.addIssue({ code: 'custom', path: ['reason'], message });
    if (discount !== null && reason === undefined) fault('Say why the discount is given.');
    if (discount === null && reason !== undefined) fault('A reason needs a discount.');
  });
export type DiscountByHandInput = z.infer<typeof DiscountByHandInput>;

export const setCartDiscount = operation({
  id: 'setCartDiscount',
  method: 'PUT',
  path: '/admin/v1/carts/:cartId/discount',
  summary: 'Take something off all goods of a cart by hand, or no longer',
  params: CartParams,
  body: DiscountByHandInput,
  answer: CartView,
  refusals: [...unpriceable, ...unchangeable, 'wrong-currency'],
});

export const cartByHandOperations = [addLinesByHand, setCartDiscount];
