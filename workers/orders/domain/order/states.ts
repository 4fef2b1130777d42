/**
 * The states that an order goes through after its checkout, as data: of the order, its payment, its fulfillment and each of
 * its returns. What is not in a table is refused by name. `docs/order-states.md` draws these very tables.
 */
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';

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

/** An action that a state does not have, and those that it has. */
interface WrongState {
  readonly code: 'wrong-state';
  readonly subject: string;
  readonly state: string;
  readonly action: string;
  readonly allowed: readonly string[];
  readonly detail: string;
}

/** The state after an action; an action that the table does not have is refused. */
export function transition<State extends string, Action extends string>(
  table: StateTable<State, Action>,
  state: State,
  action: Action,
): Result<State, WrongState> {
  const found = table.transitions.find((row) => row.from === state && row.action === action);
  if (found !== undefined) return accept(found.to);
  const { name: subject } = table;
  const detail = `The ${subject} is ${state}: it takes no "${action}".`;
  return refuse({ code: 'wrong-state', subject, state, action, allowed: allowedIn(table, state), detail });
}

/** What a state takes, each action once, in the order of the table. */
export function allowedIn<State extends string, Action extends string>(
  table: StateTable<State, Action>,
  state: State,
): Action[] {
  return [...new Set(table.transitions.filter((row) => row.from === state).map((row) => row.action))];
}

/** One action that leads from each of several states to the same one, or (without `to`) leaves each as it is. */
function from<State extends string, Action extends string>(
  states: readonly State[],
  action: Action,
  to?: State,
): Transition<State, Action>[] {
  return states.map((state) => ({ from: state, action, to: to ?? state }));
}

export type OrderState = 'placed' | 'paid' | 'canceled';
type OrderAction =
  | 'fulfill'
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
 * `placed` as long as authorized money may still be taken, which an edit of the total can change. Both live on in the same way.
 * A canceled order takes refunds only: one that failed at the provider after all leaves money to give back.
 */
export const orderTable: StateTable<OrderState, OrderAction> = {
  name: 'order',
  initial: 'placed',
  transitions: [
    ...from<OrderState, OrderAction>(['placed', 'paid'], 'fulfill'),
    ...from<OrderState, OrderAction>(['placed', 'paid'], 'edit'),
    ...from<OrderState, OrderAction>(['placed', 'paid'], 'return'),
    ...from<OrderState, OrderAction>(['placed', 'paid', 'canceled'], 'refund'),
    ...from<OrderState, OrderAction>(['placed', 'paid'], 'collect'),
    ...from<OrderState, OrderAction>(['placed'], 'capture'),
    ...from<OrderState, OrderAction>(['placed'], 'pay', 'paid'),
    ...from<OrderState, OrderAction>(['placed'], 'lower-total', 'paid'),
    ...from<OrderState, OrderAction>(['paid'], 'raise-total', 'placed'),
    ...from<OrderState, OrderAction>(['placed', 'paid'], 'cancel', 'canceled'),
  ],
};

export const paymentStates = [
  'authorized',
  'partially-captured',
  'captured',
  'partially-refunded',
  'refunded',
  'voided',
] as const;
export type PaymentState = (typeof paymentStates)[number];
type PaymentAction =
  | 'capture-part'
  | 'capture-rest'
  | 'raise-total'
  | 'lower-total'
  | 'refund-part'
  | 'refund-rest'
  | 'void';

