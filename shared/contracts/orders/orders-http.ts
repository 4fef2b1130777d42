/** Orders over HTTP, as merchants and their shoppers read them. */
import * as z from 'zod';
import { OrderSummary } from '../../events/orders.ts';
import { operation } from '../../http/operation.ts';
import { Address } from '../../values/address.ts';
import { Customer } from '../../values/customer.ts';
import { forLongNumbers } from '../../values/long-number.ts';
import { MetafieldView } from '../../values/metafields.ts';
import { Currency, Money } from '../../values/money.ts';
import { text } from '../../values/text.ts';
import { Timestamp } from '../../values/time.ts';
import { LineView, ShippingOptionView, TotalsView } from '../cart/http.ts';
import { DisputeView } from '../payments/disputes.ts';
import { causes, orderParts } from './order-parts.ts';

const { WebAddress, ChosenMethod, FailureView } = orderParts;

const { status: OrderStatus, paymentStatus: PaymentStatus, fulfillmentStatus: FulfillmentStatus } = OrderSummary.shape;

const returnStatuses = ['requested', 'approved', 'partially-received', 'received', 'rejected', 'canceled'] as const;

export const PriceByHandView = z.strictObject({ reason: z.string(), by: z.string(), at: Timestamp });

/** A discount by hand on all goods together: a rate, or an amount. What it took off stands among the discounts. */
export const DiscountByHandView = PriceByHandView.extend({ rate: z.string().nullable(), amount: Money.nullable() });

export type DiscountByHandView = z.infer<typeof DiscountByHandView>;

/** A line as it is now, and what has become of its units. */
export const OrderLineView = LineView.extend({
  fulfilledQuantity: z.int(),
  /** Refunded instead of shipped, or canceled with the order: these never ship. */
  canceledQuantity: z.int(),
  returnedQuantity: z.int(),
  refundedQuantity: z.int(),
  /** Who has made its price by hand, and why; null where it is that of the catalogue or a list. */
  priceByHand: PriceByHandView.nullable(),
});

export type OrderLineView = z.infer<typeof OrderLineView>;

export const Tracking = z.strictObject({
  carrier: text(100).nullable(),
  number: forLongNumbers(text(100), 'a tracking number').nullable(),
  url: WebAddress.nullable(),
});

/** Ids of fulfillments, refunds and returns are unique in their order. */
export const FulfillmentView = z.strictObject({
  id: z.string(),
  /** `canceled`: it never left, and its units are to ship again. */
  status: z.enum(['shipped', 'canceled']),
  lines: z.array(z.strictObject({ lineId: z.string(), quantity: z.int() })),
  locationIds: z.array(z.string()),
  tracking: Tracking.nullable(),
  createdAt: Timestamp,
  canceledAt: Timestamp.nullable(),
});

/** `received`: what the merchant had received after the checkout. The id is that of the payment or the gift card. */
export const RefundPartView = z.strictObject({
  to: z.enum(['payment', 'received', 'gift-card', 'store-credit']),
  id: z.string().nullable(),
  amount: Money,
});

export type RefundPartView = z.infer<typeof RefundPartView>;

export const RefundView = z.strictObject({
  id: z.string(),
  cause: z.enum(['refund', 'return', 'edit', 'cancel']),
  /** `pending`: the provider has taken it on and has yet to pay it out. */
  status: z.enum(['refunded', 'pending']),
  amount: Money,
  /** Where it went; the parts add up to the amount. */
  parts: z.array(RefundPartView),
  /** What the payer was credited: more than the amount where goods were exchanged. */
  credit: Money,
  lines: z.array(
    z.strictObject({
      lineId: z.string(),
      quantity: z.int(),
      /** Of these, the units that were still to ship and now never will. */
      canceledQuantity: z.int(),
      amount: Money,
      tax: Money,
    }),
  ),
  shipping: Money,
  returnId: z.string().nullable(),
  createdAt: Timestamp,
});

/** Money that the merchant has received after the checkout. */
export const ReceivedPaymentView = z.strictObject({
  id: z.string(),
  provider: z.literal('manual'),
  amount: Money,
  createdAt: Timestamp,
});

