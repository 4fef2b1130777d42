/** The answers of the catalog's routes, and the headers that say how long caches may keep them. */

import type { Actor } from '../../../shared/http/actor.ts';
import type { Call } from '../../../shared/http/app.ts';
import { etagOf, ifNoneMatchHits } from '../../../shared/http/conditional.ts';
import { answerPage, type PageCall } from '../../../shared/http/page.ts';
import { problem } from '../../../shared/http/problem.ts';
import { minuteMs, secondMs, toTimestamp } from '../../../shared/values/time.ts';
import { type CatalogEnv, contextOf } from '../context.ts';
import { metafieldsShown, sortTitleOf, type Tagged, tagOf, type Viewer, viewOf } from '../domain/view.ts';
import { movedTo } from '../service/addresses.ts';
import { browseCollections } from '../service/collections.ts';
import type { StoredCollection } from '../store/collections.ts';
import type { StoredProduct } from '../store/products.ts';

export type AnyCall = Call<CatalogEnv, unknown, unknown, unknown>;

/** Any cache may keep an answer, and asks whether it is still the current one before it is used again. */
export const cacheControl = 'public, max-age=0, must-revalidate';

/** A cache that keeps answers for longer than this has no say in how old a page is anyway. */
const sharedMaxMs = minuteMs;

/** The same for an answer that changes at a known time, such as the end of a sale: no cache keeps it longer. */
export function cacheControlUntil(until: number | null, now: number): string {
  if (until === null || until - now >= sharedMaxMs) return cacheControl;
  return `public, max-age=0, s-maxage=${Math.max(0, Math.floor((until - now) / secondMs))}, must-revalidate`;
}

/** A whole product, for merchants. */
export function productAnswer(
  { product, stock }: StoredProduct,
  viewer: Viewer,
  ifNoneMatch: string | undefined,
): Response {
  const headers = productHeaders({ ...product, stock }, viewer);
  return unlessKnown(ifNoneMatch, headers, () => JSON.stringify(viewOf(product, stock, viewer)));
}

export function productHeaders(product: Tagged & { readonly id: string }, viewer: Viewer, shared = cacheControl) {
  return {
    etag: etagOf(tagOf(product, viewer)),
    'cache-control': viewer.isMerchant ? 'private, no-cache' : shared,
    // By the first all pages of products are cleared, by the second those of this one.
    'cache-tag': `product,product-${product.id}`,
  };
}

/** Answers 304 to a client that has it already. The text is JSON. */
export function unlessKnown(
  ifNoneMatch: string | undefined,
  headers: { readonly etag: string },
  text: () => string,
): Response {
  if (ifNoneMatchHits(ifNoneMatch, headers.etag)) return new Response(null, { status: 304, headers });
  return new Response(text(), { headers: { 'content-type': 'application/json', ...headers } });
}

export function collectionView({ collection, productsTotal, isBuilding }: StoredCollection, isMerchant: boolean) {
  const { kind, match, rules, metafields, createdAt, updatedAt, ...shown } = collection;
  return {
    ...shown,
    ...metafieldsShown(metafields, isMerchant),
    ...(isMerchant ? { kind, match, rules, productsTotal, isBuilding } : {}),
    createdAt: toTimestamp(createdAt),
    updatedAt: toTimestamp(updatedAt),
  };
}

/** Merchants are shown collections with their rules, and no cache keeps that. */
export function collectionPage(call: PageCall & { readonly env: CatalogEnv }, isMerchant: boolean): Promise<Response> {
  return answerPage(call, {
    name: 'collections',
    key: ['string', 'string'],
    rowsAfter: (after, limit) => browseCollections(contextOf(call.env, call.actor), after, limit),
    keyOf: ({ collection }) => [sortTitleOf(collection.title), collection.id],
    view: (stored) => collectionView(stored, isMerchant),
    headers: isMerchant ? {} : { 'cache-control': cacheControl, 'cache-tag': 'collections' },
  });
}

/**
 * What is answered where nothing has the handle: the way to what had it before, or 404. The way is asked for again each time,
 * because another product may take the address.
 */
export async function movedOrNotFound(
  { env, actor, c }: AnyCall,
  what: 'product' | 'collection',
  handle: string,
  addressOf: (present: string) => string,
  pointer?: string,
): Promise<Response> {
  const isMerchant = new URL(c.req.url).pathname.startsWith('/admin/');
  const present = await movedTo(contextOf(env, actor), what, handle, isMerchant);
  if (present === null) return notFound(actor, what, pointer);
  const headers = { location: addressOf(present), 'cache-control': isMerchant ? 'private, no-cache' : cacheControl };
  return new Response(null, { status: 301, headers });
}

/** The same address with another last part. */
export function besides({ c }: AnyCall): (present: string) => string {
  const { pathname, search } = new URL(c.req.url);
  return (present) => `${pathname.slice(0, pathname.lastIndexOf('/') + 1)}${encodeURIComponent(present)}${search}`;
}

export function notFound(actor: Actor, what: 'product' | 'collection' | 'import', pointer?: string): Response {
  const detail = `There is no such ${what}.`;
  return problem('not-found', {
    requestId: actor.requestId,
    detail,
    ...(pointer === undefined ? {} : { errors: [{ pointer, detail }] }),
  });
}
