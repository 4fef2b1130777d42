/**
 * What an order has become since its checkout: its lines as they are now, its money, parcels and returns, the stock that is
 * still promised to it, and the operation that is under way. It is folded from the events that operations leave.
 */
import type { CartLine, DiscountByHand } from '../../../../shared/contracts/cart/api.ts';
import type { Quote } from '../../../../shared/contracts/pricing/api.ts';
import type { Address } from '../../../../shared/values/address.ts';
import type { Metafield } from '../../../../shared/values/metafields.ts';
import { sumOf } from '../../../../shared/values/money.ts';
import { assert } from '../../../../shared/values/result.ts';
import { hourMs, secondMs } from '../../../../shared/values/time.ts';
import type { OrderRefusal } from '../refusal.ts';
import type { Elsewhere } from './observed.ts';
import type {
  CanceledUnits,
  Deed,
  Fulfillment,
  LineUnits,
  Operation,
  Parted,
  ReceivedLine,
  ReceivedPayment,
  Refund,
  Tracking,
} from './operation.ts';
import type { ReturnState } from './states.ts';
import { type Commitment, commitmentsOf } from './stock.ts';

/** What a gift card or store credit has paid; its key is the name of its balance. */
interface CardPayment {
  readonly key: string;
  readonly paidMinor: number;
}

/** Goods that go out for those that come back. */
export interface ExchangeLine {
  readonly variantId: string;
  readonly quantity: number;
}

/** Units that came back. What the merchant settled otherwise is never credited by itself. */
export interface ReceivedUnits extends ReceivedLine {
  readonly isSettledOtherwise?: true;
}

export interface OrderReturn {
  readonly id: string;
  readonly state: ReturnState;
  readonly lines: readonly (LineUnits & { readonly reason: string | null })[];
  readonly exchange: readonly ExchangeLine[];
  readonly received: readonly ReceivedUnits[];
  readonly note: string | null;
  readonly requestedAt: number;
  /** Why goods that came back were not refunded or exchanged. */
  readonly failure: OrderRefusal | null;
  /** What became of its exchange: carried out, or refunded instead. Absent while it may still be. */
  readonly exchangeEnd?: 'done' | 'given-up';
}

export interface Order {
  readonly operationCount: number;
  readonly running:
    | (Operation & {
        readonly since: number;
        readonly failure: OrderRefusal | null;
        /** So many effects are done for good: a provider may take back its word on them, and they are not asked for again. */
        readonly doneCount?: number;
      })
    | null;
  readonly lines: readonly CartLine[];
  /** Absent: nothing is taken off all of it by hand. */
  readonly discountByHand?: DiscountByHand;
  readonly quote: Quote;
  /** What of the quote is not priced any more. Absent: nothing, or an order that was edited before this was remembered. */
  readonly parted?: Parted;
  readonly commitments: readonly Commitment[];
  /** What gift cards and store credit have paid, in the order in which they did. */
  readonly cards: readonly CardPayment[];
  /** Uses and budgets of promotions that the checkout has taken, by name. */
  readonly uses: readonly string[];
  readonly received: readonly ReceivedPayment[];
  readonly authorizedMinor: number;
  readonly capturedMinor: number;
  readonly isVoided: boolean;
  readonly isCanceled: boolean;
  readonly fulfillments: readonly Fulfillment[];
  /** Shipments that never left and were taken back. */
  readonly canceledFulfillments: readonly (Fulfillment & { readonly canceledAt: number })[];
  readonly refunds: readonly Refund[];
  /** Units that will never ship: refunded instead, or canceled with the order. They stay so where the provider declines a refund after all. */
  readonly canceledUnits: readonly CanceledUnits[];
  readonly elsewhere: Elsewhere;
  /** By line, units whose gift cards were taken back. Absent: none. */
  readonly voidedCards?: Readonly<Record<string, number>>;
  readonly returns: readonly OrderReturn[];
  /** What merchants have corrected or added since the checkout, whose own record never changes. */
  readonly corrections: Corrections;
}

/** How a buyer is reached, where things go, and what merchants file an order under. What is absent is as it was bought. */
export interface Corrections {
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly shippingAddress?: Address | null;
  readonly billingAddress?: Address | null;
  readonly note?: string | null;
  readonly tags?: readonly string[];
  readonly metafields?: readonly Metafield[];
}

