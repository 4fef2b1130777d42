/** What the catalog tells: which products and variants exist now. Each event carries the whole present state. */
import * as z from 'zod';
import { event } from './envelope.ts';

export const ProductChanged = event(
  'catalog.product-changed.v1',
  z.strictObject({
    productId: z.string(),
    handle: z.string(),
    title: z.string(),
    status: z.enum(['active', 'draft', 'archived']),
    version: z.int(),
    variants: z.array(z.strictObject({ variantId: z.string(), sku: z.string(), stockUnitId: z.string() })),
  }),
);

export const ProductDeleted = event(
  'catalog.product-deleted.v1',
  z.strictObject({ productId: z.string(), handle: z.string(), version: z.int() }),
);
