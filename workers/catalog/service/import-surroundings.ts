/**
 * What a chunk of an import meets in the shop: addresses and SKUs that are taken, and bundles that are made of a variant. A dry
 * run meets it as the chunks before it would have left it.
 */
import { takenHandles } from '../store/addresses.ts';
import { bundlesWith } from '../store/bundles.ts';
import { foreseen } from '../store/foreseen.ts';
import { findSkuOwners } from '../store/products.ts';
import type { Catalog } from './catalog.ts';

/** The product that has a SKU, by the SKU. */
export type SkuOwners = Map<string, { readonly productId: string; readonly handle: string }>;

export async function takenAmong(
  db: Catalog['db'],
  dryRunId: string | null,
  handles: readonly string[],
): Promise<Set<string>> {
  const [taken, soon] = await Promise.all([
    takenHandles(db, 'product', handles),
    foreseen(db, dryRunId, 'handle', handles),
  ]);
  return new Set([...taken, ...soon.keys()]);
}

export async function ownersOf(
  db: Catalog['db'],
  dryRunId: string | null,
  skus: readonly string[],
): Promise<SkuOwners> {
  const [found, soon] = await Promise.all([findSkuOwners(db, skus), foreseen(db, dryRunId, 'sku', skus)]);
  const owners: SkuOwners = new Map(found);
  for (const [sku, { productId, value }] of soon)
    if (productId === null) owners.delete(sku);
    else owners.set(sku, { productId, handle: value ?? '' });
  return owners;
}

/** The bundles that are made of these variants. */
export async function bundlesOf(db: Catalog['db'], dryRunId: string | null, variantIds: readonly string[]) {
  const now = await bundlesWith(db, variantIds);
  const soon = await foreseen(
    db,
    dryRunId,
    'bundle',
    now.map(({ bundleId }) => bundleId),
  );
  return now.flatMap((bundle) => {
    const bundleSku = soon.has(bundle.bundleId) ? (soon.get(bundle.bundleId)?.value ?? null) : bundle.bundleSku;
    return bundleSku === null ? [] : { ...bundle, bundleSku };
  });
}