export const ReturnView = z.strictObject({
  id: z.string(),
  status: z.enum(returnStatuses),
  lines: z.array(
    z.strictObject({
      lineId: z.string(),
      quantity: z.int(),
      receivedQuantity: z.int(),
      reason: z.string().nullable(),
    }),
  ),
  exchange: z.array(z.strictObject({ variantId: z.string(), quantity: z.int() })),
  /** `given-up`: what came back was refunded instead. Null without an exchange. */
  exchangeStatus: z.enum(['open', 'done', 'given-up']).nullable(),
  /** Why goods that came back were not refunded or exchanged. */
  failure: FailureView.nullable(),
  requestedAt: Timestamp,
});

export const BalancesView = z.strictObject({
  authorized: Money,
  /** By the provider of the checkout. */
  captured: Money,
  /** What gift cards and store credit have paid. */
  giftCards: Money,
  /** What the merchant has received since the checkout. */
  received: Money,
  refunded: Money,
  /** Part of `refunded`: what the provider gave back without being asked by the order. Negative where a refund failed there. */
  refundedElsewhere: Money,
  /** What a buyer's bank has taken back, in disputes that are open or lost. */
  chargedBack: Money,
  /** What may still be taken of what is authorized. */
  capturable: Money,
  /** What may still be given back. */
  refundable: Money,
  /** What is owed beyond what is authorized; the payer has to be asked. */
  outstanding: Money,
});

export const OrderView = z.strictObject({
  id: z.string(),
  number: z.string(),
  version: z.int(),
  status: OrderStatus,
  checkoutId: z.string(),
  email: z.string().nullable(),
  customer: Customer.nullable(),
  currency: Currency,
  pricesIncludeTax: z.boolean(),
  shippingAddress: Address.nullable(),
  billingAddress: Address.nullable(),
  shippingOption: ShippingOptionView.nullable(),
  /** How the buyer is reached by telephone: as a merchant has said, or as an address says. */
  phone: z.string().nullable(),
  note: z.string().nullable(),
  /** What merchants file the order under. */
  tags: z.array(z.string()),
  metafields: z.array(MetafieldView).optional().describe('Shown to merchants. Absent where there are none.'),
  attributes: z.record(z.string(), z.string()),
  lines: z.array(OrderLineView),
  totals: TotalsView,
  ...causes,
  /** Who has taken something off all goods by hand, and why; null where nobody has. */
  discountByHand: DiscountByHandView.nullable(),
  /** `id` names it among the payments: another than the order's where a payment was declined before. */
  payment: z.strictObject({ id: z.string(), provider: z.string(), method: ChosenMethod, captured: Money }),
  paymentStatus: PaymentStatus,
  fulfillmentStatus: FulfillmentStatus,
  /** `manual`: the money is taken when goods ship, or by a capture. */
  captureMode: z.enum(['immediate', 'manual']),
  balances: BalancesView,
  fulfillments: z.array(FulfillmentView),
  refunds: z.array(RefundView),
  receivedPayments: z.array(ReceivedPaymentView),
  /** Contests of the payer's bank, as the provider tells of them. */
  disputes: z.array(DisputeView),
  returns: z.array(ReturnView),
  /** What is under way and has not come to its end. */
  operation: z.strictObject({ id: z.string(), kind: z.string(), isUndoing: z.boolean() }).nullable(),
  failure: FailureView.nullable(),
  placedAt: Timestamp,
  paidAt: Timestamp.nullable(),
});

export type OrderView = z.infer<typeof OrderView>;

/** An order as its shopper sees it: without what merchants file it under, and why they made a price or a discount by hand. */
export const ShopperOrderView = OrderView.omit({ tags: true, metafields: true, discountByHand: true }).extend({
  lines: z.array(OrderLineView.omit({ priceByHand: true })),
});

export type ShopperOrderView = z.infer<typeof ShopperOrderView>;

const OrderParams = z.strictObject({ orderId: text(100) });

export const getOrder = operation({
  id: 'getOrder',
  isConditional: true,
  method: 'GET',
  path: '/v1/orders/:orderId',
  summary: 'An order, for whoever has its access token',
  params: OrderParams,
  query: z.strictObject({ access_token: text(100).optional() }),
  answer: ShopperOrderView,
});

export const getOrderAsAdmin = operation({
  id: 'getOrderAsAdmin',
  isConditional: true,
  method: 'GET',
  path: '/admin/v1/orders/:orderId',
  summary: 'An order, exactly as it stands',
  params: OrderParams,
  answer: OrderView,
});

export const ordersOperations = [getOrder, getOrderAsAdmin];
