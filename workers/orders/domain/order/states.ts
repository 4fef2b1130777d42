/**
 * The states that an order goes through after its checkout, as data: of the order, its payment, its fulfillment and each of
 * its returns. What is not in a table is refused by name. `docs/order-states.md` draws these very tables.
 */
import type { OrderSummary } from '../../../../shared/events/orders.ts';
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import type { OrderRefusal } from '../refusal.ts';

interface Transition<State extends string, Action extends string> {
  readonly from: State;
  readonly action: Action;
  readonly to: State;
}

export interface StateTable<State extends string, Action extends string> {
  readonly name: string;
  readonly initial: State;
  readonly transitions: readonly Transition<State, Action>[];
}

/** The state after an action; an action that the table does not have is refused. */
export function transition<State extends string, Action extends AnyAction>(
  table: StateTable<State, Action>,
  state: State,
  action: Action,
): Result<State, OrderRefusal> {
  const found = table.transitions.find((row) => row.from === state && row.action === action);
  if (found !== undefined) return accept(found.to);
  const { name: subject } = table;
  const detail = `The ${subject} is ${state.replaceAll('-', ' ')}: ${impossible[action]}.`;
  return refuse<OrderRefusal>({
    code: 'wrong-state',
    subject,
    state,
    action,
    allowed: allowedIn(table, state),
    detail,
  });
}

/** What a state takes, each action once, in the order of the table. */
export function allowedIn<State extends string, Action extends string>(
  table: StateTable<State, Action>,
  state: State,
): Action[] {
  return [...new Set(table.transitions.filter((row) => row.from === state).map((row) => row.action))];
}

/** Each row is an action that leads from several states to the same one, or (without `to`) leaves each as it is. */
function transitionsOf<State extends string, Action extends string>(
  ...rows: readonly (readonly [from: readonly State[], action: Action, to?: State])[]
): Transition<State, Action>[] {
  return rows.flatMap(([states, action, to]) => states.map((from) => ({ from, action, to: to ?? from })));
}

/** A summary also tells of orders whose checkout still runs. */
export type OrderState = Exclude<OrderSummary['status'], 'placed'>;
type OrderAction =
  | 'fulfill'
  | 'unfulfill'
  | 'edit'
  | 'return'
  | 'refund'
  | 'capture'
  | 'collect'
  | 'pay'
  | 'raise-total'
  | 'lower-total'
  | 'cancel';

/**
 * `confirmed` as long as money is owed, whether it is authorized or not, which an edit of the total can change. Both live on in the
 * same way. A canceled order takes refunds only: one that failed at the provider after all leaves money to give back.
 */
export const orderTable: StateTable<OrderState, OrderAction> = {
  name: 'order',
  initial: 'confirmed',
  transitions: transitionsOf(
    [['confirmed', 'paid'], 'fulfill'],
    [['confirmed', 'paid'], 'unfulfill'],
    [['confirmed', 'paid'], 'edit'],
    [['confirmed', 'paid'], 'return'],
    [['confirmed', 'paid', 'canceled'], 'refund'],
    [['confirmed', 'paid'], 'collect'],
    [['confirmed'], 'capture'],
    [['confirmed'], 'pay', 'paid'],
    [['confirmed'], 'lower-total', 'paid'],
    [['paid'], 'raise-total', 'confirmed'],
    [['confirmed', 'paid'], 'cancel', 'canceled'],
  ),
};

export type PaymentState = OrderSummary['paymentStatus'];
type PaymentAction =
  | 'capture-part'
  | 'capture-rest'
  | 'capture-authorized'
  | 'collect-part'
  | 'collect-rest'
  | 'raise-total'
  | 'owe-more'
  | 'owe-all'
  | 'lower-total'
  | 'lose-authorization'
  | 'refund-part'
  | 'refund-rest'
  | 'void';

/**
 * The money of an order: what a provider has authorized is captured, and what it has not is collected by the merchant. A total
 * that an edit raises is still authorized (`raise-total`) or has to be collected (`owe-more`, or `owe-all` of an order that cost
 * nothing). Once something was refunded, it stays visible that something was.
 */
export const paymentTable: StateTable<PaymentState, PaymentAction> = {
  name: 'payment',
  initial: 'authorized',
  transitions: transitionsOf(
    [['authorized', 'partially-captured'], 'capture-part', 'partially-captured'],
    [['authorized', 'partially-captured'], 'capture-rest', 'captured'],
    [['authorized', 'partially-captured'], 'capture-authorized', 'partially-paid'],
    [['authorized', 'partially-captured'], 'collect-part', 'partially-captured'],
    [['pending', 'partially-paid'], 'collect-part', 'partially-paid'],
    [['pending', 'partially-paid'], 'collect-rest', 'captured'],
    [['captured'], 'raise-total', 'partially-captured'],
    [['captured'], 'owe-more', 'partially-paid'],
    [['captured'], 'owe-all', 'pending'],
    [['partially-captured', 'partially-paid', 'pending'], 'lower-total', 'captured'],
    [['authorized'], 'lose-authorization', 'pending'],
    [['partially-captured'], 'lose-authorization', 'partially-paid'],
    [['partially-refunded', 'refunded'], 'capture-part', 'partially-refunded'],
    [['partially-refunded', 'refunded'], 'capture-rest', 'partially-refunded'],
    [['partially-refunded', 'refunded'], 'collect-part', 'partially-refunded'],
    [['partially-captured', 'partially-paid', 'captured', 'partially-refunded'], 'refund-part', 'partially-refunded'],
    [['partially-captured', 'partially-paid', 'captured', 'partially-refunded'], 'refund-rest', 'refunded'],
    [['pending', 'authorized'], 'void', 'voided'],
  ),
};

