/** What merchants do with the money of an order over HTTP: take it, record it, and give it back, with the whole order or in parts. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { Price } from '../../values/money.ts';
import { LineQuantityOrNone } from '../../values/quantity.ts';
import { filledText } from '../../values/text.ts';
import {
  always,
  answered,
  created,
  isSomething,
  lines,
  lineUnits,
  movesMoney,
  OrderParams,
} from './operation-terms.ts';

export const cancelOrder = operation({
  id: 'cancelOrder',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/cancel',
  summary: 'Cancel an order of which nothing has shipped: money and stock are given back, unless you say otherwise',
  params: OrderParams,
  body: z.strictObject({
    note: filledText(1000).optional(),
    /** Whether the units go back into stock. False writes them off: they are damaged or lost. */
    restock: z.boolean().default(true),
    /** Whether what was taken is given back. False leaves it with the shop, to be refunded later or not at all. */
    refund: z.boolean().default(true),
  }),
  ...answered,
  ...movesMoney,
  refusals: [
    ...always,
    'refund-declined',
    'gift-card-spent',
    'location-needed',
    'insufficient-stock',
    'not-committed',
    'movement-closed',
  ],
});

export const captureOrder = operation({
  id: 'captureOrder',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/captures',
  summary: 'Take authorized money, all that is left or a part',
  params: OrderParams,
  body: z.strictObject({ amount: Price.refine(isSomething, { error: 'The amount is zero.' }).optional() }),
  ...created,
  ...movesMoney,
  refusals: [...always, 'capture-too-large', 'wrong-currency', 'payment-declined', 'payment-failed'],
});

export const collectPayment = operation({
  id: 'collectPayment',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/payments',
  summary: 'Record money that was received for what an edit or exchange left outstanding',
  params: OrderParams,
  body: z.strictObject({
    provider: z.literal('manual'),
    amount: Price.refine(isSomething, { error: 'The amount is zero.' }),
    note: filledText(1000).optional(),
  }),
  ...created,
  ...movesMoney,
  refusals: [...always, 'payment-too-large', 'wrong-currency', 'payment-declined', 'payment-failed'],
});

const RefundBody = z
  .strictObject({
    /**
     * Credited with the discounts and taxes that they were bought with: what is still owed shrinks first, the rest is paid
     * back.
     */
    lines: lines(
      z.strictObject({
        ...lineUnits,
        /**
         * How many of the units were still to ship and now never will: their stock can be sold again. Absent: as many as
         * have not shipped. 0 where all of them have left.
         */
        cancelQuantity: LineQuantityOrNone.optional(),
        /**
         * At most this is paid back for the units, and the shop keeps the rest of what was paid for them; 0 pays nothing.
         * Absent: all that was paid for them.
         */
        amount: Price.optional(),
      }),
    ).optional(),
    /** An amount of the shipping, or all that is left of it. */
    shipping: z.union([z.literal('all'), Price]).optional(),
    /** On top of lines and shipping. It touches no units. */
    amount: Price.optional(),
    note: filledText(1000).optional(),
  })
  .superRefine(({ lines: units = [], shipping, amount }, context) => {
    const isShippingAsked = shipping === 'all' || (shipping !== undefined && isSomething(shipping));
    if (units.length > 0 || isShippingAsked || (amount !== undefined && isSomething(amount))) return;
    const path = amount !== undefined ? ['amount'] : shipping !== undefined ? ['shipping'] : ['lines'];
    context.addIssue({ code: 'custom', path, message: 'The refund names no units, no shipping and no amount.' });
  });

export const refundOrder = operation({
  id: 'refundOrder',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/refunds',
  summary:
    'Give money back: for units, which then do not ship any more, for shipping, or any amount; cards get what the provider did not take',
  params: OrderParams,
  body: RefundBody,
  ...created,
  ...movesMoney,
  refusals: [
    ...always,
    'unknown-line',
    'more-than-ordered',
    'more-than-unshipped',
    'units-to-ship',
    'edit-empties-order',
    'refund-too-large',
    'refund-declined',
    'gift-card-spent',
    'wrong-currency',
  ],
});

export const orderMoneyOperations = [cancelOrder, captureOrder, collectPayment, refundOrder];
