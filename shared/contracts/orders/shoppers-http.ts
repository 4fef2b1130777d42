/**
 * What shoppers do with their orders by themselves: find one by its number and e-mail address, cancel it, and send goods back, as
 * far as the merchant's policy lets them. The access token of an order proves that a request comes from its shopper.
 */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { forLongNumbers } from '../../values/long-number.ts';
import { cartLinesMax, LineQuantity } from '../../values/quantity.ts';
import { Email, filledText, text } from '../../values/text.ts';
import { Timestamp } from '../../values/time.ts';
import { always } from './operation-terms.ts';
import { ShopperOrderView } from './orders-http.ts';

const OrderParams = z.strictObject({ orderId: text(100) });
const AccessToken = z.strictObject({
  access_token: text(100).optional().describe('Where no `Authorization: Bearer` can be sent.'),
});

export const lookUpOrder = operation({
  id: 'lookUpOrder',
  method: 'POST',
  path: '/v1/orders/lookup',
  summary: 'Ask for a link to an order, by its number and the e-mail address it was bought with',
  body: z.strictObject({ number: forLongNumbers(filledText(40), 'the number of an order'), email: Email }),
  answer: z.strictObject({
    message: z.string().describe('The same whether or not there is such an order.'),
    expiresInSeconds: z.int().describe('For how long the link opens it.'),
  }),
  status: 202,
  quota: 'lookup',
  // Asked twice, it sends two links, and each opens the order once.
  idempotency: 'none',
});

export const openOrder = operation({
  id: 'openOrder',
  method: 'POST',
  path: '/v1/orders/open',
  summary: 'Open an order with the token of a link, once, and get its access token',
  body: z.strictObject({ token: filledText(100) }),
  answer: z.strictObject({ orderId: z.string(), number: z.string(), accessToken: z.string(), order: ShopperOrderView }),
  quota: 'lookup',
  refusals: ['link-spent'],
  idempotency: 'none',
});

/** What may be done, and why not where it may not. */
export const OrderOptions = z.strictObject({
  cancel: z.strictObject({ isOffered: z.boolean(), reason: z.string().nullable() }),
  return: z.strictObject({
    isOffered: z.boolean(),
    reason: z.string().nullable(),
    lines: z.array(
      z.strictObject({
        lineId: z.string(),
        quantityMax: z.int(),
        until: Timestamp.describe('When the last of these units can be sent back at the latest.'),
      }),
    ),
  }),
});
export type OrderOptions = z.infer<typeof OrderOptions>;

export const readOrderOptions = operation({
  id: 'readOrderOptions',
  method: 'GET',
  path: '/v1/orders/:orderId/options',
  summary: 'What the shopper of an order may do with it',
  params: OrderParams,
  query: AccessToken,
  answer: OrderOptions,
});

export const cancelOwnOrder = operation({
  id: 'cancelOwnOrder',
  method: 'POST',
  path: '/v1/orders/:orderId/cancel',
  summary: 'Cancel an order before it ships: what was paid goes back',
  params: OrderParams,
  query: AccessToken,
  body: z.strictObject({ note: filledText(1000).optional() }),
  answer: ShopperOrderView,
  alsoStatus: [202],
  refusals: [...always, 'not-offered', 'refund-declined'],
  idempotency: 'required',
});

export const returnOwnOrder = operation({
  id: 'returnOwnOrder',
  method: 'POST',
  path: '/v1/orders/:orderId/returns',
  summary: 'Ask to send goods back; the merchant approves or declines',
  params: OrderParams,
  query: AccessToken,
  body: z.strictObject({
    lines: z
      .array(z.strictObject({ lineId: text(60), quantity: LineQuantity, reason: filledText(500).optional() }))
      .min(1)
      .max(cartLinesMax),
    note: filledText(1000).optional(),
  }),
  answer: ShopperOrderView,
  status: 201,
  refusals: [...always, 'not-offered', 'unknown-line', 'more-than-shipped'],
});

export const cancelOwnReturn = operation({
  id: 'cancelOwnReturn',
  method: 'POST',
  path: '/v1/orders/:orderId/returns/:returnId/cancel',
  summary: 'Call off a return of which nothing has arrived',
  params: OrderParams.extend({ returnId: text(60) }),
  query: AccessToken,
  body: z.strictObject({}),
  answer: ShopperOrderView,
  refusals: always,
});

export const shoppersOperations = [
  lookUpOrder,
  openOrder,
  readOrderOptions,
  cancelOwnOrder,
  returnOwnOrder,
  cancelOwnReturn,
];