export type OrderEvent = { readonly at: number } & (
  | { readonly type: 'operation-started'; readonly operation: Operation }
  /** A refund is on its way. It may fail days later, when what came after it has long been done. */
  | { readonly type: 'operation-advanced'; readonly doneCount: number }
  /** An effect was refused: from here on everything is undone. */
  | { readonly type: 'operation-turned'; readonly failure: OrderRefusal }
  | {
      readonly type: 'operation-ended';
      readonly failure: OrderRefusal | null;
      /** Null beside a failure. */
      readonly deed: Deed | null;
      /** The refund of this operation is on its way. */
      readonly isRefundPending?: true;
      /** The provider gives no more of what was authorized. */
      readonly isAuthorizationLost?: true;
    }
  | { readonly type: 'refund-settled'; readonly refundId: string; readonly isDeclined: boolean }
  /** What the provider's totals say beyond the order's own refunds. */
  | {
      readonly type: 'payment-observed';
      readonly elsewhere: Elsewhere;
      /** With what was taken, where the provider has let go of an authorization without being asked. */
      readonly authorizedMinor?: number;
    }
  | { readonly type: 'return-requested'; readonly goodsReturn: OrderReturn; readonly actor: string }
  | {
      readonly type: 'return-decided';
      readonly returnId: string;
      readonly state: ReturnState;
      readonly note: string | null;
      readonly actor: string;
    }
  | {
      readonly type: 'fulfillment-tracked';
      readonly fulfillmentId: string;
      readonly tracking: Tracking;
      readonly actor: string;
    }
  | { readonly type: 'note-added'; readonly text: string; readonly actor: string }
  | { readonly type: 'order-corrected'; readonly corrections: Corrections; readonly actor: string }
);

/** An order to which nothing has happened yet. */
export function newOrder(checkout: {
  readonly holdKey: string;
  readonly lines: readonly CartLine[];
  readonly discountByHand?: DiscountByHand;
  readonly quote: Quote;
  /** All that is due where it is not said. */
  readonly authorizedMinor?: number;
  readonly capturedMinor: number;
}): Order {
  const { holdKey, lines, discountByHand, quote, authorizedMinor = quote.dueMinor, capturedMinor } = checkout;
  return {
    operationCount: 0,
    running: null,
    lines,
    ...(discountByHand === undefined ? {} : { discountByHand }),
    quote,
    commitments: commitmentsOf(holdKey, lines),
    cards: cardsOf(quote),
    uses: quote.allowances.flatMap(({ allowance, quantity }) => (quantity > 0 ? [allowance] : [])),
    received: [],
    authorizedMinor,
    capturedMinor,
    isVoided: false,
    isCanceled: false,
    fulfillments: [],
    canceledFulfillments: [],
    corrections: {},
    refunds: [],
    canceledUnits: [],
    elsewhere: { refundedMinor: 0, chargedBackMinor: 0, disputes: [] },
    returns: [],
  };
}

/** What gift cards have paid of a checkout. */
function cardsOf(quote: Quote): CardPayment[] {
  const paid = quote.giftCards.flatMap(({ key, usedMinor }) => (usedMinor > 0 ? [{ key, paidMinor: usedMinor }] : []));
  assert(sumOf(paid.map(({ paidMinor }) => paidMinor)) === quote.totalMinor - quote.dueMinor, 'cards pay the rest');
  return paid;
}

/** An operation that stands still this long after its last record is resumed: longer than any neighbour may take. */
const resumeAfterMs = 15 * secondMs;
/** How often a provider is asked what became of a refund that it has taken on. */
const askPendingAfterMs = 6 * hourMs;

/** When the order wants to be woken to go on with what is under way; null for never. */
export function orderWakeAt({ running, refunds }: Order): number | null {
  if (running !== null) return running.since + resumeAfterMs;
  const pending = refunds.filter(({ isPending }) => isPending).map(({ at }) => at + askPendingAfterMs);
  return pending.length === 0 ? null : Math.min(...pending);
}

/** The units in a list of lines. */
export function unitsIn(lines: readonly { readonly quantity: number }[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** The units of one line in lists of lines. */
export function unitsOfLine(lineId: string, ...lists: readonly (readonly LineUnits[])[]): number {
  return unitsIn(lists.flat().filter((line) => line.lineId === lineId));
}

export function shippedOf(order: Order, lineId: string): number {
  return unitsOfLine(lineId, ...order.fulfillments.map(({ lines }) => lines));
}

/** Units that will never ship. */
export function canceledUnitsOf(order: Order, lineId: string): number {
  return unitsOfLine(lineId, order.canceledUnits);
}

/** Units of a line that are still to ship. */
export function unshippedOf(order: Order, { lineId, quantity }: Pick<CartLine, 'lineId' | 'quantity'>): number {
  return quantity - shippedOf(order, lineId) - canceledUnitsOf(order, lineId);
}

export function refundedUnitsOf(order: Order, lineId: string): number {
  return unitsOfLine(lineId, ...order.refunds.map(({ lines }) => lines));
}

/** Units that have left and were refunded. Units that were canceled were refunded for themselves, and never shipped. */
export function refundedShippedOf({ refunds, canceledUnits }: Order, lineId: string): number {
  const isMade = (refundId: string | null) => refunds.some(({ id }) => id === refundId);
  const paid = canceledUnits.filter((units) => isMade(units.refundedAgainBy ?? units.refundId));
  return unitsOfLine(lineId, ...refunds.map(({ lines }) => lines)) - unitsOfLine(lineId, paid);
}

/** Units that came back, or are on their way: returns that were turned down do not count. */
export function returningOf(order: Order, lineId: string): number {
  const open = order.returns.filter(({ state }) => state !== 'rejected' && state !== 'canceled');
  return unitsOfLine(lineId, ...open.map(({ lines }) => lines));
}
