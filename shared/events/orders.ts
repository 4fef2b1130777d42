/**
 * The events of a checkout on its way to an order, and of the order from then on. Each carries the whole summary, so a reader
 * that keeps the newest sequence per order is right whatever the order of arrival.
 */
import * as z from 'zod';
import { Address } from '../values/address.ts';
import { Currency, Money } from '../values/money.ts';
import { event } from './envelope.ts';

export const OrderSummary = z.strictObject({
  orderId: z.string(),
  checkoutId: z.string(),
  cartId: z.string(),
  number: z.string(),
  status: z.enum(['placed', 'confirmed', 'paid', 'canceled']),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  /** Null for a guest. */
  customerId: z.string().nullable(),
  /** People and companies of its addresses, each once: whom the goods go to first. */
  names: z.array(z.string()),
  shippingAddress: Address.nullable(),
  billingAddress: Address.nullable(),
  /** Where the goods go. */
  country: z.string(),
  region: z.string().nullable(),
  tags: z.array(z.string()),
  currency: Currency,
  subtotal: Money,
  discount: Money,
  shipping: Money,
  tax: Money,
  total: Money,
  captured: Money,
  /** Paid by gift cards and store credit. */
  giftCards: Money,
  /** Recorded by the merchant, after the checkout. */
  received: Money,
  refunded: Money,
  /**
   * Of that, what was given back at the provider and by no refund of the order; below zero when the provider gave back less than
   * those say. Absent, like what follows, of summaries that were made before it was told.
   */
  refundedElsewhere: Money.optional(),
  /** Those that the provider names, by its own name for each. */
  refundsElsewhere: z.array(z.strictObject({ ref: z.string(), amount: Money, refundedAt: z.string() })).optional(),
  /** Taken back by disputes of the payer that are open or lost. */
  chargedBack: Money.optional(),
  pricesIncludeTax: z.boolean().optional(),
  /** Authorized, owed, and not taken yet. */
  capturable: Money,
  /** Owed beyond what is authorized: the payer has to be asked. */
  outstanding: Money,
  paymentStatus: z.enum([
    'pending',
    'authorized',
    'partially-captured',
    'partially-paid',
    'captured',
    'partially-refunded',
    'refunded',
    'voided',
  ]),
  fulfillmentStatus: z.enum(['unfulfilled', 'partially-fulfilled', 'fulfilled', 'canceled']),
  paymentProvider: z.string(),
  lines: z.array(
    z.strictObject({
      lineId: z.string(),
      variantId: z.string(),
      sku: z.string(),
      title: z.string(),
      variantTitle: z.string().nullable(),
      quantity: z.int(),
      /** Of these, and absent of summaries that were made before they were told. */
      fulfilledQuantity: z.int().optional(),
      canceledQuantity: z.int().optional(),
      refundedQuantity: z.int().optional(),
      unitPrice: Money,
      discount: Money,
      tax: Money,
      total: Money,
      /** Units that stay sold and are worth a gift card of the unit price each. Absent where a line is goods. */
      giftCards: z.int().optional(),
      /** Units that were, and whose cards were taken back. Absent where there are none. */
      voidedGiftCards: z.int().optional(),
      stockUnits: z.array(z.strictObject({ stockUnitId: z.string(), quantity: z.int() })),
    }),
  ),
  refunds: z.array(
    z.strictObject({
      refundId: z.string(),
      cause: z.enum(['refund', 'return', 'edit', 'cancel']),
      /** The provider has taken it on, and it may take days. */
      isPending: z.boolean(),
      amount: Money,
      /** Where it went; they add up to the amount. */
      parts: z.array(z.strictObject({ to: z.enum(['payment', 'received', 'card']), amount: Money })),
      shipping: Money,
      lines: z.array(z.strictObject({ lineId: z.string(), quantity: z.int(), amount: Money, tax: Money })),
      refundedAt: z.string(),
    }),
  ),
  placedAt: z.string(),
});
export type OrderSummary = z.infer<typeof OrderSummary>;

export const OrderPlaced = event('orders.order-placed.v1', OrderSummary);
export const OrderPaid = event('orders.order-paid.v1', OrderSummary);
export const OrderCanceled = event('orders.order-canceled.v1', OrderSummary.extend({ reason: z.string() }));

/** By the merchant, or received after the checkout; `OrderPaid` follows when all that was authorized was taken. */
export const PaymentCaptured = event(
  'orders.payment-captured.v1',
  OrderSummary.extend({ operationId: z.string(), amount: Money }),
);
export const OrderFulfilled = event(
  'orders.order-fulfilled.v1',
  OrderSummary.extend({
    fulfillmentId: z.string(),
    fulfilledLines: z.array(z.strictObject({ lineId: z.string(), quantity: z.int() })),
    tracking: z
      .strictObject({ carrier: z.string().nullable(), number: z.string().nullable(), url: z.string().nullable() })
      .nullable(),
  }),
);
/** A shipment that never left was taken back: its units are to ship again. */
export const FulfillmentCanceled = event(
  'orders.fulfillment-canceled.v1',
  OrderSummary.extend({
    fulfillmentId: z.string(),
    canceledLines: z.array(z.strictObject({ lineId: z.string(), quantity: z.int() })),
  }),
);
/** How its buyer is reached, where it goes, its note or its tags: no money and no goods. */
export const OrderChanged = event('orders.order-changed.v1', OrderSummary.extend({ changed: z.array(z.string()) }));
export const RefundMade = event(
  'orders.refund-made.v1',
  OrderSummary.extend({
    refundId: z.string(),
    returnId: z.string().nullable(),
    /** By all ways together: the provider, what was received later, gift cards and store credit. */
    amount: Money,
    /** The provider has taken it on, and it may take days. */
    isPending: z.boolean(),
    /** Units that were still to ship and now never will. */
    canceledLines: z.array(z.strictObject({ lineId: z.string(), quantity: z.int() })),
  }),
);
/** The provider had taken it on, and did not pay it out in the end. */
export const RefundDeclined = event('orders.refund-declined.v1', OrderSummary.extend({ refundId: z.string() }));
/**
 * The provider reports refunds or disputes that no operation of the order explains, or that the rest of an authorization is no
 * longer available.
 */
export const PaymentObserved = event(
  'orders.payment-observed.v1',
  OrderSummary.extend({
    /** In all so far; below zero when the provider gave back less than the order's refunds say. */
    refundedElsewhere: Money,
    /** What banks have taken back, in disputes that are open or lost. */
    chargedBack: Money,
  }),
);
export const ReturnRequested = event('orders.return-requested.v1', OrderSummary.extend({ returnId: z.string() }));
export const ReturnReceived = event(
  'orders.return-received.v1',
  OrderSummary.extend({ returnId: z.string(), isComplete: z.boolean() }),
);
export const OrderEdited = event(
  'orders.order-edited.v1',
  OrderSummary.extend({
    operationId: z.string(),
    /** By how much the total has changed. */
    delta: Money,
  }),
);
