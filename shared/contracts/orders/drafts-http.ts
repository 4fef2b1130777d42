/** Draft orders over HTTP: what a merchant puts together for a shopper is a cart, priced and checked out like any other. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { Currency } from '../../values/money.ts';
import { cartLinesMax } from '../../values/quantity.ts';
import { Country, text } from '../../values/text.ts';
import { CartCustomerInput, setCartCustomer } from '../cart/customers-http.ts';
import { CartView, changeCart, createCart, DetailsInput, LineInput } from '../cart/http.ts';
import { CheckoutView, startCheckout } from './checkouts-http.ts';

export const DraftOrderView = z.strictObject({
  id: z.string(),
  /** With it, one may look at the draft and check it out, as a cart of this id: for a link to the shopper. */
  checkoutToken: z.string(),
  cart: CartView,
});
export type DraftOrderView = z.infer<typeof DraftOrderView>;

export const createDraftOrder = operation({
  id: 'createDraftOrder',
  method: 'POST',
  path: '/admin/v1/draft-orders',
  summary: 'Put an order together for a shopper: it holds nothing until it is completed or checked out',
  body: z.strictObject({
    country: Country.optional(),
    currency: Currency.optional(),
    lines: z
      .array(LineInput)
      .min(1)
      .max(cartLinesMax)
      .meta({ examples: [[{ sku: 'SHIRT-M', quantity: 1 }]] }),
    ...DetailsInput.shape,
    customer: CartCustomerInput.optional(),
  }),
  answer: DraftOrderView,
  status: 201,
  refusals: [...(createCart.refusals ?? []), ...(setCartCustomer.refusals ?? []), ...(changeCart.refusals ?? [])],
});

export const completeDraftOrder = operation({
  id: 'completeDraftOrder',
  method: 'POST',
  path: '/admin/v1/draft-orders/:draftId/complete',
  summary: 'Make an order of a draft that is paid by invoice or transfer',
  params: z.strictObject({ draftId: text(100) }),
  body: z.strictObject({ payment: z.strictObject({ provider: z.literal('manual') }) }),
  answer: CheckoutView,
  status: 201,
  alsoStatus: [200, 202],
  refusals: startCheckout.refusals ?? [],
  idempotency: 'required',
});

export const draftOrdersOperations = [createDraftOrder, completeDraftOrder];
