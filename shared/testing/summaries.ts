/** Summaries of orders as their events carry them: a paid order of nothing, with what a test says of it. */

import type { OrderSummary } from '../events/orders.ts';
import { money } from '../values/money.ts';

const euros = (amount: number) => money(amount, 'EUR');

const paid: OrderSummary = {
  ...{ orderId: 'ord_1', checkoutId: 'chk_1', cartId: 'cart_1', number: 'WSGH-JKMN', status: 'paid' },
  ...{ email: 'ada@example.org', phone: null, customerId: null, names: ['Ada Lovelace'] },
  ...{ shippingAddress: null, billingAddress: null, country: 'DE', region: null, tags: [] },
  ...{
    currency: 'EUR',
    subtotal: euros(2500),
    discount: euros(0),
    shipping: euros(490),
    tax: euros(477),
    total: euros(2990),
  },
  ...{ captured: euros(2990), giftCards: euros(0), received: euros(0), refunded: euros(0), capturable: euros(0) },
  ...{ outstanding: euros(0), paymentProvider: 'sandbox' },
  ...{ paymentStatus: 'captured', fulfillmentStatus: 'unfulfilled', lines: [], refunds: [] },
  placedAt: '2027-01-15T08:00:00.000Z',
};

export function summaryWith(facts: Partial<OrderSummary> = {}): OrderSummary {
  return { ...paid, ...facts };
}

export function lineWith(facts: Partial<OrderSummary['lines'][number]> = {}): OrderSummary['lines'][number] {
  return {
    ...{ lineId: 'lin_1', variantId: 'var_1', sku: 'HAT-1', title: 'Sommerhut', variantTitle: null, quantity: 2 },
    ...{ unitPrice: euros(1250), discount: euros(0), tax: euros(399), total: euros(2500), stockUnits: [] },
    ...facts,
  };
}
