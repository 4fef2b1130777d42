/** What merchants do with orders over HTTP: ship, capture, refund, cancel, take back, edit, and look at what was done. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import type { ProblemCode } from '../../http/problem.ts';
import { AddressInput } from '../../values/address.ts';
import { Money, Price } from '../../values/money.ts';
import { cartLinesMax, LineQuantity, LineQuantityOrNone } from '../../values/quantity.ts';
import { filledText, Sku, text } from '../../values/text.ts';
import { Timestamp } from '../../values/time.ts';
import { checkGoods, checkHand, DiscountByHandInput, handFields, namedGoods } from '../cart/by-hand-http.ts';
import { LineView, TotalsView } from '../cart/http.ts';
import { unpriceable } from '../pricing/api.ts';
import { OrderView, Tracking } from './checkouts-http.ts';

export const OrderParams = z.strictObject({ orderId: text(100) });
const LocationId = text(60);
const LineUnits = z.strictObject({ lineId: text(60), quantity: LineQuantity });
const lines = <Line extends z.ZodType>(line: Line) => z.array(line).max(cartLinesMax);

/** A variant that an edit or an exchange adds: by id or by SKU, exactly one of them. */
const AddedLine = z
  .strictObject({ variantId: text(60).optional(), sku: Sku.optional(), quantity: LineQuantity })
  .refine((line) => (line.variantId === undefined) !== (line.sku === undefined), {
    error: 'Name the variant by either variantId or sku.',
  });

const EditChanges = z.strictObject({
  /** New quantities of lines; 0 removes one. With a price or a discount where one is made by hand. */
  lines: lines(
    z
      .strictObject({ lineId: text(60), quantity: LineQuantityOrNone, ...handFields })
      .superRefine((line, context) => checkHand(line, context)),
  ).optional(),
  add: lines(z.strictObject(namedGoods).superRefine(checkGoods)).optional(),
  /** Where the goods go instead, with the tax and the shipping of that address. */
  shippingAddress: AddressInput.optional(),
  discount: DiscountByHandInput.optional().describe(
    'Off all goods together by hand. Absent: what was given before stays. Units that went back keep their share of an amount.',
  ),
});

/** Every operation on an order may meet these. */
export const always = [
  'not-found',
  'wrong-state',
  'operation-in-progress',
  'unavailable',
] as const satisfies ProblemCode[];
/** Every answer shows the whole order. 202: it is recorded and goes on by itself; the order's `operation` says so. */
export const answered = { answer: OrderView, alsoStatus: [202] } as const;
const created = { ...answered, status: 201 } as const;
/** What may move money is told apart from its own repetition by a key: the same refund posted twice would pay twice. */
const movesMoney = { idempotency: 'required' } as const;
/** An added variant may meet these. */
const unsold = ['unknown-variant', 'variant-unavailable', 'currency-not-sold'] as const satisfies ProblemCode[];
/** Whatever prices the order anew may meet these. */
export const unquotable = [
  ...unsold,
  ...unpriceable,
  'unknown-shipping-option',
  'no-shipping-rate',
  'address-needed',
] as const satisfies ProblemCode[];

export const fulfillOrder = operation({
  id: 'fulfillOrder',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/fulfillments',
  summary: 'Ship some units of an order, or all that are left',
  params: OrderParams,
  body: z.strictObject({
    /** Absent: all that is left. */
    lines: lines(LineUnits.extend({ locationId: LocationId.optional() }))
      .min(1)
      .optional(),
    /** From where lines ship that name no location. Absent: from where their stock is promised. */
    locationId: LocationId.optional(),
    tracking: Tracking.partial().optional(),
    /** Whether authorized money is taken for what ships. Absent: as the order's capture mode says. */
    capture: z.boolean().optional(),
    shipUnpaid: z
      .boolean()
      .optional()
      .describe(
        'Ships although money is outstanding. Otherwise such an order is held, unless its way to pay says `shipsUnpaid`.',
      ),
  }),
  ...created,
  ...movesMoney,
  refusals: [
    ...always,
    'unknown-line',
    'more-than-ordered',
    'payment-outstanding',
    'location-needed',
    'unknown-location',
    'insufficient-stock',
    'not-committed',
    'movement-closed',
    'movement-key-conflict',
    'unknown-stock-unit',
    'payment-declined',
    'payment-failed',
  ],
});

export const trackFulfillment = operation({
  id: 'trackFulfillment',
  method: 'PATCH',
  path: '/admin/v1/orders/:orderId/fulfillments/:fulfillmentId',
  summary: 'Say how a shipment is tracked',
  params: OrderParams.extend({ fulfillmentId: text(60) }),
  body: z.strictObject({ tracking: Tracking.partial() }),
  ...answered,
  refusals: always,
});

