/** Checkouts over HTTP: what is held, what it costs, and how it is paid. */
import * as z from 'zod';
import { OrderSummary } from '../../events/orders.ts';
import { operation } from '../../http/operation.ts';
import { Address } from '../../values/address.ts';
import { Customer } from '../../values/customer.ts';
import { Currency, Money } from '../../values/money.ts';
import { text } from '../../values/text.ts';
import { Timestamp } from '../../values/time.ts';
import { LineView, ShippingOptionView, TotalsView } from '../cart/http.ts';
import { providerNames } from '../payments/api.ts';
import { unpriceable } from '../pricing/api.ts';
import { PaymentMethodId } from '../pricing/payment-methods.ts';
import { causes, orderParts } from './order-parts.ts';

const { WebAddress, ChosenMethod, FailureView } = orderParts;

const { status: OrderStatus } = OrderSummary.shape;

/** How the shopper pays. The token is the provider's name for the means of payment: card data never comes here. */
export const PaymentInput = z
  .strictObject({
    provider: z.enum(providerNames),
    /** One of the cart's ways to pay, where several go through the provider. Absent: the first that is offered. */
    method: PaymentMethodId.optional(),
    token: text(200).optional(),
    /** Where the provider's page sends the shopper back to. */
    returnUrl: WebAddress.optional(),
  })
  // Without one the provider could only decline, which would cost the shopper an attempt.
  .refine(({ provider, token }) => provider === 'manual' || token !== undefined, {
    path: ['token'],
    error: "Give the provider's token for the card or other means of payment.",
  });

export const CheckoutView = z.strictObject({
  id: z.string(),
  version: z.int(),
  status: z.enum(['open', 'processing', 'completed', 'failed', 'expired', 'canceled']),
  cartId: z.string(),
  currency: Currency,
  pricesIncludeTax: z.boolean(),
  email: z.string().nullable(),
  /** The shopper as the merchant's system knew them; null for a guest. */
  customer: Customer.nullable(),
  shippingAddress: Address.nullable(),
  billingAddress: Address.nullable(),
  shippingOption: ShippingOptionView.nullable(),
  lines: z.array(LineView),
  totals: TotalsView,
  ...causes,
  payment: z
    .strictObject({
      provider: z.string(),
      method: ChosenMethod,
      /** `declined` and `voided` while the checkout is open: this payment came to nothing, and another may be tried. */
      status: z.enum(['processing', 'requires_action', 'pending', 'authorized', 'captured', 'declined', 'voided']),
      /** Where the shopper confirms the payment. */
      actionUrl: z.string().nullable(),
    })
    .nullable(),
  /** How many more payments may be declined before the checkout is closed and its goods are given back; null once it is over. */
  attemptsLeft: z.int().nullable(),
  order: z
    .strictObject({ id: z.string(), number: z.string(), status: OrderStatus, accessToken: z.string() })
    .nullable(),
  /** Why the checkout ended; while it is open, why its last payment came to nothing. */
  failure: FailureView.nullable(),
  createdAt: Timestamp,
  /** When the goods are given back unless the checkout is completed. */
  expiresAt: Timestamp,
  completedAt: Timestamp.nullable(),
});

export type CheckoutView = z.infer<typeof CheckoutView>;

const CheckoutParams = z.strictObject({ checkoutId: text(100) });

export const startCheckout = operation({
  id: 'startCheckout',
  method: 'POST',
  path: '/v1/checkouts',
  summary: 'Hold the goods of a cart; with a payment, buy them',
  body: z.strictObject({
    cartId: text(100),
    payment: PaymentInput.optional(),
    /** The total that the shopper saw: any other is refused. */
    expectedTotal: Money.optional(),
    /**
     * What the shopper saw was left to pay after gift cards and store credit. Without it, they must still hold what they held
     * when the shopper chose them.
     */
    expectedDue: Money.optional(),
  }),
  answer: CheckoutView,
  status: 201,
  alsoStatus: [200, 202],
  refusals: [
    'not-found',
    'cart-empty',
    'cart-changed',
    'cart-frozen',
    'cart-completed',
    'insufficient-stock',
    'price-changed',
    'code-used-up',
    'gift-card-insufficient',
    'gift-card-unusable',
    'store-credit-insufficient',
    'address-needed',
    'contact-needed',
    'no-shipping-rate',
    'below-order-minimum',
    'above-order-maximum',
    'variant-unavailable',
    'currency-not-sold',
    ...unpriceable,
    'unknown-provider',
    'payment-method-not-offered',
    'payment-declined',
    'payment-failed',
    'payment-left',
    'too-many-payments',
    'checkout-state',
    'checkout-expired',
    'unavailable',
  ],
  idempotency: 'required',
});

export const getCheckout = operation({
  id: 'getCheckout',
  method: 'GET',
  path: '/v1/checkouts/:checkoutId',
  summary: 'How a checkout stands',
  params: CheckoutParams,
  answer: CheckoutView,
});

export const completeCheckout = operation({
  id: 'completeCheckout',
  method: 'POST',
  path: '/v1/checkouts/:checkoutId/complete',
  summary: 'Pay an open checkout; where nothing is left to pay, without a payment',
  params: CheckoutParams,
  body: z.strictObject({
    payment: PaymentInput.optional().describe('Not needed where gift cards and store credit pay everything.'),
  }),
  answer: CheckoutView,
  alsoStatus: [202],
  refusals: [
    'checkout-state',
    'checkout-expired',
    'unknown-provider',
    'payment-method-not-offered',
    'payment-declined',
    'payment-failed',
    'payment-left',
    'too-many-payments',
    'unavailable',
  ],
  idempotency: 'required',
});

export const cancelCheckout = operation({
  id: 'cancelCheckout',
  method: 'POST',
  path: '/v1/checkouts/:checkoutId/cancel',
  summary: 'Give the goods back and the cart to the shopper',
  params: CheckoutParams,
  body: z.strictObject({}),
  answer: CheckoutView,
  alsoStatus: [202],
  refusals: ['checkout-state'],
  idempotency: 'required',
});

export const checkoutsOperations = [startCheckout, getCheckout, completeCheckout, cancelCheckout];
