/**
 * Lists by opaque cursor. A cursor names the last row that was seen by its sort key and id, so rows that are inserted
 * meanwhile are neither skipped nor repeated. It is a position, not a permission: what it may show is decided anew each time.
 */
import * as z from 'zod';

export const pageSizeMax = 100;
export const pageSizeDefault = 20;

/** `limit` of a list as a query parameter. */
export const PageLimit = z
  .string()
  .regex(/^\d{1,4}$/, { error: 'A whole number.' })
  .transform(Number)
  .pipe(z.int().min(1).max(pageSizeMax))
  .default(pageSizeDefault);

/** The longest part of a key, in UTF-16 units: the title or SKU that a list is sorted by. */
const cursorPartMax = 400;

/** Room for one such part in three-byte characters, in base 64, beside the short ones. */
export const Cursor = z.string().max(2_000).optional();

/** A page on the wire. */
export function Page<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), next: z.string().nullable() });
}

export type CursorKey = readonly (string | number)[];

export function encodeCursor(key: CursorKey): string {
  const bytes = new TextEncoder().encode(JSON.stringify(key));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** Reads a cursor of `length` parts; null when it is none of ours. */
export function decodeCursor(cursor: string, length: number): CursorKey | null {
  try {
    const bytes = Uint8Array.from(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
      character.charCodeAt(0),
    );
    const parsed = CursorSchema.safeParse(
      JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)),
    );
    return parsed.success && parsed.data.length === length ? parsed.data : null;
  } catch {
    return null;
  }
}

const CursorSchema = z.array(z.union([z.string().max(cursorPartMax), z.number()])).max(4);

/** The `Link` header of a page that has a next one. @see https://www.rfc-editor.org/rfc/rfc8288 */
export function nextLink(url: string, next: string | null): Record<string, string> {
  if (next === null) return {};
  const address = new URL(url);
  address.searchParams.set('cursor', next);
  return { link: `<${address.pathname}${address.search}>; rel="next"` };
}
