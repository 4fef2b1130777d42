/** The merchant's view of stock over HTTP. Amounts change by deltas or by compare-and-set, never by a blind set. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { Cursor, Page, PageLimit } from '../../http/pagination.ts';
import { StockDelta, StockQuantity, stockQuantityMax } from '../../values/quantity.ts';
import { filledText, Sku, text } from '../../values/text.ts';
import { Timestamp } from '../../values/time.ts';
import { levelJobs, setLevels } from './levels.ts';
import { createLocation, editLocation, LocationId, listLocations } from './locations.ts';
import {
  cancelTransfer,
  getTransfer,
  listTransfers,
  receiveTransfer,
  sendTransfer,
  startTransfer,
} from './transfers.ts';

export const StockLevel = z.strictObject({
  locationId: z.string(),
  onHand: z.int(),
  held: z.int(),
  committed: z.int(),
  /** Never promised. */
  safety: z.int(),
  available: z
    .int()
    .describe('On hand less what is held, promised and kept back. Below zero nothing more is sold here.'),
  shortfall: z.int().describe('By how much more is held and promised here than is on hand.'),
});

export const StockView = z.strictObject({
  sku: z.string().nullable(),
  stockUnitId: z.string(),
  onHand: z.int(),
  held: z.int(),
  committed: z.int(),
  available: z
    .int()
    .describe(
      'The sum over all locations. One that is below zero takes nothing from the others: they can sell what they have.',
    ),
  shortfall: z.int().describe('The sum over all locations; `/shortfall` names the orders that it touches.'),
  locations: z.array(StockLevel),
  tracked: z.boolean().describe('False where nobody counts: the variant always sells.'),
  /** Between locations: on hand nowhere, and promised to nobody. Only the exact view has this field and the next two. */
  inTransit: z.int().optional(),
  lowStockAt: z.int().nullable().optional(),
  availableFrom: Timestamp.nullable().optional(),
  /** `deny` sells what is there; `continue` takes backorders down to the floor. */
  policy: z.enum(['deny', 'continue']),
  floor: z.int(),
  version: z.int(),
  asOf: Timestamp,
});
export type StockView = z.infer<typeof StockView>;

const SkuParams = z.strictObject({ sku: Sku });

export const Adjustment = z.union([
  z.strictObject({ delta: StockDelta, locationId: LocationId.optional(), reason: filledText(200) }),
  z.strictObject({
    onHand: StockQuantity,
    ifOnHand: StockQuantity,
    locationId: LocationId.optional(),
    reason: filledText(200),
  }),
]);

const Part = z.strictObject({ locationId: z.string(), quantity: z.int() });

export const MovementView = z.strictObject({
  sequence: z.int(),
  type: z.string(),
  at: Timestamp,
  locationId: z.string().optional(),
  delta: z.int().optional(),
  reason: z.string().optional(),
  actor: z.string().optional(),
  key: z.string().optional(),
  quantity: z.int().optional(),
  parts: z.array(Part.extend({ condition: z.enum(['sellable', 'damaged']).optional() })).optional(),
  /** Where shipped goods were promised, when that was elsewhere than where they left. */
  allocated: z.array(Part).optional(),
  /** The fulfillment, release, return or transfer that caused it. */
  reference: z.string().optional(),
  toLocationId: z.string().optional(),
  floor: z.int().optional(),
  settings: z
    .strictObject({
      safety: z.record(z.string(), z.int()),
      lowStockAt: z.int().nullable(),
      availableFrom: Timestamp.nullable(),
    })
    .optional(),
});

/** Fields that are absent stay as they are. */
export const StockSettings = z
  .strictObject({
    /** The lowest that `available` may fall to: 0, or negative for backorders and pre-orders. */
    floor: z.int().min(-stockQuantityMax).max(0),
    /** Units per location that are never promised; 0 takes one away. */
    safety: z.record(LocationId, StockQuantity),
    /** The merchant is notified when `available` has come down to this; null for never. */
    lowStockAt: z.int().min(-stockQuantityMax).max(stockQuantityMax).nullable(),
    /** When a pre-order can be sent; null for at once. */
    availableFrom: Timestamp.nullable(),
  })
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, { error: 'Nothing is changed.' })
  .meta({ examples: [{ lowStockAt: 5 }] });

export const listStock = operation({
  id: 'listStock',
  method: 'GET',
  path: '/admin/v1/inventory',
  summary: 'Stock levels by SKU, as the read model has them',
  query: z.strictObject({
    limit: PageLimit,
    cursor: Cursor,
    prefix: text(100).optional(),
    shortfall: z.literal('true').optional().describe('Only what has promised more than is there.'),
  }),
  answer: Page(StockView),
  refusals: ['invalid-cursor'],
});

export const getStock = operation({
  id: 'getStock',
  method: 'GET',
  path: '/admin/v1/inventory/:sku',
  summary: 'The exact stock of one SKU',
  params: SkuParams,
  answer: StockView,
});

export const ShortfallView = z.strictObject({
  sku: z.string(),
  shortfall: z.int(),
  promises: z
    .array(
      z.strictObject({
        orderId: z.string().nullable().describe('Null for a hold of a checkout that is still open.'),
        locationId: z.string(),
        quantity: z.int().describe('What is promised at this location.'),
        short: z.int().describe('How much of it is not there.'),
      }),
    )
    .describe('The newest first: of promises that cannot all be kept, the oldest are.'),
  asOf: Timestamp,
});

export const readShortfall = operation({
  id: 'readShortfall',
  method: 'GET',
  path: '/admin/v1/inventory/:sku/shortfall',
  summary: 'What of one SKU is promised and not there, with the orders that it touches',
  params: SkuParams,
  answer: ShortfallView,
});

export const adjustStock = operation({
  id: 'adjustStock',
  method: 'POST',
  path: '/admin/v1/inventory/:sku/adjustments',
  summary:
    'Change what is on hand: by a delta, or to a number if it still is what you saw. A count may find less than is promised',
  params: SkuParams,
  body: Adjustment,
  answer: StockView,
  refusals: ['insufficient-stock', 'stock-conflict', 'unknown-location'],
});

export const listMovements = operation({
  id: 'listMovements',
  method: 'GET',
  path: '/admin/v1/inventory/:sku/movements',
  summary: 'The ledger of one SKU: every change of its stock, oldest first',
  params: SkuParams,
  query: z.strictObject({ limit: PageLimit, cursor: Cursor }),
  answer: Page(MovementView),
  refusals: ['invalid-cursor'],
});

export const changeStockSettings = operation({
  id: 'changeStockSettings',
  method: 'PATCH',
  path: '/admin/v1/inventory/:sku',
  summary: 'Set safety stock, the floor of backorders and pre-orders, and when to tell of low stock',
  params: SkuParams,
  body: StockSettings,
  answer: StockView,
  refusals: ['unknown-location'],
});

export * from './levels.ts';
export * from './locations.ts';
export * from './transfers.ts';

export const inventoryOperations = [
  listStock,
  // Before the stock of one SKU, whose address the list fits: a SKU cannot be called "transfers" here.
  listTransfers,
  startTransfer,
  getTransfer,
  sendTransfer,
  receiveTransfer,
  cancelTransfer,
  setLevels,
  levelJobs.read,
  levelJobs.results,
  getStock,
  changeStockSettings,
  readShortfall,
  adjustStock,
  listMovements,
  listLocations,
  createLocation,
  editLocation,
];
