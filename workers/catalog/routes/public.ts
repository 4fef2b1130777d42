/**
 * What storefronts browse: products that are for sale, and collections. An answer takes one statement, and one more for pages
 * that were edited since this isolate gave it. Where a shopper is, and what price lists say there, is looked up in memories of
 * what pricing said.
 */
import * as contract from '../../../shared/contracts/catalog/http.ts';
import { type App, serve } from '../../../shared/http/app.ts';
import { etagOf } from '../../../shared/http/conditional.ts';
import { invalidCursor, nextLink } from '../../../shared/http/pagination.ts';
import { type CatalogEnv, contextOf } from '../context.ts';
import { chargedSortOf } from '../domain/charged-keys.ts';
import { fillPage } from '../domain/page.ts';
import { listTagOf } from '../domain/view.ts';
import { readCollection } from '../service/collections.ts';
import { browse, showProduct } from '../service/products.ts';
import { offerTo, priced } from '../service/shelf.ts';
import type { ShownProduct } from '../store/pages.ts';
import {
  besides,
  cacheControl,
  cacheControlUntil,
  collectionPage,
  collectionView,
  movedOrNotFound,
  productHeaders,
  unlessKnown,
} from './answers.ts';

/** The JSON of a product as shoppers see it. */
const shownText = ({ page, stock }: ShownProduct) => fillPage(page, stock);

export function servePublic(app: App<CatalogEnv>): void {
  serve(app, contract.listProducts, async (call) => {
    const { query, env, actor, c } = call;
    const catalog = contextOf(env, actor);
    const offer = await offerTo(catalog, query);
    const sort = query.sort ?? (query.collection === undefined ? 'title' : 'manual');
    const page = await browse(catalog, {
      sort: sort === 'manual' && query.collection === undefined ? 'title' : sort,
      currency: offer.currency,
      collection: query.collection ?? null,
      charged: offer.listed === null ? null : chargedSortOf(offer.listed.marketId, offer.listed.currency),
      filter: {
        tags: query.tag ?? [],
        vendor: query.vendor ?? null,
        type: query.type ?? null,
        isAvailable: query.available === undefined ? null : query.available === 'true',
        ids: query.ids ?? null,
      },
      limit: query.limit,
      cursor: query.cursor,
    });
    if (page === null) return invalidCursor(actor);
    // An empty first page of a collection may mean that there is no such collection.
    if (page.items.length === 0 && query.collection !== undefined && query.cursor === undefined) {
      if ((await readCollection(catalog, query.collection)) === null) {
        const address = new URL(c.req.url);
        const listOf = (present: string) => {
          address.searchParams.set('collection', present);
          return `${address.pathname}${address.search}`;
        };
        return movedOrNotFound(call, 'collection', query.collection, listOf, '/query/collection');
      }
    }
    const { products, until } = await priced(catalog, offer, page.items);
    const headers = {
      etag: etagOf(listTagOf(products, page.next, offer.currency)),
      'cache-control': cacheControlUntil(until, catalog.now()),
      'cache-tag': 'products',
      ...nextLink(c.req.url, page.next),
    };
    const text = () => `{"items":[${products.map(shownText).join(',')}],"next":${JSON.stringify(page.next)}}`;
    return unlessKnown(c.req.header('if-none-match'), headers, text);
  });

  serve(app, contract.readProduct, async (call) => {
    const { params, query, env, actor, c } = call;
    const catalog = contextOf(env, actor);
    const offer = await offerTo(catalog, query);
    const found = await showProduct(catalog, params.product, offer.currency);
    if (found === null) return movedOrNotFound(call, 'product', params.product, besides(call));
    const {
      products: [shown = found],
      until,
    } = await priced(catalog, offer, [found]);
    const viewer = { currency: offer.currency, isMerchant: false };
    const headers = productHeaders(shown, viewer, cacheControlUntil(until, catalog.now()));
    return unlessKnown(c.req.header('if-none-match'), headers, () => shownText(shown));
  });

  serve(app, contract.listCollections, (call) => collectionPage(call, false));

  serve(app, contract.readCollection, async (call) => {
    const { params, env, actor, c } = call;
    const found = await readCollection(contextOf(env, actor), params.collection);
    if (found === null) return movedOrNotFound(call, 'collection', params.collection, besides(call));
    const headers = {
      etag: etagOf(found.collection.version),
      'cache-control': cacheControl,
      'cache-tag': `collection,collection-${found.collection.id}`,
    };
    return unlessKnown(c.req.header('if-none-match'), headers, () => JSON.stringify(collectionView(found, false)));
  });
}
