/**
 * What storefronts browse: products that are for sale, and collections. Every answer comes from one statement; a country is
 * looked up in a short memory of what pricing said.
 */
import * as contract from '../../../shared/contracts/catalog-http.ts';
import { type App, json, serve } from '../../../shared/http/app.ts';
import { etagOf, ifNoneMatchHits } from '../../../shared/http/conditional.ts';
import { invalidCursor, nextLink } from '../../../shared/http/pagination.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { listTagOf } from '../domain/view.ts';
import { type CatalogEnv, catalogOf } from '../env.ts';
import type { Catalog } from '../service/catalog.ts';
import { browseCollections, readCollection } from '../service/collections.ts';
import { currencyOfCountry } from '../service/currency.ts';
import { browse, showProduct } from '../service/products.ts';
import { cacheControl, collectionView, jsonText, notFound, productHeaders, shownText } from './answers.ts';

export function servePublic(app: App<CatalogEnv>): void {
  serve(app, contract.listProducts, async ({ query, env, actor, c }) => {
    const catalog = catalogOf(env, actor);
    const wish = await wishedCurrency(catalog, query);
    const sort = query.sort ?? (query.collection === undefined ? 'title' : 'manual');
    const page = await browse(catalog, {
      sort: sort === 'manual' && query.collection === undefined ? 'title' : sort,
      currency: wish,
      collection: query.collection ?? null,
      limit: query.limit,
      cursor: query.cursor,
    });
    if (page === null) return invalidCursor(actor);
    // An empty first page of a collection may mean that there is no such collection.
    if (page.items.length === 0 && query.collection !== undefined && query.cursor === undefined) {
      if ((await readCollection(catalog, query.collection)) === null) {
        return notFound(actor, 'collection', '/query/collection');
      }
    }
    const headers = {
      etag: etagOf(listTagOf(page.items, page.next, wish)),
      'cache-control': cacheControl,
      'cache-tag': 'products',
      ...nextLink(c.req.url, page.next),
    };
    if (ifNoneMatchHits(c.req.header('if-none-match'), headers.etag))
      return new Response(null, { status: 304, headers });
    return jsonText(`{"items":[${page.items.map(shownText).join(',')}],"next":${JSON.stringify(page.next)}}`, headers);
  });

  serve(app, contract.readProduct, async ({ params, query, env, actor, c }) => {
    const catalog = catalogOf(env, actor);
    const wish = await wishedCurrency(catalog, query);
    const found = await showProduct(catalog, params.product, wish);
    if (found === null) return notFound(actor, 'product');
    const headers = productHeaders(found, { currency: wish, isMerchant: false });
    if (ifNoneMatchHits(c.req.header('if-none-match'), headers.etag))
      return new Response(null, { status: 304, headers });
    return jsonText(shownText(found), headers);
  });

  serve(app, contract.listCollections, async ({ query, env, actor, c }) => {
    const page = await browseCollections(catalogOf(env, actor), query.limit, query.cursor);
    if (page === null) return invalidCursor(actor);
    const items = page.items.map((stored) => collectionView(stored, false));
    return json({ items, next: page.next }, 200, {
      'cache-control': cacheControl,
      'cache-tag': 'collections',
      ...nextLink(c.req.url, page.next),
    });
  });

  serve(app, contract.readCollection, async ({ params, env, actor, c }) => {
    const found = await readCollection(catalogOf(env, actor), params.collection);
    if (found === null) return notFound(actor, 'collection');
    const etag = etagOf(found.collection.version);
    const headers = { etag, 'cache-control': cacheControl, 'cache-tag': `collection-${found.collection.id}` };
    if (ifNoneMatchHits(c.req.header('if-none-match'), etag)) return new Response(null, { status: 304, headers });
    return json(collectionView(found, false), 200, headers);
  });
}

/** An explicit currency wins over the one that the country is sold to in. */
async function wishedCurrency(
  catalog: Catalog,
  { country, currency }: { readonly country?: string | undefined; readonly currency?: Currency | undefined },
): Promise<Currency | null> {
  return currency ?? (country === undefined ? null : currencyOfCountry(catalog, country));
}