export type FulfillmentState = OrderSummary['fulfillmentStatus'];
type FulfillmentAction =
  | 'ship-part'
  | 'ship-rest'
  | 'take-back-part'
  | 'take-back-all'
  | 'add-units'
  | 'remove-rest'
  | 'cancel-rest'
  | 'cancel';

/**
 * How much of an order has left. `take-back-part` and `take-back-all` undo a shipment that never left. `add-units` and `remove-rest` come from edits: units that are, or are not, still to ship.
 * `cancel-rest` comes from refunds of what has not shipped.
 */
export const fulfillmentTable: StateTable<FulfillmentState, FulfillmentAction> = {
  name: 'fulfillment',
  initial: 'unfulfilled',
  transitions: transitionsOf(
    [['unfulfilled', 'partially-fulfilled'], 'ship-part', 'partially-fulfilled'],
    [['unfulfilled', 'partially-fulfilled'], 'ship-rest', 'fulfilled'],
    [['partially-fulfilled', 'fulfilled'], 'take-back-part', 'partially-fulfilled'],
    [['partially-fulfilled', 'fulfilled'], 'take-back-all', 'unfulfilled'],
    [['fulfilled'], 'add-units', 'partially-fulfilled'],
    [['canceled'], 'add-units', 'unfulfilled'],
    [['partially-fulfilled'], 'remove-rest', 'fulfilled'],
    [['unfulfilled'], 'remove-rest', 'canceled'],
    [['partially-fulfilled'], 'cancel-rest', 'fulfilled'],
    [['unfulfilled'], 'cancel-rest', 'canceled'],
    [['unfulfilled', 'canceled'], 'cancel', 'canceled'],
  ),
};

export type ReturnState = 'requested' | 'approved' | 'partially-received' | 'received' | 'rejected' | 'canceled';
type ReturnAction = 'approve' | 'reject' | 'cancel' | 'receive-part' | 'receive-rest' | 'exchange' | 'refund';

/**
 * One return of goods. What has come back cannot be called off any more. `exchange` and `refund` settle by hand what a receipt
 * left unsettled.
 */
export const returnTable: StateTable<ReturnState, ReturnAction> = {
  name: 'return',
  initial: 'requested',
  transitions: transitionsOf(
    [['requested'], 'approve', 'approved'],
    [['requested'], 'reject', 'rejected'],
    [['requested', 'approved'], 'cancel', 'canceled'],
    [['approved', 'partially-received'], 'receive-part', 'partially-received'],
    [['approved', 'partially-received'], 'receive-rest', 'received'],
    [['received'], 'exchange'],
    [['partially-received', 'received'], 'refund'],
  ),
};

export const stateTables: readonly StateTable<string, string>[] = [
  orderTable,
  paymentTable,
  fulfillmentTable,
  returnTable,
];

type AnyAction = OrderAction | PaymentAction | FulfillmentAction | ReturnAction;

/** Each action as a person is told that it cannot be. */
const impossible: Readonly<Record<AnyAction, string>> = {
  fulfill: 'nothing of it can be shipped',
  unfulfill: 'no shipment of it can be taken back',
  edit: 'it cannot be edited',
  return: 'nothing of it can be returned',
  refund: 'nothing of it can be refunded',
  capture: 'nothing can be captured',
  collect: 'no payment can be recorded for it',
  pay: 'nothing can be captured',
  cancel: 'it cannot be canceled',
  'raise-total': 'its total cannot be raised',
  'lower-total': 'its total cannot be lowered',
  'capture-part': 'nothing can be captured',
  'capture-rest': 'nothing can be captured',
  'capture-authorized': 'nothing can be captured',
  'collect-part': 'no payment can be recorded for it',
  'collect-rest': 'no payment can be recorded for it',
  'owe-more': 'its total cannot be raised',
  'owe-all': 'its total cannot be raised',
  'lose-authorization': 'nothing of it is authorized',
  'refund-part': 'nothing can be refunded',
  'refund-rest': 'nothing can be refunded',
  void: 'it cannot be voided',
  'ship-part': 'nothing is left to ship',
  'ship-rest': 'nothing is left to ship',
  'take-back-part': 'no shipment can be taken back',
  'take-back-all': 'no shipment can be taken back',
  'add-units': 'no units can be added',
  'remove-rest': 'no units are left to remove',
  'cancel-rest': 'no units are left to cancel',
  approve: 'it cannot be approved',
  reject: 'it cannot be rejected',
  'receive-part': 'nothing of it can be received',
  'receive-rest': 'nothing of it can be received',
  exchange: 'nothing of it can be exchanged',
};
