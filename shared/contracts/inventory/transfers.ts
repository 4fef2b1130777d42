/** Transfers of stock between two locations over HTTP: requested, in transit, received in parts, or canceled. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { Cursor, Page, PageLimit } from '../../http/pagination.ts';
import { StockQuantity, stockQuantityMax } from '../../values/quantity.ts';
import { Sku, text } from '../../values/text.ts';
import { Timestamp } from '../../values/time.ts';
import { LocationId } from './locations.ts';

const TransferId = z.string().regex(/^trf_[0-9a-z]{26}$/, { error: 'Not the id of a transfer (trf_…).' });
const TransferParams = z.strictObject({ id: TransferId });
const transferItemsMax = 100;
const TransferQuantity = z.int().min(1).max(stockQuantityMax);

/** Some items, each with another SKU. */
function itemsOf<Item extends z.ZodType<{ readonly sku: string }>>(item: Item) {
  return z
    .array(item)
    .min(1)
    .max(transferItemsMax)
    .refine((items) => new Set(items.map(({ sku }) => sku)).size === items.length, { error: 'A SKU is named once.' });
}

export const TransferDraft = z
  .strictObject({
    fromLocationId: LocationId,
    toLocationId: LocationId,
    items: itemsOf(z.strictObject({ sku: Sku, quantity: TransferQuantity })),
    note: text(200).default(''),
    /** `request` asks for it, `send` has it leave now, `immediate` has it arrive at once. */
    mode: z.enum(['request', 'send', 'immediate']).default('request'),
  })
  .refine(({ fromLocationId, toLocationId }) => fromLocationId !== toLocationId, {
    error: 'A transfer goes to another location.',
    path: ['toLocationId'],
  })
  .meta({
    examples: [{ fromLocationId: 'loc_main', toLocationId: 'loc_shop', items: [{ sku: 'CANDLE-S', quantity: 5 }] }],
  });

/** What has arrived so far, as sums: to say the same again adds nothing. */
export const TransferReceipt = z.strictObject({
  items: itemsOf(z.strictObject({ sku: Sku, received: StockQuantity })),
});

export const TransferView = z.strictObject({
  id: z.string(),
  fromLocationId: z.string(),
  toLocationId: z.string(),
  status: z.enum(['requested', 'in_transit', 'received', 'canceled']),
  items: z.array(z.strictObject({ sku: z.string(), quantity: z.int(), received: z.int() })),
  note: z.string(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});

export type TransferView = z.infer<typeof TransferView>;

export const listTransfers = operation({
  id: 'listTransfers',
  method: 'GET',
  path: '/admin/v1/inventory/transfers',
  summary: 'Transfers between locations, newest first',
  query: z.strictObject({ limit: PageLimit, cursor: Cursor }),
  answer: Page(TransferView),
  refusals: ['invalid-cursor'],
});

export const startTransfer = operation({
  id: 'startTransfer',
  method: 'POST',
  path: '/admin/v1/inventory/transfers',
  summary: 'Move stock from one location to another',
  body: TransferDraft,
  answer: TransferView,
  status: 201,
  refusals: ['insufficient-stock', 'unknown-location', 'unknown-stock-unit', 'movement-closed'],
});

export const getTransfer = operation({
  id: 'getTransfer',
  method: 'GET',
  path: '/admin/v1/inventory/transfers/:id',
  summary: 'One transfer',
  params: TransferParams,
  answer: TransferView,
});

export const sendTransfer = operation({
  id: 'sendTransfer',
  method: 'POST',
  path: '/admin/v1/inventory/transfers/:id/send',
  summary: 'Have a requested transfer leave: its goods are in transit',
  params: TransferParams,
  body: z.strictObject({}),
  answer: TransferView,
  refusals: ['insufficient-stock', 'transfer-state', 'movement-closed'],
});

export const receiveTransfer = operation({
  id: 'receiveTransfer',
  method: 'POST',
  path: '/admin/v1/inventory/transfers/:id/receipts',
  summary: 'Say how much of a transfer has arrived so far, in one or several parts',
  params: TransferParams,
  body: TransferReceipt,
  answer: TransferView,
  refusals: ['transfer-state', 'transfer-conflict', 'unknown-stock-unit'],
});

export const cancelTransfer = operation({
  id: 'cancelTransfer',
  method: 'POST',
  path: '/admin/v1/inventory/transfers/:id/cancel',
  summary: 'End a transfer: what has not arrived goes back',
  params: TransferParams,
  body: z.strictObject({}),
  answer: TransferView,
  refusals: ['transfer-state'],
});
