/**
 * The use cases of products. Stock is opened before the product that sells it is committed, so nobody can put into a cart
 * what the inventory does not know; a commit that fails leaves a stock unit that nothing names, which harms nobody.
 */
import type { ProductPatch, VariantPatch } from '../../../shared/contracts/catalog/products.ts';
import type { Statement } from '../../../shared/messaging/d1.ts';
import { accept, type Refusal, type Result, refuse } from '../../../shared/values/result.ts';
import { lostIngredients, namedIn, withBundles } from '../domain/bundles.ts';
import { composeProduct } from '../domain/compose.ts';
import { valuesOf } from '../domain/options.ts';
import {
  type Composing,
  type Composition,
  type Faulty,
  handleTaken,
  type Ingredient,
  type Product,
  type ProductRefusal,
  refuseFaults,
  skuTaken,
  type Variant,
  variantInBundle,
} from '../domain/product.ts';
import { variantsLost } from '../domain/variants.ts';
import type { PriceWish } from '../domain/view.ts';
import { productChanged, productDeleted } from '../store/announcements.ts';
import { bundlesWith, countedStock, findIngredients } from '../store/bundles.ts';
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
import { freeHandles, placeAt } from './addresses.ts';
import { type Catalog, newIdAt, openStock } from './catalog.ts';
import { type EditRefusal, editStored, type Kind } from './edits.ts';

/**
 * How the edit of a merchant is merged. The one variant of a product without options may go without a SKU: its code is then
 * `freeSku`.
 */
const composingAt = (now: number, ingredients: readonly Ingredient[], freeSku: string | null): Composing => ({
  now,
  ingredients,
  newId: newIdAt(now),
  quantityOfKnown: 'refused',
  defaultSku: (handle, { isOnly }) => (isOnly ? (freeSku ?? handle) : null),
});

/** The SKU of an only variant that was sent without one: the handle, with a number where another has that. Null where none is needed. */
async function freeSkuFor({ db }: Catalog, { variants }: ProductPatch, handle: string): Promise<string | null> {
  const [only] = variants ?? [];
  if (only === undefined || variants?.length !== 1 || only.sku !== undefined || only.id !== undefined) return null;
  const takenAmong = async (skus: readonly string[]) => new Set((await findNamesakes(db, [], skus)).skuOwners.keys());
  const [sku = null] = await freeHandles(takenAmong, [handle]);
  return sku;
}

/** How often a product is made anew while what its bundles are made of changes. */
const creationsMax = 5;

/** Statements that belong into the commit of a change, made once its outcome is known: a stored answer. */
type AlsoCommit = (stored: StoredProduct) => readonly Statement[];

export async function createProduct(
  catalog: Catalog,
  input: ProductPatch,
  also: AlsoCommit,
): Promise<Result<StoredProduct, ProductRefusal>> {
  return placeAt(catalog, 'product', input, async (handle) => {
    for (let attempt = 0; attempt < creationsMax; attempt += 1) {
      const now = catalog.now();
      const ingredients = await findIngredients(catalog.db, namedIn(input.variants));
      const freeSku = await freeSkuFor(catalog, input, handle);
      const composed = composeProduct(null, { ...input, handle }, composingAt(now, ingredients, freeSku));
      if (!composed.ok) return composed;
      const stored = await store(catalog, composed.value, null, now, also);
      // Another request took the SKU that was made up here: the next number is free.
      const isRivaled = freeSku !== null && stored !== 'version-conflict' && !stored.ok;
      if (isRivaled && stored.refusal.code === 'sku-taken') continue;
      // Nobody else can have changed a product whose id was made a moment ago: what its bundles are made of has changed.
      if (stored !== 'version-conflict') return stored;
    }
    throw new Error(`What a bundle is made of changed under every one of ${creationsMax} attempts`);
  });
}

const products: Kind<StoredProduct> = {
  name: 'product',
  load: loadProduct,
  versionOf: ({ product }) => product.version,
};

/** A list of variants that would take some away, by a request that names no version. */
type LossRefusal = Faulty<'precondition-required'>;