export const cancelOrder = operation({
  id: 'cancelOrder',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/cancel',
  summary: 'Cancel an order of which nothing has shipped: money and stock are given back, unless you say otherwise',
  params: OrderParams,
  body: z.strictObject({
    note: filledText(1000).optional(),
    /** Whether the units go back into stock. False writes them off: they are damaged or lost. */
    restock: z.boolean().default(true),
    /** Whether what was taken is given back. False leaves it with the shop, to be refunded later or not at all. */
    refund: z.boolean().default(true),
  }),
  ...answered,
  ...movesMoney,
  refusals: [...always, 'refund-declined', 'location-needed', 'insufficient-stock', 'not-committed', 'movement-closed'],
});

export const captureOrder = operation({
  id: 'captureOrder',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/captures',
  summary: 'Take authorized money, all that is left or a part',
  params: OrderParams,
  body: z.strictObject({ amount: Price.refine(isSomething, { error: 'The amount is zero.' }).optional() }),
  ...created,
  ...movesMoney,
  refusals: [...always, 'capture-too-large', 'wrong-currency', 'payment-declined', 'payment-failed'],
});

export const collectPayment = operation({
  id: 'collectPayment',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/payments',
  summary: 'Record money that was received for what an edit or exchange left outstanding',
  params: OrderParams,
  body: z.strictObject({
    provider: z.literal('manual'),
    amount: Price.refine(isSomething, { error: 'The amount is zero.' }),
    note: filledText(1000).optional(),
  }),
  ...created,
  ...movesMoney,
  refusals: [...always, 'payment-too-large', 'wrong-currency', 'payment-declined', 'payment-failed'],
});

const RefundBody = z
  .strictObject({
    /**
     * Credited with the discounts and taxes that they were bought with: what is still owed shrinks first, the rest is paid
     * back.
     */
    lines: lines(
      LineUnits.extend({
        /**
         * How many of the units were still to ship and now never will: their stock can be sold again. Absent: as many as
         * have not shipped. 0 where all of them have left.
         */
        cancelQuantity: LineQuantityOrNone.optional(),
        /**
         * At most this is paid back for the units, and the shop keeps the rest of what was paid for them; 0 pays nothing.
         * Absent: all that was paid for them.
         */
        amount: Price.optional(),
      }),
    ).optional(),
    /** An amount of the shipping, or all that is left of it. */
    shipping: z.union([z.literal('all'), Price]).optional(),
    /** On top of lines and shipping. It touches no units. */
    amount: Price.optional(),
    note: filledText(1000).optional(),
  })
  .superRefine(({ lines: units = [], shipping, amount }, context) => {
    const isShippingAsked = shipping === 'all' || (shipping !== undefined && isSomething(shipping));
    if (units.length > 0 || isShippingAsked || (amount !== undefined && isSomething(amount))) return;
    const path = amount !== undefined ? ['amount'] : shipping !== undefined ? ['shipping'] : ['lines'];
    context.addIssue({ code: 'custom', path, message: 'The refund names no units, no shipping and no amount.' });
  });

export const refundOrder = operation({
  id: 'refundOrder',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/refunds',
  summary:
    'Give money back: for units, which then do not ship any more, for shipping, or any amount; cards get what the provider did not take',
  params: OrderParams,
  body: RefundBody,
  ...created,
  ...movesMoney,
  refusals: [
    ...always,
    'unknown-line',
    'more-than-ordered',
    'more-than-unshipped',
    'units-to-ship',
    'edit-empties-order',
    'refund-too-large',
    'refund-declined',
    'wrong-currency',
  ],
});

export const requestReturn = operation({
  id: 'requestReturn',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/returns',
  summary: 'Begin a return of shipped goods, or an exchange for others',
  params: OrderParams,
  body: z.strictObject({
    lines: lines(LineUnits.extend({ reason: text(500).optional() })).min(1),
    /** What goes out once everything has come back: nothing is paid until then, then the difference is refunded or owed. */
    exchange: lines(AddedLine).optional(),
    note: filledText(1000).optional(),
    /** Approves it at once. */
    approve: z.boolean().optional(),
  }),
  ...created,
  refusals: [...always, 'unknown-line', 'more-than-shipped', ...unsold],
});

const ReturnParams = OrderParams.extend({ returnId: text(60) });

export const decideReturn = operation({
  id: 'decideReturn',
  method: 'PATCH',
  path: '/admin/v1/orders/:orderId/returns/:returnId',
  summary: 'Approve, reject or cancel a return',
  params: ReturnParams,
  body: z.strictObject({ action: z.enum(['approve', 'reject', 'cancel']), note: filledText(1000).optional() }),
  ...answered,
  refusals: always,
});

