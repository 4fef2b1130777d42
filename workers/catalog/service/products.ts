/**
 * The use cases of products. Stock is opened before the product that sells it is committed, so nobody can put into a cart
 * what the inventory does not know; a commit that fails leaves a stock unit that nothing names, which harms nobody.
 */
import type { ProductPatch } from '../../../shared/contracts/catalog/products.ts';
import type { Statement } from '../../../shared/messaging/d1.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { accept, type Result } from '../../../shared/values/result.ts';
import { composeProduct } from '../domain/compose.ts';
import {
  type Composing,
  type Composition,
  handleTaken,
  type Product,
  type ProductRefusal,
  skuTaken,
} from '../domain/product.ts';
import { productChanged, productDeleted } from '../store/announcements.ts';
import {
  type CreationKey,
  type ListPage,
  listActiveProducts,
  listAllProducts,
  type ProductList,
} from '../store/lists.ts';
import { loadShown, type ShownProduct } from '../store/pages.ts';
import {
  findNamesakes,
  loadProduct,
  type Namesakes,
  removeProduct,
  type StoredProduct,
  saveProducts,
} from '../store/products.ts';
import { placeAt } from './addresses.ts';
import { type Catalog, newIdAt, openStock } from './catalog.ts';
import { type EditRefusal, editStored, type Kind } from './edits.ts';

/** How the edit of a merchant is merged. The one variant of a product without options may go without a SKU: its code is the handle. */
const composingAt = (now: number): Composing => ({
  now,
  newId: newIdAt(now),
  quantityOfKnown: 'refused',
  defaultSku: (handle, { isOnly }) => (isOnly ? handle : null),
});

/** Statements that belong into the commit of a change, made once its outcome is known: a stored answer. */
type AlsoCommit = (stored: StoredProduct) => readonly Statement[];

export async function createProduct(
  catalog: Catalog,
  input: ProductPatch,
  also: AlsoCommit,
): Promise<Result<StoredProduct, ProductRefusal>> {
  return placeAt(catalog, 'product', input, async (handle) => {
    const now = catalog.now();
    const composed = composeProduct(null, { ...input, handle }, composingAt(now));
    if (!composed.ok) return composed;
    const stored = await store(catalog, composed.value, null, now, also);
    // Nobody else can have changed a product whose id was made a moment ago.
    if (stored === 'version-conflict') throw new Error('A new product met an older version of itself');
    return stored;
  });
}

const products: Kind<StoredProduct> = { load: loadProduct, versionOf: ({ product }) => product.version };

/** `expected` decides whether the version found may be changed. */
export function editProduct(
  catalog: Catalog,
  key: string,
  input: ProductPatch,
  expected: (version: number) => boolean,
  also: AlsoCommit,
): Promise<Result<StoredProduct, ProductRefusal | EditRefusal>> {
  return editStored(catalog, products, key, expected, async (found) => {
    const now = catalog.now();
    const composed = composeProduct(found.product, input, composingAt(now));
    if (!composed.ok) return composed;
    return composed.value.isChanged ? store(catalog, composed.value, found, now, also) : accept(found);
  });
}

/** Answers the id of what it deleted. */
export function deleteProduct(
  catalog: Catalog,
  key: string,
  expected: (version: number) => boolean,
): Promise<Result<string, EditRefusal>> {
  return editStored(catalog, products, key, expected, async ({ product }) => {
    const now = catalog.now();
    await catalog.armRelay();
    const deleted = productDeleted(product, now, catalog.traceparent);
    const outcome = await removeProduct(catalog.db, product, deleted, now);
    catalog.variants.clear();
    return outcome === 'saved' ? accept(product.id) : 'version-conflict';
  });
}

async function store(
  catalog: Catalog,
  composition: Composition,
  before: StoredProduct | null,
  now: number,
  also: AlsoCommit,
): Promise<Result<StoredProduct, ProductRefusal> | 'version-conflict'> {
  const { product } = composition;
  const taken = takenIn(product, await namesakesOf(catalog, product));
  if (taken !== null) return taken;

  await Promise.all([openStock(catalog, composition.openings), catalog.armRelay()]);
  const stored = { product, stock: stockAfter(composition, before, now) };
  const events = [productChanged(product, catalog.traceparent)];
  const outcome = await saveProducts(catalog.db, [composition], events, now, also(stored));
  catalog.variants.clear();
  if (outcome === 'saved') return accept(stored);
  // Another request took the handle or a SKU between the check and the commit. The inventory learns the right owner of each SKU.
  const owners = await namesakesOf(catalog, product);
  await giveBack(catalog, product, owners);
  return outcome === 'version-conflict' ? outcome : (takenIn(product, owners) ?? 'version-conflict');
}

function namesakesOf({ db }: Catalog, { handle, variants }: Product): Promise<Namesakes> {
  return findNamesakes(
    db,
    [handle],
    variants.map(({ sku }) => sku),
  );
}

/** The first name of a product that another one has; null when all are free. */
function takenIn(product: Product, { products, skuOwners }: Namesakes) {
  const namesake = products.get(product.handle);
  if (namesake !== undefined && namesake.id !== product.id) return handleTaken(product.handle);
  const index = product.variants.findIndex(({ sku }) => (skuOwners.get(sku)?.productId ?? product.id) !== product.id);
  return index < 0 ? null : skuTaken(product.variants[index]?.sku ?? '', index);
}

/** Maps SKU codes in the inventory to their rightful units again, after a commit that was refused. */
async function giveBack(catalog: Catalog, product: Product, { skuOwners }: Namesakes): Promise<void> {
  const wronged = [...skuOwners.values()].filter(({ productId }) => productId !== product.id);
  await openStock(
    catalog,
    wronged.map(({ sku, stockUnitId, floor }) => ({ stockUnitId, sku, quantity: 0, floor })),
  );
}

/** What product pages will show right after the commit: opening stock of new units, known figures of the others. */
function stockAfter({ openings }: Composition, before: StoredProduct | null, now: number): StoredProduct['stock'] {
  const known = before?.stock ?? [];
  const units = new Set(known.map(({ stockUnitId }) => stockUnitId));
  const opened = openings.filter(({ stockUnitId }) => !units.has(stockUnitId));
  return [...known, ...opened.map(({ stockUnitId, quantity }) => ({ stockUnitId, available: quantity, asOf: now }))];
}

/** One product of any status with the newest known figures of its stock, by id or handle. */
export function readProduct({ db }: Catalog, key: string): Promise<StoredProduct | null> {
  return loadProduct(db, key);
}

/** One product that is for sale, by id or handle. */
export function showProduct({ db, pages }: Catalog, key: string, wish: Currency | null): Promise<ShownProduct | null> {
  return loadShown(db, pages, key, wish);
}

/** A page of what is for sale; null when the cursor is not one of this list. */
export function browse({ db, pages }: Catalog, list: ProductList): Promise<ListPage<ShownProduct> | null> {
  return listActiveProducts(db, pages, list);
}

/** All products, the last created first. */
export function listEvery(
  { db }: Catalog,
  status: Product['status'] | null,
  after: CreationKey | null,
  limit: number,
): Promise<StoredProduct[]> {
  return listAllProducts(db, status, after, limit);
}
