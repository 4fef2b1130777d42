/** What other Workers need of variants: snapshots for carts; and what the inventory reports: their stock. */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { VariantRequest, VariantSnapshot, VariantStanding } from '../../../shared/contracts/catalog/api.ts';
import type { Statement } from '../../../shared/messaging/d1.ts';
import { reportDefect } from '../../../shared/messaging/report.ts';
import { loadStandings, loadVariants, noteStock, type StockNote, variantRevision } from '../store/variants.ts';
import type { Catalog } from './catalog.ts';

/**
 * Snapshots: from memory when all of them are there, else in one statement. A snapshot that was read before a write is not
 * kept.
 *
 * @param later keeps work alive beyond the answer
 */
export async function variantsFor(
  catalog: Pick<Catalog, 'db' | 'variants' | 'now'>,
  request: VariantRequest,
  later: (work: Promise<unknown>) => void,
): Promise<VariantSnapshot[]> {
  const { db, variants } = catalog;
  const now = catalog.now();
  if (request.revision !== undefined) variants.heed(request.revision);
  variants.check(now, () => variantRevision(db), { later, report: reportDefect });
  const keys = 'skus' in request ? request.skus.map(skuKey) : request.variantIds.map(idKey);
  const known = keys.flatMap((key) => variants.get(key, now) ?? []);
  if (known.length === keys.length) return known;
  const { generation } = variants;
  const found = await loadVariants(db, request);
  if (generation === variants.generation) {
    for (const variant of found) {
      variants.set(idKey(variant.variantId), variant, now);
      variants.set(skuKey(variant.sku), variant, now);
    }
  }
  return found;
}

/** The number of changes. This isolate's memory is checked against it at the same time. */
export async function revisionFor({ db, variants, now }: Pick<Catalog, 'db' | 'variants' | 'now'>): Promise<number> {
  const askedAt = now();
  const revision = await variantRevision(db);
  variants.prove(revision, askedAt);
  return revision;
}

const idKey = (variantId: string) => `id:${variantId}`;
const skuKey = (sku: string) => `sku:${sku}`;

export function standingsOf({ db }: Pick<Catalog, 'db'>, variantIds: readonly string[]): Promise<VariantStanding[]> {
  return loadStandings(db, variantIds);
}

/** The statements that keep stock levels, for the inbox to commit. */
export function stockNoted(db: DrizzleD1Database, notes: readonly StockNote[]): Statement[] {
  return noteStock(db, notes);
}