export const receiveReturn = operation({
  id: 'receiveReturn',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/returns/:returnId/receipts',
  summary: 'Receive returned goods: restock them or write them off, and refund or exchange them',
  params: ReturnParams,
  body: z.strictObject({
    /** Absent: everything that is missing, as good as new. */
    lines: lines(
      LineUnits.extend({
        condition: z.enum(['sellable', 'damaged']).optional(),
        /** False writes the units off: they never come back into stock. */
        restock: z.boolean().optional(),
      }),
    )
      .min(1)
      .optional(),
    /** Where the goods are put. Absent: where they came from. */
    locationId: LocationId.optional(),
    /** False: the money is settled otherwise. Refused while an exchange is open: it takes all that comes back. */
    refund: z.boolean().optional(),
  }),
  ...created,
  ...movesMoney,
  refusals: [
    ...always,
    'unknown-line',
    'more-than-shipped',
    'exchange-open',
    'location-needed',
    'unknown-location',
    'unknown-stock-unit',
    'movement-closed',
    'movement-key-conflict',
    ...unquotable,
  ],
});

export const settleReturn = operation({
  id: 'settleReturn',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/returns/:returnId/settlements',
  summary: 'Exchange or refund what came back where that failed, or refund it instead of an exchange',
  params: ReturnParams,
  body: z.strictObject({
    /**
     * Absent: as the return was asked for. `refund` pays back what came back of an exchange, which then never goes out: also
     * when the rest does not come.
     */
    as: z.enum(['exchange', 'refund']).optional(),
    note: filledText(1000).optional(),
  }),
  ...created,
  ...movesMoney,
  refusals: [...always, 'insufficient-stock', 'hold-closed', 'checkout-expired', 'refund-declined', ...unquotable],
});

export const EditPreview = z.strictObject({
  /** Confirms this very edit, as long as nothing else has touched the order. */
  token: z.string(),
  lines: z.array(LineView),
  totals: TotalsView,
  /** By how much the total changes. */
  delta: Money,
  /** What the payer gets back. */
  refund: Money,
  additionalPayment: Money.describe(
    'What is outstanding afterwards: owed beyond what was taken and what is still authorized. The same as `balances.outstanding` of the edited order.',
  ),
});
export type EditPreview = z.infer<typeof EditPreview>;

const editRefusals = [
  ...always,
  'unknown-line',
  'line-shipped',
  'edit-empties-order',
  'address-fixed',
  'wrong-currency',
  ...unquotable,
] as const satisfies ProblemCode[];

export const previewEdit = operation({
  id: 'previewEdit',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/edits/preview',
  summary: 'What an edit would cost, before it is done',
  params: OrderParams,
  body: EditChanges,
  answer: EditPreview,
  refusals: editRefusals,
  // It changes nothing.
  scopes: ['orders:read'],
  idempotency: 'none',
});

export const editOrder = operation({
  id: 'editOrder',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/edits',
  summary: 'Add, remove or change what has not shipped, as previewed',
  params: OrderParams,
  body: EditChanges.extend({ token: text(100) }),
  ...created,
  ...movesMoney,
  refusals: [
    ...editRefusals,
    'edit-changed',
    'insufficient-stock',
    'hold-closed',
    'checkout-expired',
    'refund-declined',
  ],
});

export const addOrderNote = operation({
  id: 'addOrderNote',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/notes',
  summary: 'Add a note that only merchants see',
  params: OrderParams,
  body: z.strictObject({ text: filledText(2000) }),
  ...created,
  refusals: always,
});

/** One thing that was done with an order. A fact is null where the action has none. */
export const TimelineEntry = z.strictObject({
  sequence: z.int(),
  at: Timestamp,
  actor: z.string(),
  action: z.string(),
  outcome: z.enum(['done', 'failed', 'running']),
  /** The fulfillment, refund, return or operation that it is about. */
  subjectId: z.string().nullable(),
  /** Money that moved: to the shop, or (negative) back to the payer. */
  amount: Money.nullable(),
  text: z.string().nullable(),
  failure: z.strictObject({ code: z.string(), detail: z.string() }).nullable(),
});
export type TimelineEntry = z.infer<typeof TimelineEntry>;

export const getOrderTimeline = operation({
  id: 'getOrderTimeline',
  method: 'GET',
  path: '/admin/v1/orders/:orderId/timeline',
  summary: 'Who did what with an order, and when, oldest first',
  params: OrderParams,
  answer: z.strictObject({ items: z.array(TimelineEntry), next: z.null() }),
});

function isSomething({ amount }: { readonly amount: number }): boolean {
  return amount > 0;
}

export const orderOperations = [
  fulfillOrder,
  trackFulfillment,
  cancelOrder,
  captureOrder,
  collectPayment,
  refundOrder,
  requestReturn,
  decideReturn,
  receiveReturn,
  settleReturn,
  previewEdit,
  editOrder,
  addOrderNote,
  getOrderTimeline,
];
