/** Builders of checkouts for tests: one line of two pieces for 29.90 EUR, to which a test adds what it is about. */

import type { CartSnapshot } from '../../../shared/contracts/cart/api.ts';
import type { VariantSnapshot } from '../../../shared/contracts/catalog/api.ts';
import type { Quote } from '../../../shared/contracts/pricing/api.ts';
import { minuteMs } from '../../../shared/values/time.ts';
import { type CheckoutDetails, type CheckoutEvent, orderIdOf } from '../domain/checkout/checkout.ts';
import type { Payment, PaymentChoice } from '../domain/checkout/payments.ts';

export const checkoutAt = 1_800_000_000_000;

export const variant: VariantSnapshot = {
  variantId: 'var_1',
  productId: 'prd_1',
  productHandle: 'cup',
  productVersion: 1,
  sku: 'CUP-1',
  title: 'Cup',
  variantTitle: null,
  imageUrl: null,
  isSold: true,
  prices: [{ currency: 'EUR', amountMinor: 1250 }],
  weightGrams: 300,
  requiresShipping: true,
  isTaxable: true,
  tags: [],
  collectionIds: [],
  stockNeeds: [{ stockUnitId: 'stk_1', quantity: 1 }],
};

const line = { lineId: 'lin_1', quantity: 2, variant, attributes: {} };

export const quote: Quote = {
  pricingVersion: 1,
  pricingSince: 0,
  country: 'DE',
  currency: 'EUR',
  pricesIncludeTax: true,
  lines: [
    {
      lineId: 'lin_1',
      unitPriceMinor: 1250,
      compareAtMinor: null,
      priceListId: null,
      subtotalMinor: 2500,
      discountMinor: 0,
      taxMinor: 399,
      totalMinor: 2500,
      discounts: [],
    },
  ],
  shippingOptions: [{ id: 'shr_1', name: 'Parcel', priceMinor: 490 }],
  shippingOptionId: 'shr_1',
  isUnshippable: false,
  subtotalMinor: 2500,
  discountMinor: 0,
  shippingMinor: 490,
  shippingDiscountMinor: 0,
  taxMinor: 477,
  totalMinor: 2990,
  discounts: [],
  rejectedCodes: [],
  taxLines: [{ name: 'VAT', rate: '0.19', baseMinor: 2513, taxMinor: 477 }],
  taxRelief: null,
  giftCards: [],
  dueMinor: 2990,
  allowances: [],
  paymentMethods: [
    { id: 'card', provider: 'sandbox', name: 'Card' },
    { id: 'invoice', provider: 'manual', name: 'Invoice' },
  ],
};

export function cartSnapshot(changes: Partial<CartSnapshot> = {}): CartSnapshot {
  return {
    cartId: 'cart_1',
    version: 3,
    status: 'active',
    checkoutId: null,
    country: 'DE',
    currency: 'EUR',
    email: 'ada@example.org',
    phone: null,
    shippingAddress: { lastName: 'Byron', address1: 'Lindenweg 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
    billingAddress: null,
    shippingOptionId: null,
    discountCodes: [],
    giftCards: [],
    storeCredit: null,
    vatId: null,
    customer: null,
    note: null,
    attributes: {},
    lines: [line],
    usedUp: [],
    seenAt: 1_800_000_000_000,
    updatedAt: 1_800_000_000_000,
    ...changes,
  };
}

export function checkoutDetails(changes: Partial<CheckoutDetails> = {}): CheckoutDetails {
  return {
    checkoutId: 'chk_01jd0000000000000000000000w00',
    cartId: 'cart_1',
    cartVersion: 3,
    email: 'ada@example.org',
    phone: null,
    customer: null,
    shippingAddress: { lastName: 'Byron', address1: 'Lindenweg 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
    billingAddress: null,
    note: null,
    attributes: {},
    lines: [line],
    quote,
    holdKey: 'chk_01jd0000000000000000000000w00',
    allowanceKey: 'chk_01jd0000000000000000000000w00',
    captureMode: 'immediate',
    holdUntil: checkoutAt + 15 * minuteMs,
    createdAt: checkoutAt,
    ...changes,
  };
}

export const manual: PaymentChoice = { provider: 'manual', token: null, mark: null, returnUrl: null };
export const sandbox: PaymentChoice = { provider: 'sandbox', token: 'ok', mark: 'ok', returnUrl: null };

/** The first payment of the checkout. */
export const paymentBy = (choice: PaymentChoice): Payment => ({
  ...choice,
  key: orderIdOf(checkoutDetails().checkoutId),
  askedBy: 'key_1',
});

/** The events of a checkout that is paid, one per type that can occur on the way or in the end. */
export const checkoutEvents = {
  'checkout-opened': { type: 'checkout-opened', details: checkoutDetails(), at: checkoutAt },
  'payment-started': { type: 'payment-started', payment: paymentBy(sandbox), at: checkoutAt + 1 },
  'action-required': { type: 'action-required', url: 'https://pay.example/1', at: checkoutAt + 2 },
  'payment-refused': {
    type: 'payment-refused',
    failure: { code: 'payment-declined', detail: 'No.' },
    at: checkoutAt + 2,
  },
  'checkout-reopened': { type: 'checkout-reopened', isHeard: false, at: checkoutAt + 3 },
  'refusal-heard': { type: 'refusal-heard', at: checkoutAt + 4 },
  'order-placed': { type: 'order-placed', payment: paymentBy(sandbox), number: 'ABCD-1234', at: checkoutAt + 3 },
  'held-again': {
    type: 'held-again',
    holds: 'goods',
    key: 'chk_01jd0000000000000000000000w00.again1',
    at: checkoutAt + 3,
  },
  'order-paid': { type: 'order-paid', capturedMinor: 2990, at: checkoutAt + 4 },
  'order-confirmed': { type: 'order-confirmed', at: checkoutAt + 4 },
  'cart-completed': { type: 'cart-completed', at: checkoutAt + 5 },
  'undo-started': {
    type: 'undo-started',
    failure: { code: 'payment-declined', detail: 'No.' },
    endsAs: 'failed',
    at: checkoutAt + 6,
  },
  'checkout-ended': { type: 'checkout-ended', at: checkoutAt + 7 },
} as const satisfies { readonly [Type in CheckoutEvent['type']]: Extract<CheckoutEvent, { type: Type }> };
