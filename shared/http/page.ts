/** Answers a page of a list: reads the position from the cursor, and one row more than asked for, to know whether it goes on. */
import type { Actor } from './actor.ts';
import { json, refused } from './app.ts';
import { type CursorShape, decodeCursor, encodeCursor, invalidCursor, type KeyOf, nextLink } from './pagination.ts';

export interface PageCall {
  readonly query: { readonly limit: number; readonly cursor?: string | undefined };
  readonly actor: Actor;
  readonly c: { readonly req: { readonly url: string } };
}

interface List<Shape extends CursorShape, Row> {
  /** With whatever decides its order or its rows, so that no other list takes its cursor. */
  readonly name: string;
  readonly key: Shape;
  /** The rows after a position, `limit` of them at most; null when what the list belongs to does not exist. */
  rowsAfter(after: KeyOf<Shape> | null, limit: number): Promise<readonly Row[] | null>;
  keyOf(row: Row): KeyOf<Shape>;
  view(row: Row): unknown;
  /** Besides the link to the next page. */
  readonly headers?: Record<string, string>;
}

const noOwner = { code: 'not-found', detail: 'What this list belongs to is not there.' } as const;

export async function answerPage<const Shape extends CursorShape, Row>(
  { query, actor, c }: PageCall,
  { name, key, rowsAfter, keyOf, view, headers }: List<Shape, Row>,
): Promise<Response> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, name, key);
  if (query.cursor !== undefined && after === null) return invalidCursor(actor);
  const rows = await rowsAfter(after, query.limit + 1);
  if (rows === null) return refused(noOwner, actor);
  const shown = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? shown.at(-1) : undefined;
  const next = last === undefined ? null : encodeCursor(name, keyOf(last));
  return json({ items: shown.map((row) => view(row)), next }, 200, { ...headers, ...nextLink(c.req.url, next) });
}
