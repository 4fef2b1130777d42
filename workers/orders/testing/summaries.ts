/** Summaries of orders as their events carry them: a paid order of nothing, with what a test says of it. */
import type { OrderSummary } from '../../../shared/events/orders.ts';

const paid: OrderSummary = {
  ...{ orderId: 'ord_1', checkoutId: 'chk_1', cartId: 'cart_1', number: 'WSGH-JKMN', status: 'paid' },
  ...{ email: 'ada@example.org', phone: null, customerId: null, names: ['Ada Lovelace'] },
  ...{ shippingAddress: null, billingAddress: null, country: 'DE', region: null, tags: [] },
  ...{ currency: 'EUR', subtotalMinor: 2500, discountMinor: 0, shippingMinor: 490, taxMinor: 477, totalMinor: 2990 },
  ...{ capturedMinor: 2990, refundedMinor: 0, outstandingMinor: 0, paymentProvider: 'sandbox' },
  ...{ paymentStatus: 'captured', fulfillmentStatus: 'unfulfilled', lines: [], refunds: [] },
  placedAt: '2027-01-15T08:00:00.000Z',
};

export function summaryWith(facts: Partial<OrderSummary> = {}): OrderSummary {
  return { ...paid, ...facts };
}

export function lineWith(facts: Partial<OrderSummary['lines'][number]> = {}): OrderSummary['lines'][number] {
  return {
    ...{ lineId: 'lin_1', variantId: 'var_1', sku: 'HAT-1', title: 'Sommerhut', variantTitle: null, quantity: 2 },
    ...{ unitPriceMinor: 1250, discountMinor: 0, taxMinor: 399, totalMinor: 2500, stockUnits: [] },
    ...facts,
  };
}
