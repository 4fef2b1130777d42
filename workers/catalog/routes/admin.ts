/** What merchants edit: products and collections. Imports are in `imports.ts`. */
import { answerJob, reportOf, serveBulkJobs } from '../../../shared/bulk/routes.ts';
import { rowsAtOnceMax } from '../../../shared/contracts/bulk.ts';
import * as contract from '../../../shared/contracts/catalog/http.ts';
import { type App, json, refused, serve } from '../../../shared/http/app.ts';
import { etagOf, ifNoneMatchHits } from '../../../shared/http/conditional.ts';
import { serveOnce } from '../../../shared/http/d1-idempotency.ts';
import { answerPage } from '../../../shared/http/page.ts';
import { type CatalogEnv, contextOf } from '../context.ts';
import { viewOf } from '../domain/view.ts';
import { changePrices, priceParts } from '../service/bulk-prices.ts';
import { createCollection, deleteCollection, editCollection, readCollection } from '../service/collections.ts';
import {
  addVariant,
  createProduct,
  deleteProduct,
  editProduct,
  editVariant,
  listEvery,
  readProduct,
} from '../service/products.ts';
import type { StoredCollection } from '../store/collections.ts';
import type { StoredProduct } from '../store/products.ts';
import {
  type AnyCall,
  besides,
  collectionPage,
  collectionView,
  movedOrNotFound,
  productAnswer,
  productHeaders,
} from './answers.ts';

const merchant = { currency: null, isMerchant: true };

export function serveProductAdmin(app: App<CatalogEnv>): void {
  serve(app, contract.listAllProducts, (call) => {
    const { status = null } = call.query;
    return answerPage(call, {
      name: `products:created:${status}`,
      key: ['number', 'string'],
      rowsAfter: (after, limit) => listEvery(contextOf(call.env, call.actor), status, after, limit),
      keyOf: ({ product }) => [Date.parse(product.createdAt), product.id],
      view: ({ product, stock }) => viewOf(product, stock, merchant),
    });
  });

  serve(app, contract.readAnyProduct, async (call) => {
    const { params, env, actor, c } = call;
    const found = await readProduct(contextOf(env, actor), params.product);
    if (found === null) return movedOrNotFound(call, 'product', params.product, besides(call));
    return productAnswer(found, merchant, c.req.header('if-none-match'));
  });

  serveOnce(app, contract.createProduct, answersOf, async (call, attempt) => {
    const also = (stored: StoredProduct) => attempt.answered(productRecord(stored, 201));
    const created = await createProduct(contextOf(call.env, call.actor), call.body, also);
    return created.ok ? toResponse(productRecord(created.value, 201)) : refused(created.refusal, call.actor);
  });

  serveOnce(app, contract.editProduct, answersOf, async (call, attempt) => {
    const also = (stored: StoredProduct) => attempt.answered(productRecord(stored, 200));
    const edited = await editProduct(
      contextOf(call.env, call.actor),
      call.params.product,
      call.body,
      namedVersion(call),
      also,
    );
    return edited.ok ? toResponse(productRecord(edited.value, 200)) : refused(edited.refusal, call.actor);
  });

  serveOnce(app, contract.addVariant, answersOf, async (call, attempt) => {
    const also = (stored: StoredProduct) => attempt.answered(productRecord(stored, 201));
    const catalog = contextOf(call.env, call.actor);
    const added = await addVariant(catalog, call.params.product, call.body, namedVersion(call), also);
    return added.ok ? toResponse(productRecord(added.value, 201)) : refused(added.refusal, call.actor);
  });

  serveOnce(app, contract.editVariant, answersOf, async (call, attempt) => {
    const also = (stored: StoredProduct) => attempt.answered(productRecord(stored, 200));
    const catalog = contextOf(call.env, call.actor);
    const edited = await editVariant(catalog, call.params, call.body, namedVersion(call), also);
    return edited.ok ? toResponse(productRecord(edited.value, 200)) : refused(edited.refusal, call.actor);
  });

  serve(app, contract.deleteVariant, async (call) => {
    const catalog = contextOf(call.env, call.actor);
    const edited = await editVariant(catalog, call.params, null, namedVersion(call), () => []);
    return edited.ok ? toResponse(productRecord(edited.value, 200)) : refused(edited.refusal, call.actor);
  });

  serveOnce(app, contract.setPrices, answersOf, async ({ body: { rows }, env, actor }, attempt) => {
    const catalog = contextOf(env, actor);
    if (rows.length <= rowsAtOnceMax)
      return json(reportOf(await changePrices(catalog, rows)), 200, { 'cache-tag': 'product' });
    const settings = { actor: actor.id, reason: '', traceparent: actor.traceparent };
    const list = { parts: await priceParts(catalog, rows), settings, now: catalog.now() };
    return answerJob({ db: catalog.db, arm: catalog.armJobs }, contract.setPrices.path, list, attempt);
  });
  serveBulkJobs(app, contract.priceJobs, (env) => contextOf(env, null).db);

  serve(app, contract.deleteProduct, async (call) => {
    const deleted = await deleteProduct(contextOf(call.env, call.actor), call.params.product, expectedVersion(call));
    return deleted.ok ? goneAnswer(`product-${deleted.value}`) : refused(deleted.refusal, call.actor);
  });
}

