/** Draft orders in the merchant's list: what is kept of a draft when it is looked at. */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { DiscardRefusal, DraftCartsApi } from '../../../shared/contracts/cart/api.ts';
import type { CartView } from '../../../shared/contracts/cart/http.ts';
import { nameWords, searchWords } from '../../../shared/values/search-words.ts';
import { namesOf } from '../domain/order/corrections.ts';
import { type DraftQuery, type DraftRow, draftById, listDrafts, removeDraft, saveDraft } from '../store/drafts.ts';

/** Keeps a draft as it is shown now; one that was known before (`isKnown`) only if nobody has deleted it meanwhile. */
export async function rememberDraft(
  db: DrizzleD1Database,
  cart: CartView,
  { by, now, isKnown }: { readonly by: string; readonly now: number; readonly isKnown: boolean },
): Promise<void> {
  const { id, email, customer, country, currency, lines, totals } = cart;
  const names = namesOf(cart);
  const goods = lines.flatMap(({ sku, title, variantTitle }) => [sku, title, variantTitle]);
  const quantity = lines.reduce((sum, line) => sum + line.quantity, 0);
  const totalMinor = totals.total.amount;
  const shown = { id, email, customerId: customer?.id ?? null, name: names[0] ?? null, country, currency, totalMinor };
  const row = { ...shown, quantity, createdBy: by, createdAt: now, updatedAt: now };
  await saveDraft(db, row, `${searchWords(email, ...goods)} ${nameWords(...names)}`, isKnown);
}

/**
 * Throws a draft away. The cart goes first, for it says whether anybody has bought it; after a crash in between the draft is still
 * listed, and is thrown away by the next try.
 */
export async function deleteDraft(
  db: DrizzleD1Database,
  carts: DraftCartsApi,
  id: string,
  now: number,
): Promise<DiscardRefusal | null> {
  // Whatever else has such an id is a shopper's.
  if ((await draftById(db, id)) === null) return null;
  const fault = await carts.discard(id, now);
  if (fault === null) await removeDraft(db, id);
  return fault;
}

/** A draft that was made as one; null for any other cart. */
export function knownDraft(db: DrizzleD1Database, id: string): Promise<DraftRow | null> {
  return draftById(db, id);
}

export function draftsPage(db: DrizzleD1Database, query: DraftQuery): Promise<DraftRow[]> {
  return listDrafts(db, query);
}
