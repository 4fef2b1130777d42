/** The events of the catalog: which products and variants exist now. Each event carries the whole present state. */
import * as z from 'zod';
import { event } from './envelope.ts';

const ProductState = z.strictObject({
  productId: z.string(),
  handle: z.string(),
  title: z.string(),
  status: z.enum(['active', 'draft', 'archived']),
  version: z.int(),
  variants: z.array(z.strictObject({ variantId: z.string(), sku: z.string(), stockUnitId: z.string() })),
});
export type ProductState = z.infer<typeof ProductState>;

/** A product of more variants than a message takes is told in several events of one version, each with some of them. */
export const ProductChanged = event('catalog.product-changed.v1', ProductState);

/** Products that one commit of an import created or changed: an event for each would cost more than the import itself. */
export const ProductsImported = event(
  'catalog.products-imported.v1',
  z.strictObject({ importId: z.string(), products: z.array(ProductState) }),
);

export const ProductDeleted = event(
  'catalog.product-deleted.v1',
  z.strictObject({ productId: z.string(), handle: z.string(), version: z.int() }),
);
