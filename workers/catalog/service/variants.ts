/** What other Workers ask and tell about variants: snapshots for carts, and the levels of their stock. */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { VariantRequest, VariantSnapshot } from '../../../shared/contracts/catalog.ts';
import type { Statement } from '../../../shared/messaging/d1.ts';
import { loadVariants, noteStock, type StockNote } from '../store/variants.ts';
import type { Catalog } from './catalog.ts';

/** Snapshots: from memory when every one is known there, else in one statement. */
export async function variantsFor({ db, cache, now }: Catalog, request: VariantRequest): Promise<VariantSnapshot[]> {
  const known = cache.read(request, now());
  if (known !== null) return known;
  const found = await loadVariants(db, request);
  cache.keep(found, now());
  return found;
}

/** The effect of hearing of levels, for the inbox to commit. */
export function stockNoted(db: DrizzleD1Database, notes: readonly StockNote[]): Statement[] {
  return noteStock(db, notes);
}