/** The money of an order. Once something was refunded, it stays visible that something was. */
export const paymentTable: StateTable<PaymentState, PaymentAction> = {
  name: 'payment',
  initial: 'authorized',
  transitions: [
    ...from<PaymentState, PaymentAction>(['authorized', 'partially-captured'], 'capture-part', 'partially-captured'),
    ...from<PaymentState, PaymentAction>(['authorized', 'partially-captured'], 'capture-rest', 'captured'),
    ...from<PaymentState, PaymentAction>(['captured'], 'raise-total', 'partially-captured'),
    ...from<PaymentState, PaymentAction>(['partially-captured'], 'lower-total', 'captured'),
    ...from<PaymentState, PaymentAction>(['partially-refunded', 'refunded'], 'capture-part', 'partially-refunded'),
    ...from<PaymentState, PaymentAction>(['partially-refunded', 'refunded'], 'capture-rest', 'partially-refunded'),
    ...from<PaymentState, PaymentAction>(
      ['partially-captured', 'captured', 'partially-refunded'],
      'refund-part',
      'partially-refunded',
    ),
    ...from<PaymentState, PaymentAction>(
      ['partially-captured', 'captured', 'partially-refunded'],
      'refund-rest',
      'refunded',
    ),
    ...from<PaymentState, PaymentAction>(['authorized'], 'void', 'voided'),
  ],
};

export const fulfillmentStates = ['unfulfilled', 'partially-fulfilled', 'fulfilled', 'canceled'] as const;
export type FulfillmentState = (typeof fulfillmentStates)[number];
type FulfillmentAction = 'ship-part' | 'ship-rest' | 'add-units' | 'remove-rest' | 'cancel-rest' | 'cancel';

/**
 * How much of an order has left. `add-units` and `remove-rest` come from edits: units that are, or are not, still to ship.
 * `cancel-rest` comes from refunds of what has not shipped.
 */
export const fulfillmentTable: StateTable<FulfillmentState, FulfillmentAction> = {
  name: 'fulfillment',
  initial: 'unfulfilled',
  transitions: [
    ...from<FulfillmentState, FulfillmentAction>(
      ['unfulfilled', 'partially-fulfilled'],
      'ship-part',
      'partially-fulfilled',
    ),
    ...from<FulfillmentState, FulfillmentAction>(['unfulfilled', 'partially-fulfilled'], 'ship-rest', 'fulfilled'),
    ...from<FulfillmentState, FulfillmentAction>(['fulfilled'], 'add-units', 'partially-fulfilled'),
    ...from<FulfillmentState, FulfillmentAction>(['canceled'], 'add-units', 'unfulfilled'),
    ...from<FulfillmentState, FulfillmentAction>(['partially-fulfilled'], 'remove-rest', 'fulfilled'),
    ...from<FulfillmentState, FulfillmentAction>(['unfulfilled'], 'remove-rest', 'canceled'),
    ...from<FulfillmentState, FulfillmentAction>(['partially-fulfilled'], 'cancel-rest', 'fulfilled'),
    ...from<FulfillmentState, FulfillmentAction>(['unfulfilled'], 'cancel-rest', 'canceled'),
    ...from<FulfillmentState, FulfillmentAction>(['unfulfilled', 'canceled'], 'cancel', 'canceled'),
  ],
};

const returnStates = ['requested', 'approved', 'partially-received', 'received', 'rejected', 'canceled'] as const;
export type ReturnState = (typeof returnStates)[number];
type ReturnAction = 'approve' | 'reject' | 'cancel' | 'receive-part' | 'receive-rest' | 'exchange' | 'refund';

/**
 * One return of goods. What has come back cannot be called off any more. `exchange` and `refund` settle by hand what a receipt
 * left unsettled.
 */
export const returnTable: StateTable<ReturnState, ReturnAction> = {
  name: 'return',
  initial: 'requested',
  transitions: [
    ...from<ReturnState, ReturnAction>(['requested'], 'approve', 'approved'),
    ...from<ReturnState, ReturnAction>(['requested'], 'reject', 'rejected'),
    ...from<ReturnState, ReturnAction>(['requested', 'approved'], 'cancel', 'canceled'),
    ...from<ReturnState, ReturnAction>(['approved', 'partially-received'], 'receive-part', 'partially-received'),
    ...from<ReturnState, ReturnAction>(['approved', 'partially-received'], 'receive-rest', 'received'),
    ...from<ReturnState, ReturnAction>(['received'], 'exchange'),
    ...from<ReturnState, ReturnAction>(['partially-received', 'received'], 'refund'),
  ],
};

export const stateTables: readonly StateTable<string, string>[] = [
  orderTable,
  paymentTable,
  fulfillmentTable,
  returnTable,
];
