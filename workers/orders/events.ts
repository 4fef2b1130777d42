/** What the orders Worker does with events: its own, to keep the read model, and news of payments, to go on. */
import {
  FulfillmentCanceled,
  OrderCanceled,
  OrderChanged,
  OrderEdited,
  OrderFulfilled,
  OrderPaid,
  OrderPlaced,
  OrderSummary,
  PaymentCaptured,
  PaymentObserved,
  RefundDeclined,
  RefundMade,
  ReturnReceived,
  ReturnRequested,
} from '../../shared/events/orders.ts';
import { PaymentUpdated } from '../../shared/events/payments.ts';
import type { Handlers } from '../../shared/messaging/inbox.ts';
import { sibling } from '../../shared/values/ids.ts';
import { recordOfEvent } from './service/orders.ts';
import type { OrderRecord } from './store/orders.ts';

/** Made once: Zod compiles a schema when it is first used. */
const SummaryInEvent = OrderSummary.strip();

/** `resume` wakes the checkout of a payment; it may be called for one that has nothing to do. */
export function orderHandlers(resume: (checkoutId: string) => Promise<void>): Handlers<OrderRecord> {
  const save: Handlers<OrderRecord>[string] = async (event) => [
    await recordOfEvent(SummaryInEvent.parse(event.data), event),
  ];
  return {
    [OrderPlaced.type]: save,
    [OrderPaid.type]: save,
    [OrderCanceled.type]: save,
    [PaymentCaptured.type]: save,
    [OrderFulfilled.type]: save,
    [FulfillmentCanceled.type]: save,
    [OrderChanged.type]: save,
    [RefundMade.type]: save,
    [RefundDeclined.type]: save,
    [PaymentObserved.type]: save,
    [ReturnRequested.type]: save,
    [ReturnReceived.type]: save,
    [OrderEdited.type]: save,
    [PaymentUpdated.type]: async (event) => {
      const { orderId, status, captured } = PaymentUpdated.data.parse(event.data);
      // A void is our own doing. Once there is money, totals of nothing are news as well: a refund that failed, a dispute
      // that was won. The order itself knows what of it is its own.
      const isNews = status === 'authorized' || status === 'declined' || captured.amount > 0;
      if (isNews) await resume(sibling(orderId, 'checkout'));
      return [];
    },
  };
}
