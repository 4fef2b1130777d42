/**
 * Decides what a chunk of an imported file changes: for each product whether it is new, changed, unchanged or rejected, and
 * why. Reads the database once and writes nothing.
 */
import { NewProduct, ProductPatch } from '../../../shared/contracts/catalog/products.ts';
import { faultsOf } from '../../../shared/http/app.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { composeProduct } from '../domain/compose.ts';
import type { Composition, Fault, Product } from '../domain/product.ts';
import type { Columns } from '../domain/shopify-columns.ts';
import { type ReadProduct, readProduct } from '../domain/shopify-product.ts';
import type { RowFault } from '../domain/shopify-row.ts';
import { distinctSku, generatedSku } from '../domain/skus.ts';
import { findNamesakes } from '../store/products.ts';
import { type Catalog, newIdAt } from './catalog.ts';
import type { ProductGroup } from './csv/product-groups.ts';

export interface ImportedProduct {
  readonly handle: string;
  readonly rows: number;
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'rejected';
  readonly composition: Composition | null;
  readonly faults: readonly RowFault[];
}

interface ChunkRequest {
  readonly columns: Columns;
  readonly currency: Currency;
  readonly openingStock: number;
}

export async function importChunk(
  catalog: Catalog,
  groups: readonly ProductGroup[],
  request: ChunkRequest,
  now: number,
): Promise<ImportedProduct[]> {
  const read = groups.map((group) => ({ group, product: readProduct(group.rows, request.columns, request) }));
  const handles = read.map(({ product }) => product.handle);
  const skus = read.flatMap(({ product }) => wantedSkus(product));
  const { products, skuOwners } = await findNamesakes(catalog.db, handles, skus);
  const context: ChunkContext = {
    now,
    owners: new Map([...skuOwners.values()].map(({ sku, handle }) => [sku, handle])),
    handles: new Set(),
    newId: newIdAt(now),
  };
  return read.map(({ group, product }) => importOne(group, product, products.get(product.handle) ?? null, context));
}

interface ChunkContext {
  readonly now: number;
  /** The handle of the product that has a SKU, or was given it earlier in this chunk. */
  readonly owners: Map<string, string>;
  /** Handles given earlier in this chunk: two different ones in the file may become the same address. */
  readonly handles: Set<string>;
  readonly newId: ReturnType<typeof newIdAt>;
}

function importOne(
  group: ProductGroup,
  read: ReadProduct,
  before: Product | null,
  context: ChunkContext,
): ImportedProduct {
  const line = group.rows[0]?.line ?? 0;
  const rejected = (faults: readonly RowFault[]): ImportedProduct => ({
    handle: group.handle,
    rows: group.rowsTotal,
    outcome: 'rejected',
    composition: null,
    faults: faults.filter(({ severity }) => severity === 'rejected'),
  });
  const because = (column: string | null, reason: string) => rejected([{ line, column, severity: 'rejected', reason }]);
  if (group.fault !== null) return because('Handle', group.fault);
  if (context.handles.has(read.handle))
    return because('Handle', `Another product of this file has the address "${read.handle}".`);
  if (read.faults.some(({ severity }) => severity === 'rejected')) return rejected(read.faults);

  const faults = [...read.faults];
  const input = withOwnSkus(read, context, faults);
  const checked = (before === null ? NewProduct : ProductPatch).safeParse(input);
  if (!checked.success) return rejected(faultsOf(checked.error).map((fault) => locate(fault, read, line)));
  const composed = composeProduct(before, checked.data, {
    now: context.now,
    newId: context.newId,
    quantityOfKnown: 'ignored',
    defaultSku: (handle, { values, isOnly }) => {
      const sku = generatedSku(handle, values, isOnly);
      return (context.owners.get(sku) ?? handle) === handle ? sku : distinctSku(sku, handle, values);
    },
  });
  if (!composed.ok) {
    const { refusal } = composed;
    return rejected(refusal.errors.map((fault) => locate(fault, read, line)));
  }
  context.handles.add(read.handle);
  for (const { sku } of composed.value.product.variants) context.owners.set(sku, read.handle);
  const outcome = before === null ? 'created' : composed.value.isChanged ? 'updated' : 'unchanged';
  return { handle: group.handle, rows: group.rowsTotal, outcome, composition: composed.value, faults };
}

/** Gives a variant another SKU where its own is taken, and reports that. Blank ones are filled in later (`defaultSku`). */
function withOwnSkus(read: ReadProduct, { owners }: ChunkContext, faults: RowFault[]): ProductPatch {
  const used = new Set<string>();
  const variants = (read.input.variants ?? []).map((variant, index) => {
    const { sku } = variant;
    if (sku === undefined) return variant;
    const owner = owners.get(sku) ?? read.handle;
    if (owner === read.handle && !used.has(sku)) {
      used.add(sku);
      return variant;
    }
    const distinct = distinctSku(sku, read.handle, Object.values(variant.options ?? {}));
    const whose = owner === read.handle ? 'another variant of this product' : `the product "${owner}"`;
    faults.push({
      line: read.variantLines[index] ?? 0,
      column: 'Variant SKU',
      severity: 'adjusted',
      reason: `The SKU "${sku}" belongs to ${whose}; "${distinct}" is used instead.`,
    });
    used.add(distinct);
    return { ...variant, sku: distinct };
  });
  return { ...read.input, variants };
}

/** Every SKU that a product may come to want, so that their owners are known. */
function wantedSkus({ handle, input }: ReadProduct): string[] {
  const variants = input.variants ?? [];
  return variants.map(({ sku, options }) => {
    const values = Object.values(options ?? {});
    const isOnly = variants.length === 1 && (values.length === 0 || values[0] === 'Default Title');
    return sku ?? generatedSku(handle, values, isOnly);
  });
}

const columnOf: Readonly<Record<string, string>> = {
  handle: 'Handle',
  title: 'Title',
  descriptionHtml: 'Body (HTML)',
  vendor: 'Vendor',
  type: 'Type',
  tags: 'Tags',
  status: 'Status',
  seo: 'SEO Title',
  sku: 'Variant SKU',
  price: 'Variant Price',
  prices: 'Variant Price',
  compareAtPrice: 'Variant Compare At Price',
  weightGrams: 'Variant Grams',
  quantity: 'Variant Inventory Qty',
  policy: 'Variant Inventory Policy',
  barcode: 'Variant Barcode',
  imageUrl: 'Variant Image',
  options: 'Option1 Value',
  url: 'Image Src',
  altText: 'Image Alt Text',
};

/** Finds the line and column that a fault in the input came from. */
function locate({ pointer, detail }: Fault, read: ReadProduct, line: number): RowFault {
  const [, part, index, field] = pointer.split('/');
  const lines = part === 'variants' ? read.variantLines : part === 'images' ? read.imageLines : [];
  const name = part === 'variants' || part === 'images' ? (field ?? '') : (part ?? '');
  return { line: lines[Number(index)] ?? line, column: columnOf[name] ?? null, severity: 'rejected', reason: detail };
}
