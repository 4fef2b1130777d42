/** What merchants let shoppers do with their orders by themselves. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';

const daysMax = 365;

export const OrderPolicy = z.strictObject({
  shopperCancel: z
    .boolean()
    .describe('Whether shoppers may cancel an order of which nothing has shipped. Off unless you turn it on.'),
  returnWindowDays: z
    .int()
    .min(1)
    .max(daysMax)
    .nullable()
    .describe('For how many days after a shipment its goods may be sent back. Null, the usual, offers no returns.'),
  orderPageUrl: z
    .url({ protocol: /^https?$/ })
    .max(1000)
    .nullable()
    .describe(
      'The page of the storefront that opens an order: the link in an e-mail leads there, with the token behind the hash (`#token=…`). Null writes the token into the e-mail instead.',
    ),
});
export type OrderPolicy = z.infer<typeof OrderPolicy>;

export const readOrderPolicy = operation({
  id: 'readOrderPolicy',
  method: 'GET',
  path: '/admin/v1/order-policy',
  summary: 'What shoppers may do with their orders',
  answer: OrderPolicy,
});

export const changeOrderPolicy = operation({
  id: 'changeOrderPolicy',
  method: 'PATCH',
  path: '/admin/v1/order-policy',
  summary: 'Let shoppers cancel or return, or not; what you leave out stays as it is',
  body: OrderPolicy.partial(),
  answer: OrderPolicy,
  // It says what shall be so: a repetition changes nothing.
  idempotency: 'none',
});

export const policyOperations = [readOrderPolicy, changeOrderPolicy];
