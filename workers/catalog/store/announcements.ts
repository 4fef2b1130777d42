/** What the catalog tells of a product when it is stored or deleted. */
import { ProductChanged, ProductDeleted } from '../../../shared/events/catalog.ts';
import { type Envelope, envelope } from '../../../shared/events/envelope.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import { type Product, stockUnitOf } from '../domain/product.ts';

/** The id is derived from what it tells, so telling it again is the same event. */
export function productChanged(product: Product, traceparent?: string): Envelope {
  const variants = product.variants.map(({ id, sku }) => ({ variantId: id, sku, stockUnitId: stockUnitOf(id) }));
  const { id: productId, handle, title, status, version, updatedAt } = product;
  const facts = { id: `${productId}/${version}`, subject: productId, sequence: version, time: updatedAt, traceparent };
  return envelope(ProductChanged, facts, { productId, handle, title, status, version, variants });
}

export function productDeleted(product: Product, now: number, traceparent?: string): Envelope {
  const { id: productId, handle } = product;
  const version = product.version + 1;
  const facts = {
    id: `${productId}/${version}`,
    subject: productId,
    sequence: version,
    time: toTimestamp(now),
    traceparent,
  };
  return envelope(ProductDeleted, facts, { productId, handle, version });
}