export function serveCollectionAdmin(app: App<CatalogEnv>): void {
  serve(app, contract.listAllCollections, (call) => collectionPage(call, true));

  serve(app, contract.readAnyCollection, async (call) => {
    const { params, env, actor, c } = call;
    const found = await readCollection(contextOf(env, actor), params.collection);
    if (found === null) return movedOrNotFound(call, 'collection', params.collection, besides(call));
    // The number of products changes without a new version.
    const etag = collectionTag(found);
    if (ifNoneMatchHits(c.req.header('if-none-match'), etag))
      return new Response(null, { status: 304, headers: { etag } });
    return collectionAnswer(found, 200);
  });

  serveOnce(app, contract.createCollection, answersOf, async (call) => {
    const created = await createCollection(contextOf(call.env, call.actor), call.body);
    return created.ok ? collectionAnswer(created.value, 201) : refused(created.refusal, call.actor);
  });

  serveOnce(app, contract.editCollection, answersOf, async (call) => {
    const edited = await editCollection(
      contextOf(call.env, call.actor),
      call.params.collection,
      call.body,
      expectedVersion(call),
    );
    return edited.ok ? collectionAnswer(edited.value, 200) : refused(edited.refusal, call.actor);
  });

  serve(app, contract.deleteCollection, async (call) => {
    const deleted = await deleteCollection(
      contextOf(call.env, call.actor),
      call.params.collection,
      expectedVersion(call),
    );
    return deleted.ok ? goneAnswer(`collection-${deleted.value}`) : refused(deleted.refusal, call.actor);
  });
}

/** Where the answers under keys are kept. */
const answersOf = (env: CatalogEnv) => contextOf(env, null);

/**
 * Reads `If-Match`. An entity tag here is the version, a dot and a fingerprint of what changes without a new version, such
 * as stock: an edit is guarded by the version alone.
 */
function expectedVersion(call: AnyCall): (version: number) => boolean {
  return namedVersion(call) ?? (() => true);
}

/**
 * The same; null where the request names no version: `*` says only that there must be something to change.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1
 */
function namedVersion({ c }: AnyCall): ((version: number) => boolean) | null {
  const header = c.req.header('if-match')?.trim();
  if (header === undefined || header === '*') return null;
  const versions = new Set(
    [...header.matchAll(/(?:^|,)\s*"(\d+)(?:\.[^"]*)?"\s*(?=,|$)/g)].map(([, version]) => Number(version)),
  );
  return (version) => versions.has(version);
}

function productRecord(stored: StoredProduct, status: 200 | 201) {
  const { etag, 'cache-tag': tags } = productHeaders({ ...stored.product, stock: stored.stock }, merchant);
  const location = status === 201 ? { location: `/admin/v1/products/${stored.product.id}` } : {};
  const headers: Record<string, string> = { 'content-type': 'application/json', etag, 'cache-tag': tags, ...location };
  return { status, headers, body: JSON.stringify(viewOf(stored.product, stored.stock, merchant)) };
}

function toResponse({ status, headers, body }: ReturnType<typeof productRecord>): Response {
  return new Response(body, { status, headers });
}

function collectionTag({ collection, productsTotal, isBuilding }: StoredCollection): string {
  return etagOf(`${collection.version}.${productsTotal}${isBuilding ? 'b' : ''}`);
}

function collectionAnswer(stored: StoredCollection, status: 200 | 201): Response {
  const location = status === 201 ? { location: `/admin/v1/collections/${stored.collection.id}` } : {};
  return json(collectionView(stored, true), status, {
    etag: collectionTag(stored),
    'cache-tag': `collection-${stored.collection.id}`,
    ...location,
  });
}

/** The tag says which pages show what is not there any more. */
function goneAnswer(tag: string): Response {
  return new Response(null, { status: 204, headers: { 'cache-tag': tag } });
}
