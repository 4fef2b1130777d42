/**
 * The variants that carts name, as this isolate remembers them: right as long as the catalogue counts no change of any, and
 * forgotten at once when the router tells of an edit. A checkout asks the catalogue itself.
 */

import type { LineInput } from '../../../shared/contracts/cart/http.ts';
import type { CatalogApi, VariantSnapshot } from '../../../shared/contracts/catalog/api.ts';

import { megabyte } from '../../../shared/values/bounded-map.ts';
import { type Background, RevisedMemory } from '../../../shared/values/revised-memory.ts';

/** Under each variant's id and its SKU. */
export const variantMemory = new RevisedMemory<VariantSnapshot>(12 * megabyte);

type Catalog = Pick<CatalogApi, 'variants' | 'variantRevision'>;

/** A variant by its id or its SKU. */
type VariantName = Pick<LineInput, 'sku' | 'variantId'>;

const keyOf = ({ sku, variantId }: VariantName) => (sku === undefined ? `id:${variantId}` : `sku:${sku}`);

/** The variants that lines name, in their order; undefined where there is none. */
export async function variantsOf(
  catalog: Catalog,
  inputs: readonly VariantName[],
  now: number,
  background: Background,
): Promise<(VariantSnapshot | undefined)[]> {
  variantMemory.check(now, () => catalog.variantRevision(), background);
  const known = inputs.map((input) => variantMemory.get(keyOf(input), now));
  const unknown = inputs.filter((_input, index) => known[index] === undefined);
  if (unknown.length === 0) return known;
  const fresh = await askCatalog(catalog, unknown, now);
  return inputs.map((input, index) => known[index] ?? fresh.get(keyOf(input)));
}

async function askCatalog(
  catalog: Catalog,
  inputs: readonly VariantName[],
  now: number,
): Promise<ReadonlyMap<string, VariantSnapshot>> {
  const { generation, revision } = variantMemory;
  const variantIds = new Set(inputs.flatMap(({ sku, variantId = [] }) => (sku === undefined ? variantId : [])));
  const skus = new Set(inputs.flatMap(({ sku = [] }) => sku));
  const found = await Promise.all([
    variantIds.size === 0 ? [] : catalog.variants({ variantIds: [...variantIds], revision }),
    skus.size === 0 ? [] : catalog.variants({ skus: [...skus], revision }),
  ]);
  const fresh = new Map<string, VariantSnapshot>();
  for (const variant of found.flat()) {
    fresh.set(`id:${variant.variantId}`, variant);
    fresh.set(`sku:${variant.sku}`, variant);
  }
  if (generation === variantMemory.generation) for (const [key, variant] of fresh) variantMemory.set(key, variant, now);
  return fresh;
}
