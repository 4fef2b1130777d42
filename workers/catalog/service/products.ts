/**
 * The use cases of products. Stock is opened before the product that sells it is committed, so nobody can put into a cart
 * what the inventory does not know; a commit that fails leaves a stock unit that nothing names, which harms nobody.
 */
import type { ProductPatch } from '../../../shared/contracts/catalog/products.ts';
import type { Statement } from '../../../shared/messaging/d1.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import { composeProduct } from '../domain/compose.ts';
import { type Composition, handleTaken, type Product, type ProductRefusal, skuTaken } from '../domain/product.ts';
import { productDeleted } from '../store/announcements.ts';
import {
  type AllProductsList,
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
import { type Catalog, newIdAt, openStock, traceOf } from './catalog.ts';

type EditRefusal =
  | ProductRefusal
  | { readonly code: 'not-found' }
  | { readonly code: 'precondition-failed'; readonly version: number };

/** Of several writers one wins each round, so this is also how many may edit one product at the same moment. */
const attemptsMax = 25;

/** The one variant of a product without options may go without a SKU: then the handle is its code. */
const defaultSku = (handle: string, { isOnly }: { readonly isOnly: boolean }) => (isOnly ? handle : null);

/** Statements that belong into the commit of a change, made once its outcome is known: a stored answer. */
type AlsoCommit = (stored: StoredProduct) => readonly Statement[];

export async function createProduct(
  catalog: Catalog,
  input: ProductPatch,
  also: AlsoCommit,
): Promise<Result<StoredProduct, ProductRefusal>> {
  const now = catalog.now();
  const composed = composeProduct(null, input, { now, newId: newIdAt(now), quantityOfKnown: 'refused', defaultSku });
  if (!composed.ok) return composed;
  const stored = await store(catalog, composed.value, null, now, also);
  // Nobody else can have changed a product whose id was made a moment ago.
  if (stored === 'version-conflict') throw new Error('A new product met an older version of itself');
  return stored;
}

/** `expected` decides whether the version found may be changed; without it the newest is. */
export async function editProduct(
  catalog: Catalog,
  key: string,
  input: ProductPatch,
  expected: (version: number) => boolean,
  also: AlsoCommit,
): Promise<Result<StoredProduct, EditRefusal>> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const found = await loadProduct(catalog.db, key);
    if (found === null) return refuse({ code: 'not-found' });
    if (!expected(found.product.version))
      return refuse({ code: 'precondition-failed', version: found.product.version });
    const now = catalog.now();
    const composed = composeProduct(found.product, input, {
      now,
      newId: newIdAt(now),
      quantityOfKnown: 'refused',
      defaultSku,
    });
    if (!composed.ok) return composed;
    if (!composed.value.isChanged) return accept(found);
    const stored = await store(catalog, composed.value, found, now, also);
    if (stored !== 'version-conflict') return stored;
  }
  throw new Error(`The product ${key} changed under every one of ${attemptsMax} attempts`);
}

/** Answers the id of what it deleted. */
export async function deleteProduct(
  catalog: Catalog,
  key: string,
  expected: (version: number) => boolean,
): Promise<
  Result<string, { readonly code: 'not-found' } | { readonly code: 'precondition-failed'; readonly version: number }>
> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const found = await loadProduct(catalog.db, key);
    if (found === null) return refuse({ code: 'not-found' });
    if (!expected(found.product.version))
      return refuse({ code: 'precondition-failed', version: found.product.version });
    const now = catalog.now();
    await catalog.armRelay();
    const outcome = await removeProduct(
      catalog.db,
      found.product,
      productDeleted(found.product, now, catalog.traceparent),
      now,
    );
    catalog.variants.clear();
    if (outcome === 'saved') return accept(found.product.id);
  }
  throw new Error(`The product ${key} changed under every one of ${attemptsMax} attempts`);
}

async function store(
  catalog: Catalog,
  composition: Composition,
  before: StoredProduct | null,
  now: number,
  also: AlsoCommit,
): Promise<Result<StoredProduct, ProductRefusal> | 'version-conflict'> {
  const { product } = composition;
  const namesakes = await findNamesakes(
    catalog.db,
    [product.handle],
    product.variants.map(({ sku }) => sku),
  );
  const taken = takenIn(product, namesakes);
  if (taken !== null) return taken;

  await Promise.all([openStock(catalog, composition.openings), catalog.armRelay()]);
  const stored = { product, stock: stockAfter(composition, before, now) };
  const outcome = await saveProducts(catalog.db, [composition], { now, ...traceOf(catalog) }, also(stored));
  catalog.variants.clear();
  if (outcome === 'saved') return accept(stored);
  // Another request took the handle or a SKU between the check and the commit. The inventory learns the right owner of each SKU.
  const owners = await findNamesakes(
    catalog.db,
    [product.handle],
    product.variants.map(({ sku }) => sku),
  );
  await giveBack(catalog, product, owners);
  return outcome === 'version-conflict' ? outcome : (takenIn(product, owners) ?? 'version-conflict');
}

/** The first name of a product that another one has; null when all are free. */
function takenIn(product: Product, { products, skuOwners }: Namesakes): ReturnType<typeof handleTaken> | null {
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

/** A page of all products; null when the cursor is not one of this list. */
export function listEvery({ db }: Catalog, list: AllProductsList): Promise<ListPage<StoredProduct> | null> {
  return listAllProducts(db, list);
}