/** Which version a request may change; null where it names none. */
type Expected = ((version: number) => boolean) | null;
const anyVersion = () => true;

/** An edit that takes variants away has to name the version that it has seen. */
export function editProduct(
  catalog: Catalog,
  key: string,
  input: ProductPatch,
  expected: Expected,
  also: AlsoCommit,
): Promise<Result<StoredProduct, ProductRefusal | EditRefusal | LossRefusal>> {
  return editStored(catalog, products, key, expected ?? anyVersion, async (found): Edited<LossRefusal> => {
    const lost = expected === null ? variantsLost(found.product, input) : [];
    return lost.length === 0 ? edit(catalog, found, input, also) : lossRefusal(lost);
  });
}

function lossRefusal(lost: readonly Variant[]) {
  const named = lost.slice(0, 5).map(({ sku }) => `"${sku}"`);
  const more = lost.length > named.length ? ` and ${lost.length - named.length} more` : '';
  const detail = `This list would take away ${named.join(', ')}${more}. Send If-Match with the ETag that you have seen to do so, or change one variant at …/variants/{variant}.`;
  return refuse({ code: 'precondition-required', detail, errors: [{ pointer: '/variants', detail }] } as const);
}

interface OneVariantRefusal {
  readonly code: 'not-found';
  readonly detail: string;
}

/** Changes one variant, by id or SKU, or takes it away (null). The others stay as they are. */
export function editVariant(
  catalog: Catalog,
  { product, variant }: { readonly product: string; readonly variant: string },
  patch: VariantPatch | null,
  expected: Expected,
  also: AlsoCommit,
): Promise<Result<StoredProduct, ProductRefusal | EditRefusal | OneVariantRefusal>> {
  return editStored(catalog, products, product, expected ?? anyVersion, async (found): Edited<OneVariantRefusal> => {
    const { variants } = found.product;
    const named = variants.find(({ id, sku }) => id === variant || sku === variant);
    if (named === undefined) return refuse({ code: 'not-found', detail: `The product has no variant "${variant}".` });
    if (patch === null && variants.length === 1)
      return refuseFaults('invalid-input', [{ pointer: '', detail: 'It is the only one. Delete the product.' }]);
    const options = patch?.options === undefined ? {} : { options: { ...valuesOf(named), ...patch.options } };
    const kept = variants.flatMap(({ id }): VariantPatch[] =>
      id !== named.id ? [{ id }] : patch === null ? [] : [{ ...patch, ...options, id }],
    );
    return ofVariant(await edit(catalog, found, { variants: kept }, also), variants.indexOf(named));
  });
}

/** Adds a variant behind the others. */
export function addVariant(
  catalog: Catalog,
  key: string,
  variant: VariantPatch,
  expected: Expected,
  also: AlsoCommit,
): Promise<Result<StoredProduct, ProductRefusal | EditRefusal>> {
  return editStored(catalog, products, key, expected ?? anyVersion, async (found) => {
    const known = found.product.variants.map(({ id }): VariantPatch => ({ id }));
    return ofVariant(await edit(catalog, found, { variants: [...known, variant] }, also), known.length);
  });
}

/** A fault of another variant is one of the options here: the others were not sent, and do not go together with this one. */
function pointerInVariant(pointer: string, index: number): string {
  const [, at, field = ''] = /^\/variants\/(\d+)(.*)$/.exec(pointer) ?? [];
  if (at === undefined) return pointer;
  return Number(at) === index ? field : field.replace(/^(\/[^/]*).*$/, '$1');
}

/** What was found wrong with the one variant in the body, which is no list. */
function ofVariant(edited: Awaited<Edited>, index: number): Awaited<Edited> {
  if (edited === 'version-conflict' || edited.ok) return edited;
  const { refusal } = edited;
  const isTaken = refusal.code === 'sku-taken';
  const errors = refusal.errors.map(({ pointer, detail }) => ({
    // Of two variants with one SKU the list blames the later one; the body names it once.
    pointer: isTaken ? '/sku' : pointerInVariant(pointer, index),
    detail,
  }));
  return refuse({ ...refusal, errors });
}

