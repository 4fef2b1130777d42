/** Draft orders over HTTP: what a merchant puts together for a shopper is a cart, priced and checked out like any other. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { Cursor, Page, PageLimit } from '../../http/pagination.ts';
import { RealCountry } from '../../values/countries.ts';
import { Currency, Money } from '../../values/money.ts';
import { cartLinesMax } from '../../values/quantity.ts';
import { filledText, text } from '../../values/text.ts';
import { Timestamp } from '../../values/time.ts';
import { addLinesByHand, DiscountByHandInput, HandLineInput, setCartDiscount } from '../cart/by-hand-http.ts';
import { CartCustomerInput, setCartCustomer } from '../cart/customers-http.ts';
import { CartView, changeCart, createCart, DetailsInput, getCart } from '../cart/http.ts';
import { CheckoutView, startCheckout } from './checkouts-http.ts';
import { DiscountByHandView, PriceByHandView } from './orders-http.ts';

export const DraftOrderView = z.strictObject({
  id: z.string(),
  /** With it, one may look at the draft and check it out, as a cart of this id: for a link to the shopper. */
  checkoutToken: z.string(),
  cart: CartView,
  /** Prices that were made by hand, by line. */
  pricesByHand: z.array(PriceByHandView.extend({ lineId: z.string() })),
  /** What a merchant takes off all goods together; null where that is nothing. */
  discountByHand: DiscountByHandView.nullable(),
});
export type DraftOrderView = z.infer<typeof DraftOrderView>;

export const createDraftOrder = operation({
  id: 'createDraftOrder',
  method: 'POST',
  path: '/admin/v1/draft-orders',
  summary: 'Put an order together for a shopper: it holds nothing until it is completed or checked out',
  body: z.strictObject({
    country: RealCountry.optional(),
    currency: Currency.optional(),
    lines: z
      .array(HandLineInput)
      .min(1)
      .max(cartLinesMax)
      .meta({ examples: [[{ sku: 'SHIRT-M', quantity: 1 }]] }),
    ...DetailsInput.omit({ country: true, currency: true }).shape,
    customer: CartCustomerInput.optional(),
    discount: DiscountByHandInput.optional().describe('Off all goods together by hand.'),
  }),
  answer: DraftOrderView,
  status: 201,
  refusals: [
    ...(createCart.refusals ?? []),
    ...(addLinesByHand.refusals ?? []),
    ...(setCartDiscount.refusals ?? []),
    ...(setCartCustomer.refusals ?? []),
    ...(changeCart.refusals ?? []),
  ],
});

const DraftParams = z.strictObject({ draftId: text(100) });

export const DraftListItem = z.strictObject({
  id: z.string(),
  status: z.enum(['open', 'completed']),
  email: z.string().nullable(),
  customerId: z.string().nullable(),
  /** Whom the goods go to. */
  name: z.string().nullable(),
  country: z.string(),
  total: Money,
  quantity: z.int(),
  /** The order that it became. */
  orderId: z.string().nullable(),
  createdBy: z.string(),
  createdAt: Timestamp,
  /** When a merchant last looked at it: its shopper may have changed it since. */
  updatedAt: Timestamp,
});
export type DraftListItem = z.infer<typeof DraftListItem>;

export const listDraftOrders = operation({
  id: 'listDraftOrders',
  method: 'GET',
  path: '/admin/v1/draft-orders',
  summary: 'Draft orders, newest first',
  query: z.strictObject({
    limit: PageLimit,
    cursor: Cursor,
    q: filledText(200)
      .optional()
      .describe(
        'Words, or their beginnings, of e-mail address, names, SKUs and titles, in any case and without accents.',
      ),
    customer: text(254).optional().describe('An e-mail address, in any case.'),
    status: DraftListItem.shape.status.optional(),
  }),
  answer: Page(DraftListItem),
  refusals: ['invalid-cursor'],
});

export const readDraftOrder = operation({
  id: 'readDraftOrder',
  method: 'GET',
  path: '/admin/v1/draft-orders/:draftId',
  summary: 'A draft order as it stands, priced, with who has made prices and discounts by hand and why',
  params: DraftParams,
  answer: DraftOrderView,
  refusals: getCart.refusals ?? [],
});

export const deleteDraftOrder = operation({
  id: 'deleteDraftOrder',
  method: 'DELETE',
  path: '/admin/v1/draft-orders/:draftId',
  summary: 'Throw a draft away that has not become an order; one that is gone already stays gone',
  params: DraftParams,
  answer: z.null(),
  status: 204,
  refusals: ['cart-frozen', 'cart-completed'],
});

export const completeDraftOrder = operation({
  id: 'completeDraftOrder',
  method: 'POST',
  path: '/admin/v1/draft-orders/:draftId/complete',
  summary:
    'Make an order of a draft that is paid by invoice or transfer; where nothing is left to pay, without a payment',
  params: DraftParams,
  body: z.strictObject({
    payment: z
      .strictObject({ provider: z.literal('manual') })
      .optional()
      .describe('Not needed where nothing is left to pay.'),
  }),
  answer: CheckoutView,
  status: 201,
  alsoStatus: [200, 202],
  refusals: startCheckout.refusals ?? [],
  idempotency: 'required',
});

export const draftOrdersOperations = [
  createDraftOrder,
  listDraftOrders,
  readDraftOrder,
  deleteDraftOrder,
  completeDraftOrder,
];
