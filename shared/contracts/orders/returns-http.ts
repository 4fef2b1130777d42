/** Goods that come back, over HTTP: asked for, decided, received, and settled by a refund or an exchange. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { LineQuantity } from '../../values/quantity.ts';
import { filledText, Sku, text } from '../../values/text.ts';
import {
  always,
  answered,
  created,
  lines,
  lineUnits,
  movesMoney,
  OrderParams,
  unquotable,
  unsold,
} from './operation-terms.ts';

/** A variant that an exchange adds: by id or by SKU, exactly one of them. */
const AddedLine = z
  .strictObject({ variantId: text(60).optional(), sku: Sku.optional(), quantity: LineQuantity })
  .refine((line) => (line.variantId === undefined) !== (line.sku === undefined), {
    error: 'Name the variant by either variantId or sku.',
  });

const LocationId = text(60);

const ReturnParams = OrderParams.extend({ returnId: text(60) });

export const requestReturn = operation({
  id: 'requestReturn',
  method: 'POST',
  path: '/admin/v1/orders/:orderId/returns',
  summary: 'Begin a return of shipped goods, or an exchange for others',
  params: OrderParams,
  body: z.strictObject({
    lines: lines(
      z.strictObject({
        ...lineUnits,
        reason: text(500).optional(),
      }),
    ).min(1),
    /** What goes out once everything has come back: nothing is paid until then, then the difference is refunded or owed. */
    exchange: lines(AddedLine).optional(),
    note: filledText(1000).optional(),
    /** Approves it at once. */
    approve: z.boolean().optional(),
  }),
  ...created,
  refusals: [...always, 'unknown-line', 'more-than-shipped', ...unsold],
});

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
      z.strictObject({
        ...lineUnits,
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
  refusals: [
    ...always,
    'insufficient-stock',
    'hold-closed',
    'checkout-expired',
    'refund-declined',
    'gift-card-spent',
    ...unquotable,
  ],
});

export const returnsOperations = [requestReturn, decideReturn, receiveReturn, settleReturn];
