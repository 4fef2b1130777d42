/** The events that the catalog publishes when products are stored or deleted. */
import { ProductChanged, ProductDeleted, type ProductState, ProductsImported } from '../../../shared/events/catalog.ts';
import { type Envelope, envelope } from '../../../shared/events/envelope.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import { type Product, stockUnitOf } from '../domain/product.ts';

/**
 * The ids are made from product and version, so publishing it again makes the same events: one, or several where it has more
 * variants than a message takes.
 */
export function productChanged(product: Product, traceparent?: string): Envelope[] {
  const { id, version, updatedAt } = product;
  return statesOf(product).map((state, part) => {
    const eventId = part === 0 ? `${id}/${version}` : `${id}/${version}/${part + 1}`;
    return envelope(
      ProductChanged,
      { id: eventId, subject: id, sequence: version, time: updatedAt, traceparent },
      state,
    );
  });
}

/** Variants per state: about 30 KB. */
const variantsPerState = 250;

/** The state of a product, with some of its variants in each. */
function statesOf({ id: productId, handle, title, status, version, variants }: Product): ProductState[] {
  const named = variants.map(({ id, sku }) => ({ variantId: id, sku, stockUnitId: stockUnitOf(id) }));
  return Array.from({ length: Math.ceil(named.length / variantsPerState) }, (_, part) => {
    const some = named.slice(part * variantsPerState, (part + 1) * variantsPerState);
    return { productId, handle, title, status, version, variants: some };
  });
}

/** The commit of an import that the events are about. */
interface ImportedFacts {
  readonly now: number;
  readonly traceparent?: string;
  readonly importId: string;
  /** Products that the import has changed before this commit. */
  readonly changedBefore: number;
}

/** Characters per event: a queue takes messages of 128 KB, and a character takes up to three bytes. */
const eventLengthMax = 40_000;

/** The events of one commit of an import: as few as the size of a message allows. */
export function productsImported(products: readonly Product[], imported: ImportedFacts): Envelope[] {
  const { now, traceparent, importId, changedBefore } = imported;
  const groups: ProductState[][] = [];
  let length = 0;
  for (const state of products.flatMap(statesOf)) {
    const own = JSON.stringify(state).length;
    length += own;
    const group = groups.at(-1);
    if (group !== undefined && length <= eventLengthMax) {
      group.push(state);
      continue;
    }
    groups.push([state]);
    length = own;
  }
  let sequence = changedBefore;
  return groups.map((group) => {
    sequence += group.length;
    const facts = { id: `${importId}/${sequence}`, subject: importId, sequence, time: toTimestamp(now), traceparent };
    return envelope(ProductsImported, facts, { importId, products: group });
  });
}

export function productDeleted(product: Product, now: number, traceparent?: string): Envelope {
  const { id, handle } = product;
  const version = product.version + 1;
  const facts = { id: `${id}/${version}`, subject: id, sequence: version, time: toTimestamp(now), traceparent };
  return envelope(ProductDeleted, facts, { productId: id, handle, version });
}
