/** Draft orders in the merchant's list: what is kept of a draft when it is looked at. */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { CartView } from '../../../shared/contracts/cart/http.ts';
import { searchWords } from '../../../shared/values/search-words.ts';
import { namesOf } from '../domain/order/corrections.ts';
import { type DraftQuery, type DraftRow, draftById, listDrafts, saveDraft } from '../store/drafts.ts';

/** Keeps a draft as it is shown now. */
export async function rememberDraft(
  db: DrizzleD1Database,
  cart: CartView,
  { by, now }: { readonly by: string; readonly now: number },
): Promise<void> {
  const { id, email, customer, country, currency, lines, totals } = cart;
  const names = namesOf(cart);
  const goods = lines.flatMap(({ sku, title, variantTitle }) => [sku, title, variantTitle]);
  const quantity = lines.reduce((sum, line) => sum + line.quantity, 0);
  const totalMinor = totals.total.amount;
  const shown = { id, email, customerId: customer?.id ?? null, name: names[0] ?? null, country, currency, totalMinor };
  const row = { ...shown, quantity, createdBy: by, createdAt: now, updatedAt: now };
  await saveDraft(db, row, searchWords(email, ...names, ...goods));
}

/** A draft that was made as one; null for any other cart. */
export function knownDraft(db: DrizzleD1Database, id: string): Promise<DraftRow | null> {
  return draftById(db, id);
}

export function draftsPage(db: DrizzleD1Database, query: DraftQuery): Promise<DraftRow[]> {
  return listDrafts(db, query);
}
