/**
 * The export of all products as a file, made while it is read: some hundred products are in memory at a time. The products are
 * read twice, because the header names every metafield and currency that one of them has.
 */
import { type CsvPieces, csvStream, pagesOf } from '../../../shared/http/csv-stream.ts';
import { type Currency, currencies } from '../../../shared/values/money.ts';
import type { Product } from '../domain/product.ts';
import { collectFields, countedUnits, exportHeader, exportRows, type FieldColumn } from '../domain/shopify-export.ts';
import { findIngredients } from '../store/bundles.ts';
import { givenByFiles, productsAfter, type StoredProduct } from '../store/products.ts';
import { type Catalog, onHandOf } from './catalog.ts';

const productsPerPage = 100;

type Exporting = Pick<Catalog, 'db' | 'inventory'>;

/** All products of any status, in the order in which they came into being. */
export function exportProducts(catalog: Exporting): ReadableStream<Uint8Array> {
  return csvStream(piecesOf(catalog));
}

/** The header, and then the rows of one page of products after the other. */
async function* piecesOf(catalog: Exporting): CsvPieces {
  const { db } = catalog;
  const known = new Map<string, FieldColumn>();
  const sold = new Set<Currency>();
  for await (const page of productPages(db)) {
    const products = page.map(({ product }) => product);
    collectFields(products, known);
    for (const { variants } of products)
      for (const { prices } of variants) for (const { currency } of prices.slice(1)) sold.add(currency);
  }
  const fields = [...known.values()];
  const header = exportHeader(
    fields,
    currencies.filter((currency) => sold.has(currency)),
  );
  yield [header];
  for await (const page of productPages(db)) {
    const products = page.map(({ product }) => product);
    const onHand = await onHandOf(catalog, products.flatMap(countedUnits));
    const skus = await componentSkus(db, products);
    const unnamed = products.flatMap(({ handle, importHandle }) => (importHandle === undefined ? [handle] : []));
    const othersNames = await givenByFiles(db, unnamed);
    const rows = products.flatMap((product) => exportRows(product, { onHand, skus, othersNames, fields }));
    yield rows.map((row) => header.map((name) => row[name] ?? ''));
  }
  return undefined;
}

/** The SKUs of what the bundles among products are made of, by variant id. */
async function componentSkus(db: Catalog['db'], products: readonly Product[]): Promise<ReadonlyMap<string, string>> {
  const variantIds = products.flatMap(({ variants }) =>
    variants.flatMap(({ components = [] }) => components.map(({ variantId }) => variantId)),
  );
  const found = await findIngredients(db, { variantIds: [...new Set(variantIds)], skus: [] });
  return new Map(found.map(({ variantId, sku }) => [variantId, sku]));
}

const productPages = (db: Catalog['db']) =>
  pagesOf<StoredProduct>((last) => productsAfter(db, last?.product.id ?? '', productsPerPage), productsPerPage);