/** How one attempt at an edit comes out. */
type Edited<No extends Refusal = never> = Promise<Result<StoredProduct, ProductRefusal | No> | 'version-conflict'>;

async function edit(catalog: Catalog, found: StoredProduct, input: ProductPatch, also: AlsoCommit): Edited {
  const now = catalog.now();
  const ingredients = await findIngredients(catalog.db, namedIn(input.variants));
  const freeSku = await freeSkuFor(catalog, input, input.handle ?? found.product.handle);
  const composed = composeProduct(found.product, input, composingAt(now, ingredients, freeSku));
  if (!composed.ok) return composed;
  const lost = await neededElsewhere(catalog, found.product, composed.value.product.variants);
  if (lost !== null) return lost;
  return composed.value.isChanged ? store(catalog, composed.value, found, now, also) : accept(found);
}

/** Answers the id of what it deleted. */
export function deleteProduct(
  catalog: Catalog,
  key: string,
  expected: (version: number) => boolean,
): Promise<Result<string, ProductRefusal | EditRefusal>> {
  return editStored(catalog, products, key, expected, async ({ product }) => {
    const lost = await neededElsewhere(catalog, product, []);
    if (lost !== null) return lost;
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

  await Promise.all([openStock(catalog, composition.openings), catalog.armRelay(), armIfListed(catalog)]);
  const stored = { product, stock: await stockAfter(catalog, composition, before, now) };
  const events = productChanged(product, catalog.traceparent);
  const outcome = await saveProducts(catalog.db, [composition], events, now, also(stored));
  catalog.variants.clear();
  if (outcome === 'saved') return accept(stored);
  // Another request took the handle or a SKU between the check and the commit. The inventory learns the right owner of each SKU.
  const owners = await namesakesOf(catalog, product);
  await giveBack(catalog, product, owners);
  return outcome === 'version-conflict' ? outcome : (takenIn(product, owners) ?? 'version-conflict');
}

/** Where price lists hold, the job looks at the prices that are charged for the product. */
async function armIfListed({ shelf, armJobs }: Catalog): Promise<void> {
  if (shelf.mayHoldLists) await armJobs();
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

/** The refusal to take a variant away of which another product's bundle is made; null where none is. */
async function neededElsewhere({ db }: Catalog, { id, variants: before }: Product, after: readonly Variant[]) {
  const lost = lostIngredients(before, after);
  const bundles = await bundlesWith(
    db,
    lost.map((variant) => variant.id),
  );
  const found = bundles.find(({ productId }) => productId !== id);
  if (found === undefined) return null;
  const { sku = '' } = lost.find((variant) => variant.id === found.variantId) ?? {};
  return variantInBundle({ sku, bundleSku: found.bundleSku });
}

/** What product pages will show right after the commit: opening stock of new units, known figures of the others. */
async function stockAfter(
  { db }: Catalog,
  { openings, product }: Composition,
  before: StoredProduct | null,
  now: number,
): Promise<StoredProduct['stock']> {
  const known = before?.stock ?? [];
  const units = new Set(known.map(({ stockUnitId }) => stockUnitId));
  const opened = openings.filter(({ stockUnitId }) => !units.has(stockUnitId));
  const figures = opened.map(({ stockUnitId, quantity: available }) => ({ stockUnitId, available, asOf: now }));
  const stock = [...known, ...figures];
  const named = product.variants.flatMap(({ components = [] }) => components.map(({ variantId }) => variantId));
  return named.length === 0 ? stock : withBundles(product, stock, await countedStock(db, named), now);
}

/** One product of any status with the newest known figures of its stock, by id or handle. */
export function readProduct({ db }: Catalog, key: string): Promise<StoredProduct | null> {
  return loadProduct(db, key);
}

/** One product that is for sale, by id or handle. */
export function showProduct({ db, pages }: Catalog, key: string, wish: PriceWish): Promise<ShownProduct | null> {
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
