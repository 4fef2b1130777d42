/** The merchant's view of stock over HTTP. Amounts change by deltas or by compare-and-set, never by a blind set. */
import * as z from 'zod';
import { operation } from '../http/operation.ts';
import { Cursor, Page, PageLimit } from '../http/pagination.ts';
import { StockDelta, StockQuantity } from '../values/quantity.ts';
import { filledText, Sku, text } from '../values/text.ts';
import { Timestamp } from '../values/time.ts';

const LocationId = z.string().regex(/^loc_[a-z0-9]{1,40}$/, { error: 'Not the id of a location (loc_…).' });

export const StockLevel = z.strictObject({
  locationId: z.string(),
  onHand: z.int(),
  held: z.int(),
  committed: z.int(),
  available: z.int(),
});

export const StockView = z.strictObject({
  sku: z.string().nullable(),
  stockUnitId: z.string(),
  onHand: z.int(),
  held: z.int(),
  committed: z.int(),
  available: z.int(),
  locations: z.array(StockLevel),
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
  parts: z.array(z.strictObject({ locationId: z.string(), quantity: z.int() })).optional(),
});

export const LocationView = z.strictObject({ id: z.string(), name: z.string() });

export const listStock = operation({
  id: 'listStock',
  method: 'GET',
  path: '/admin/v1/inventory',
  summary: 'Stock levels by SKU, as the read model has them',
  query: z.strictObject({ limit: PageLimit, cursor: Cursor, prefix: text(100).optional() }),
  answer: Page(StockView),
  status: 200,
  refusals: ['invalid-cursor'],
});

export const getStock = operation({
  id: 'getStock',
  method: 'GET',
  path: '/admin/v1/inventory/:sku',
  summary: 'The exact stock of one SKU',
  params: SkuParams,
  answer: StockView,
  status: 200,
});

export const adjustStock = operation({
  id: 'adjustStock',
  method: 'POST',
  path: '/admin/v1/inventory/:sku/adjustments',
  summary: 'Change what is on hand: by a delta, or to a number if it still is what you saw',
  params: SkuParams,
  body: Adjustment,
  answer: StockView,
  status: 200,
  refusals: ['insufficient-stock', 'stock-conflict', 'unknown-location'],
  idempotency: 'optional',
});

export const listMovements = operation({
  id: 'listMovements',
  method: 'GET',
  path: '/admin/v1/inventory/:sku/movements',
  summary: 'The ledger of one SKU: every change of its stock, oldest first',
  params: SkuParams,
  query: z.strictObject({ limit: PageLimit, cursor: Cursor }),
  answer: Page(MovementView),
  status: 200,
  refusals: ['invalid-cursor'],
});

export const listLocations = operation({
  id: 'listLocations',
  method: 'GET',
  path: '/admin/v1/locations',
  summary: 'The places where stock lies',
  answer: Page(LocationView),
  status: 200,
});

export const createLocation = operation({
  id: 'createLocation',
  method: 'POST',
  path: '/admin/v1/locations',
  summary: 'Add a place where stock lies',
  body: z.strictObject({ id: LocationId, name: filledText(100) }),
  answer: LocationView,
  status: 201,
  refusals: ['location-taken'],
  idempotency: 'optional',
});

export const inventoryOperations = [listStock, getStock, adjustStock, listMovements, listLocations, createLocation];
