/**
 * Lists by opaque cursor. A cursor names the last row that was seen by its sort key and id, so rows that are inserted
 * meanwhile are neither skipped nor repeated. It also names its list, so that one list never takes the position of another.
 * It is a position, not a permission: what it may show is decided anew each time.
 */
import * as z from 'zod';
import type { Actor } from './actor.ts';
import { problem } from './problem.ts';

export const pageSizeMax = 100;
export const pageSizeDefault = 20;

/** `limit` of a list as a query parameter. */
export const PageLimit = z
  .string()
  .regex(/^\d{1,4}$/, { error: `Give a whole number from 1 to ${pageSizeMax}.` })
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

type CursorKey = readonly (string | number)[];

/** The types of the parts of a key, such as `['number', 'string']`. */
export type CursorShape = readonly ('string' | 'number')[];

export type KeyOf<Shape extends CursorShape> = {
  readonly [Index in keyof Shape]: Shape[Index] extends 'number'
    ? number
    : Shape[Index] extends 'string'
      ? string
      : never;
};

/** @param list the name of the list, with whatever decides its order */
export function encodeCursor(list: string, key: CursorKey): string {
  const json = JSON.stringify([list, ...key]);
  return btoa(isAscii(json) ? json : String.fromCharCode(...new TextEncoder().encode(json)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** Reads a cursor of this list; null when it is none, or has other parts than the shape says. */
export function decodeCursor<const Shape extends CursorShape>(
  cursor: string,
  list: string,
  shape: Shape,
): KeyOf<Shape> | null {
  try {
    const binary = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
    const parsed: unknown = JSON.parse(isAscii(binary) ? binary : utf8Of(binary));
    if (!Array.isArray(parsed) || parsed.length > cursorPartsMax) return null;
    const [name, ...key]: readonly unknown[] = parsed;
    return name === list && key.every(isCursorPart) && hasShape(key, shape) ? key : null;
  } catch {
    return null;
  }
}

// Checked by hand: with the schema library this was a tenth of the work of a list.

/** The name of the list and at most four parts of a key. */
const cursorPartsMax = 5;

function isCursorPart(part: unknown): part is string | number {
  return typeof part === 'number' || (typeof part === 'string' && part.length <= cursorPartMax);
}

function isAscii(binary: string): boolean {
  for (let index = 0; index < binary.length; index += 1) if (binary.charCodeAt(index) > 127) return false;
  return true;
}

function utf8Of(binary: string): string {
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
}

function hasShape<Shape extends CursorShape>(key: CursorKey, shape: Shape): key is KeyOf<Shape> & CursorKey {
  return key.length === shape.length && key.every((part, index) => typeof part === shape[index]);
}

/** The one answer to a cursor that the list did not hand out. */
export function invalidCursor({ requestId }: Pick<Actor, 'requestId'>): Response {
  return problem('invalid-cursor', {
    requestId,
    errors: [{ pointer: '/query/cursor', detail: 'Not a cursor of this list.' }],
  });
}

/** The `Link` header of a page that has a next one. @see https://www.rfc-editor.org/rfc/rfc8288 */
export function nextLink(url: string, next: string | null): Record<string, string> {
  if (next === null) return {};
  const address = new URL(url);
  address.searchParams.set('cursor', next);
  return { link: `<${address.pathname}${address.search}>; rel="next"` };
}
