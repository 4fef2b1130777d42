/** An order as merchants and its owner see it. */
import type { ByHand, DiscountByHand } from '../../../../shared/contracts/cart/api.ts';
import type { EditPreview } from '../../../../shared/contracts/orders/edits-http.ts';
import type {
  DiscountByHandView,
  OrderLineView,
  OrderView,
  RefundPartView,
} from '../../../../shared/contracts/orders/orders-http.ts';
import { lineViews, totalsView } from '../../../../shared/quoting/views.ts';
import { type Currency, money } from '../../../../shared/values/money.ts';
import { toTimestamp } from '../../../../shared/values/time.ts';
import { balancesOf, fulfillmentStateOf, paymentStateOf } from './balances.ts';
import { outcomeOfEdit } from './edit-outcome.ts';
import type { Fulfillment, Numbering, RefundPart } from './operation.ts';
import { canceledUnitsOf, type Order, refundedUnitsOf, shippedOf, unitsIn, unitsOfLine } from './order.ts';
import type { PricedExchange } from './return-credit.ts';

/** What the view of an order shows of what has become of it. */
export function orderFields(order: Order) {
  const { currency } = order.quote;
  const { running } = order;
  return {
    lines: orderLines(order),
    totals: totalsView(order.quote),
    discountByHand: discountByHandView(order.discountByHand, currency),
    paymentStatus: paymentStateOf(order),
    fulfillmentStatus: fulfillmentStateOf(order),
    balances: balancesView(order),
    fulfillments: [...order.fulfillments, ...order.canceledFulfillments]
      .toSorted((a, b) => a.at - b.at)
      .map(fulfillmentView),
    refunds: order.refunds.map((refund) => ({
      id: refund.id,
      cause: refund.cause,
      status: refund.isPending ? 'pending' : 'refunded',
      amount: money(refund.amountMinor, currency),
      parts: refund.parts.map((part) => ({ ...destinationOf(part), amount: money(part.amountMinor, currency) })),
      credit: money(refund.creditMinor, currency),
      lines: refund.lines.map(({ lineId, quantity, grossMinor, taxMinor }) => ({
        lineId,
        quantity,
        canceledQuantity: unitsIn(
          order.canceledUnits.filter((one) => one.refundId === refund.id && one.lineId === lineId),
        ),
        amount: money(grossMinor, currency),
        tax: money(taxMinor, currency),
      })),
      shipping: money(refund.shippingMinor, currency),
      returnId: refund.returnId,
      createdAt: toTimestamp(refund.at),
    })),
    receivedPayments: order.received.map(({ id, amountMinor, at }) => ({
      id,
      provider: 'manual',
      amount: money(amountMinor, currency),
      createdAt: toTimestamp(at),
    })),
    disputes: order.elsewhere.disputes.map(({ ref, amountMinor, ...dispute }) => ({
      reference: ref,
      amount: money(amountMinor, currency),
      ...dispute,
    })),
    returns: order.returns.map((one) => ({
      id: one.id,
      status: one.state,
      lines: one.lines.map(({ lineId, quantity, reason }) => ({
        lineId,
        quantity,
        receivedQuantity: unitsOfLine(lineId, one.received),
        reason,
      })),
      exchange: one.exchange.map((line) => ({ ...line })),
      exchangeStatus: one.exchange.length === 0 ? null : (one.exchangeEnd ?? 'open'),
      failure: one.failure === null ? null : { code: one.failure.code, detail: one.failure.detail ?? one.failure.code },
      requestedAt: toTimestamp(one.requestedAt),
    })),
    operation: running === null ? null : { id: running.id, kind: running.kind, isUndoing: running.failure !== null },
  } satisfies Partial<OrderView>;
}

function fulfillmentView(
  fulfillment: Fulfillment & { readonly canceledAt?: number },
): OrderView['fulfillments'][number] {
  const { id, lines, locationIds, tracking, at, canceledAt } = fulfillment;
  return {
    id,
    status: canceledAt === undefined ? 'shipped' : 'canceled',
    lines: lines.map((line) => ({ ...line })),
    locationIds: [...locationIds],
    tracking,
    createdAt: toTimestamp(at),
    canceledAt: canceledAt === undefined ? null : toTimestamp(canceledAt),
  };
}

/** Whose credit it is stays between the shop and the customer. */
function destinationOf({ to, key }: RefundPart): Pick<RefundPartView, 'to' | 'id'> {
  if (to !== 'card') return { to, id: key };
  const [kind, id = null] = key?.split(':') ?? [];
  return kind === 'gift' ? { to: 'gift-card', id } : { to: 'store-credit', id: null };
}

function orderLines(order: Order): OrderLineView[] {
  return lineViews(order.lines, order.quote).map((line, index) => ({
    ...line,
    priceByHand: priceByHandView(order.lines[index]?.byHand),
    fulfilledQuantity: shippedOf(order, line.id),
    canceledQuantity: canceledUnitsOf(order, line.id),
    returnedQuantity: unitsOfLine(line.id, ...order.returns.map(({ received }) => received)),
    refundedQuantity: refundedUnitsOf(order, line.id),
  }));
}

export function priceByHandView(byHand: ByHand | undefined): OrderLineView['priceByHand'] {
  if (byHand === undefined) return null;
  const { reason, actor: by, at } = byHand;
  return { reason, by, at: toTimestamp(at) };
}

export function discountByHandView(byHand: DiscountByHand | undefined, currency: Currency): DiscountByHandView | null {
  if (byHand === undefined) return null;
  const { discount, reason, actor: by, at } = byHand;
  const isRate = discount.kind === 'rate-off';
  const off = {
    rate: isRate ? discount.rate : null,
    amount: isRate ? null : money(discount.amountMinor, currency),
  };
  return { ...off, reason, by, at: toTimestamp(at) };
}

function balancesView(order: Order): OrderView['balances'] {
  const { currency } = order.quote;
  const balances = balancesOf(order);
  return {
    authorized: money(balances.authorizedMinor, currency),
    captured: money(balances.capturedMinor, currency),
    giftCards: money(balances.cardsMinor, currency),
    received: money(balances.receivedMinor, currency),
    refunded: money(balances.refundedMinor, currency),
    refundedElsewhere: money(balances.refundedElsewhereMinor, currency),
    chargedBack: money(balances.chargedBackMinor, currency),
    capturable: money(balances.capturableMinor, currency),
    refundable: money(balances.refundableMinor, currency),
    outstanding: money(balances.outstandingMinor, currency),
  };
}

/** An edit that was priced and not done. What it leaves outstanding is read from the order as the edit would leave it. */
export function editPreview(order: Order, priced: PricedExchange, numbering: Numbering, token: string): EditPreview {
  const { lines, quote } = priced;
  const { currency } = quote;
  const { deltaMinor, refundMinor, outstandingMinor } = outcomeOfEdit(order, priced, numbering);
  return {
    token,
    lines: lineViews(lines, quote),
    totals: totalsView(quote),
    delta: money(deltaMinor, currency),
    refund: money(refundMinor, currency),
    additionalPayment: money(outstandingMinor, currency),
  };
}
