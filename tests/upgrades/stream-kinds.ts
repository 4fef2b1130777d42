/**
 * The kinds of streams with every type of event that each can write, and what the outside sees of one that is folded. A type that is
 * not in these lists does not compile.
 */
import { allowanceStreams, levelsOf } from '../../durable-objects/allowance/streams.ts';
import { cartStreams } from '../../durable-objects/cart/streams.ts';
import { orderStreams } from '../../durable-objects/order/streams.ts';
import { stockStreams } from '../../durable-objects/stock/streams.ts';
import type { StreamType } from '../../shared/streams/ports.ts';
import { dayMs } from '../../shared/values/time.ts';
import type { Cart, CartEvent } from '../../workers/cart/domain/cart.ts';
import { snapshotOf } from '../../workers/cart/service/carts.ts';
import type { Stock, StockEvent } from '../../workers/inventory/domain/decide.ts';
import { viewOfMovement } from '../../workers/inventory/view.ts';
import type { Checkout, OrderStreamEvent } from '../../workers/orders/domain/checkout/checkout.ts';
import type { Operation } from '../../workers/orders/domain/order/operation.ts';
import { timelineOf } from '../../workers/orders/domain/order/timeline.ts';
import { summaryOf } from '../../workers/orders/domain/summary.ts';
import { checkoutView, orderView } from '../../workers/orders/domain/view.ts';
import type { Allowance, AllowanceEvent } from '../../workers/pricing/domain/allowance/allowance.ts';

interface Folded<State, Event> {
  readonly streamId: string;
  readonly state: State;
  readonly version: number;
  readonly events: readonly Event[];
}

interface StreamKind<State, Event extends { readonly type: string; readonly at: number }> {
  readonly type: StreamType<State, Event>;
  readonly eventTypes: Readonly<Record<Event['type'], true>>;
  view(folded: Folded<State, Event>): unknown;
}

const holdEvents = {
  'hold-placed': true,
  'hold-committed': true,
  'hold-released': true,
  'hold-expired': true,
  'hold-returned': true,
  'hold-barred': true,
} as const;

const cart: StreamKind<Cart, CartEvent> = {
  type: cartStreams(30 * dayMs),
  eventTypes: {
    'cart-started': true,
    'line-added': true,
    'line-changed': true,
    'line-removed': true,
    'market-changed': true,
    'details-changed': true,
    'customer-set': true,
    'discount-set': true,
    'cart-repriced': true,
    'cart-frozen': true,
    'cart-thawed': true,
    'cart-completed': true,
  },
  view: ({ streamId: cartId, state, version }) =>
    state.status === 'empty' ? null : snapshotOf({ cartId, cart: state, version }),
};

const order: StreamKind<Checkout, OrderStreamEvent> = {
  type: orderStreams,
  eventTypes: {
    'checkout-opened': true,
    'payment-started': true,
    'action-required': true,
    'payment-refused': true,
    'checkout-reopened': true,
    'refusal-heard': true,
    'order-placed': true,
    'held-again': true,
    'order-paid': true,
    'order-confirmed': true,
    'cart-completed': true,
    'undo-started': true,
    'checkout-ended': true,
    'operation-started': true,
    'operation-advanced': true,
    'operation-turned': true,
    'operation-ended': true,
    'refund-settled': true,
    'payment-observed': true,
    'return-requested': true,
    'return-decided': true,
    'fulfillment-tracked': true,
    'note-added': true,
    'order-corrected': true,
  },
  view: ({ state, version, events }) =>
    state.phase === 'none'
      ? null
      : {
          checkout: checkoutView(state, version, 'oat_fixture'),
          order: orderView(state, version),
          summary: summaryOf(state),
          timeline: timelineOf(events),
        },
};

const stock: StreamKind<Stock, StockEvent> = {
  type: stockStreams,
  eventTypes: {
    ...holdEvents,
    'stock-opened': true,
    'stock-adjusted': true,
    'floor-changed': true,
    'stock-shipped': true,
    'shipment-undone': true,
    'shipment-barred': true,
    'commitment-released': true,
    'stock-restocked': true,
    'transfer-sent': true,
    'transfer-received': true,
    'transfer-returned': true,
    'transfer-barred': true,
    'settings-changed': true,
  },
  view: ({ streamId, state, version, events }) => ({
    levels: stockStreams.publish({ streamId, state, version, events, now: 0, traceparent: undefined })[0]?.data,
    movements: events.map((event, index) => viewOfMovement({ sequence: index + 1, event })),
  }),
};

const allowance: StreamKind<Allowance, AllowanceEvent> = {
  type: allowanceStreams,
  eventTypes: {
    ...holdEvents,
    'balance-issued': true,
    'balance-credited': true,
    'balance-debited': true,
    'balance-disabled': true,
    'balance-enabled': true,
    'limit-changed': true,
  },
  view: ({ streamId, state, version }) => levelsOf(streamId, { state, version }),
};

/** What a merchant may do with an order, each an operation with effects of its own. */
export const operationKinds: Readonly<Record<Operation['kind'], true>> = {
  fulfill: true,
  unfulfill: true,
  cancel: true,
  capture: true,
  collect: true,
  refund: true,
  receive: true,
  exchange: true,
  edit: true,
};

export interface AnyEvent {
  readonly type: string;
  readonly at: number;
}

/** A kind whose states and events only itself understands. */
export interface AnyKind {
  readonly eventTypes: readonly string[];
  fold(events: readonly AnyEvent[], streamId: string): FoldedView;
  /** The JSON of a snapshot after some events, as storage keeps it. */
  snapshot(events: readonly AnyEvent[]): string;
  /** The same from a snapshot: the events are all of the stream, of which the snapshot has the first `version`. */
  foldFrom(
    snapshot: { readonly version: number; readonly json: string },
    events: readonly AnyEvent[],
    streamId: string,
  ): FoldedView;
}

export interface FoldedView {
  readonly view: unknown;
  /** Whether the stream has something to do by itself. */
  readonly isAwaited: boolean;
}

function anyKind<State, Event extends AnyEvent>({ type, eventTypes, view }: StreamKind<State, Event>): AnyKind {
  // What a fixture holds was written by the very code that this kind is about, of this release or an earlier one.
  const own = (events: readonly AnyEvent[]) => events as readonly Event[];
  const foldOnto = (start: State, events: readonly AnyEvent[]) =>
    own(events).reduce((state, event) => type.evolve(state, event), start);
  const seen = (state: State, events: readonly AnyEvent[], streamId: string): FoldedView => ({
    view: plain(view({ streamId, state, version: events.length, events: own(events) })),
    isAwaited: type.wakeAt(state) !== null,
  });
  return {
    eventTypes: Object.keys(eventTypes),
    fold: (events, streamId) => seen(foldOnto(type.initial, events), events, streamId),
    snapshot: (events) => {
      const state = foldOnto(type.initial, events);
      return JSON.stringify(type.compact?.(state, events.at(-1)?.at ?? 0) ?? state);
    },
    foldFrom: ({ version, json }, events, streamId) =>
      seen(foldOnto(type.revive(json), events.slice(version)), events, streamId),
  };
}

/** As it is after a way through JSON. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

export const streamKinds: Readonly<Record<string, AnyKind>> = {
  cart: anyKind(cart),
  order: anyKind(order),
  stock: anyKind(stock),
  allowance: anyKind(allowance),
};

/** A stream as a release wrote it, and as that release showed it. */
export interface FixtureStream extends FoldedView {
  readonly kind: string;
  readonly streamId: string;
  readonly events: readonly AnyEvent[];
  readonly snapshot: { readonly version: number; readonly json: string };
}
