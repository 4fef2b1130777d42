/**
 * What a checkout tells on its way to an order. Each event carries the whole summary, so a reader that keeps the newest
 * sequence per order is right whatever the order of arrival.
 */
import * as z from 'zod';
import { Currency } from '../values/money.ts';
import { event } from './envelope.ts';

export const OrderSummary = z.strictObject({
  orderId: z.string(),
  checkoutId: z.string(),
  cartId: z.string(),
  number: z.string(),
  status: z.enum(['placed', 'paid', 'canceled']),
  email: z.string().nullable(),
  currency: Currency,
  totalMinor: z.int(),
  capturedMinor: z.int(),
  paymentProvider: z.string(),
  lines: z.array(
    z.strictObject({
      variantId: z.string(),
      sku: z.string(),
      title: z.string(),
      quantity: z.int(),
      unitPriceMinor: z.int(),
      stockUnits: z.array(z.strictObject({ stockUnitId: z.string(), quantity: z.int() })),
    }),
  ),
  placedAt: z.string(),
});
export type OrderSummary = z.infer<typeof OrderSummary>;

export const OrderPlaced = event('orders.order-placed.v1', OrderSummary);
export const OrderPaid = event('orders.order-paid.v1', OrderSummary);
export const OrderCanceled = event('orders.order-canceled.v1', OrderSummary.extend({ reason: z.string() }));
