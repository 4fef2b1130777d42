/**
 * Decides what a chunk of an imported file changes: for each product whether it is new, changed, unchanged or rejected, and
 * why. A file and the shop know a product by the file's own handle, whatever its address is. Writes nothing.
 */
import { NewProduct, ProductPatch } from '../../../shared/contracts/catalog/products.ts';
import { readWith } from '../../../shared/http/faults.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { text, toHandle } from '../../../shared/values/text.ts';
import { asKept, asKeptVariant } from '../domain/as-written.ts';
import { namedIn } from '../domain/bundles.ts';
import { composeProduct } from '../domain/compose.ts';
import { changesOf } from '../domain/import-changes.ts';
import { locate } from '../domain/import-faults.ts';
import type { ImportedProduct } from '../domain/imported-product.ts';
import { type Product, stockUnitOf } from '../domain/product.ts';
import type { Columns } from '../domain/shopify-columns.ts';
import { countedUnits } from '../domain/shopify-export.ts';
import { mergedFields } from '../domain/shopify-metafields.ts';
import { type ReadProduct, readProduct } from '../domain/shopify-product.ts';
import type { RowFault } from '../domain/shopify-row.ts';
import { distinctSku, generatedSku } from '../domain/skus.ts';
import { matchVariants } from '../domain/variants.ts';
import { findImported } from '../store/products.ts';
import { freeHandles } from './addresses.ts';
import { type Catalog, newIdAt, onHandOf } from './catalog.ts';
import type { ProductGroup } from './csv/product-groups.ts';
import { type Ingredients, ingredientsOf, noteIngredients, withoutBroken } from './import-bundles.ts';
import { ownersOf, type SkuOwners, takenAmong } from './import-surroundings.ts';

const importHandleLengthMax = 255;
const ImportHandle = text(importHandleLengthMax);

interface ChunkRequest {
  readonly columns: Columns;
  readonly currency: Currency;
  readonly openingStock: number;
  /** What quantities of variants that exist mean. */
  readonly stock: 'ignore' | 'set' | 'add';
  /** Whether the chunk was tried before: its quantities may be set already, and then a comparison would hide them. */
  readonly isAgain: boolean;
  /** The import, where it is a dry run: its earlier chunks are not in the database. */
  readonly dryRunId: string | null;
}

export async function importChunk(
  catalog: Catalog,
  groups: readonly ProductGroup[],
  request: ChunkRequest,
  now: number,
): Promise<ImportedProduct[]> {
  const { dryRunId } = request;
  const read = groups.map((group) => ({
    group,
    product: readProduct(group.rows, request.columns, request),
  }));
  const known = await findImported(
    catalog.db,
    groups.map(({ handle }) => handle),
  );
  const fresh = read.filter(({ group }) => isTakable(group) && !known.has(group.handle));
  const free = await freeHandles(
    (candidates) => takenAmong(catalog.db, dryRunId, candidates),
    fresh.map(({ group }) => toHandle(group.handle)),
  );
  const addresses = new Map(fresh.map(({ group }, index) => [group.handle, free[index] ?? '']));
  const placed = read.map(({ group, product }): Placing => {
    const before = known.get(group.handle) ?? null;
    return { group, read: product, before, address: before?.handle ?? addresses.get(group.handle) ?? '' };
  });
  const owners = await ownersOf(catalog.db, dryRunId, placed.flatMap(wantedSkus));
  const named = placed.flatMap(({ read: { input } }) => namedIn(input.variants).skus);
  const ingredients = await ingredientsOf(catalog.db, dryRunId, [...new Set(named)]);
  const isCompared = request.stock === 'set' && !request.isAgain;
  const onHand = await onHandOf(catalog, isCompared ? [...known.values()].flatMap(countedUnits) : []);
  const context: ChunkContext = { now, stock: request.stock, onHand, owners, ingredients, newId: newIdAt(now) };
  // Bundles last: what they are made of may stand below them.
  const isBundle = ({ read: { input } }: Placing) => namedIn(input.variants).skus.length > 0;
  const inTurn = [...placed.filter((one) => !isBundle(one)), ...placed.filter(isBundle)];
  const imported = new Map(inTurn.map((placing) => [placing, importOne(placing, context)]));
  return withoutBroken(
    catalog,
    dryRunId,
    placed.flatMap((placing) => imported.get(placing) ?? []),
  );
}

/** The rows of a product, and where the product is or will be. */
interface Placing {
  readonly group: ProductGroup;
  readonly read: ReadProduct;
  /** The product that the file means by this handle; null when it is new. */
  readonly before: Product | null;
  readonly address: string;
}

interface ChunkContext {
  readonly now: number;
  readonly stock: ChunkRequest['stock'];
  readonly onHand: ReadonlyMap<string, number>;
  /** Beside those found, the products that were given a SKU earlier in this chunk. */
  readonly owners: SkuOwners;
  /** What bundles may be made of, by SKU: as it is behind the products that came earlier in this chunk. */
  readonly ingredients: Ingredients;
  readonly newId: ReturnType<typeof newIdAt>;
}

function isTakable({ handle, fault }: ProductGroup): boolean {
  return fault === null && ImportHandle.safeParse(handle).success;
}

function importOne(placing: Placing, context: ChunkContext): ImportedProduct {
  const { group, read, before, address } = placing;
  const line = group.rows[0]?.line ?? 0;
  const rejected = (faults: readonly RowFault[]): ImportedProduct => ({
    handle: group.handle,
    line,
    rows: group.rowsTotal,
    outcome: 'rejected',
    composition: null,
    changes: [],
    counted: [],
    faults: faults.filter(({ severity }) => severity === 'rejected'),
  });
  const because = (reason: string) => rejected([{ line, column: 'Handle', severity: 'rejected', reason }]);
  if (group.fault !== null) return because(group.fault);
  if (read.faults.some(({ severity }) => severity === 'rejected')) return rejected(read.faults);
  if (!isTakable(group)) return because(`A handle is at most ${importHandleLengthMax} characters of text.`);

  const faults = [...read.faults];
  const isAsTitled = group.handle === read.input.title?.normalize('NFC') && address === toHandle(group.handle);
  if (before === null && address !== group.handle && !isAsTitled)
    faults.push({ line, column: 'Handle', severity: 'adjusted', reason: movedReason(group.handle, address) });
  const own = before?.id ?? null;
  if (group.apartAtLine !== undefined)
    faults.push({
      line: group.apartAtLine,
      column: 'Handle',
      severity: 'adjusted',
      reason: `From here on, rows of "${group.handle}" stand apart from its first one; they were put together.`,
    });
  const described = withFields(placing, withKnown(before, withOwnSkus(placing, context, faults)));
  const input = { ...withKnownValues(before, described), ...(before === null ? { handle: address } : {}) };
  const checked = readWith(before === null ? NewProduct : ProductPatch, input);
  if (!checked.isRead) return rejected(checked.faults.map((fault) => locate(fault, read, line)));
  const used = new Set(checked.value.variants?.map(({ sku }) => sku));
  const composed = composeProduct(before, checked.value, {
    now: context.now,
    newId: context.newId,
    // An id is what an export calls a product whose address is another one's name in files: it stays without a name.
    ...(group.handle === own ? {} : { importHandle: group.handle }),
    ingredients: [...context.ingredients.values()],
    quantityOfKnown: 'ignored',
    defaultSku: (handle, { values, isOnly }) => {
      const wanted = generatedSku(handle, values, isOnly);
      const owner = context.owners.get(wanted);
      const isFree = !used.has(wanted) && (owner === undefined || owner.productId === own);
      const sku = isFree ? wanted : distinctSku(wanted, handle, values);
      used.add(sku);
      return sku;
    },
  });
  if (!composed.ok) {
    const { refusal } = composed;
    return rejected(refusal.errors.map((fault) => locate(fault, read, line)));
  }
  const { product } = composed.value;
  for (const { sku } of product.variants) context.owners.set(sku, { productId: product.id, handle: product.handle });
  noteIngredients(context.ingredients, composed.value);
  const outcome = before === null ? 'created' : isSame(before, product) ? 'unchanged' : 'updated';
  const counted = countedIn(before, product, read);
  const { handle, rowsTotal: rows } = group;
  const { openings } = composed.value;
  const { variantLines } = read;
  const { stock, onHand } = context;
  const changes = changesOf({ before, after: product, openings, counted, stock, onHand, handle, line, variantLines });
  return { handle, line, rows, outcome, composition: composed.value, faults, changes, counted };
}

/** A file that says what the cells of the product say already changes nothing. */
function withKnown(before: Product | null, input: ProductPatch): ProductPatch {
  const matched = matchVariants(before, input.variants ?? []);
  if (before === null || !matched.ok) return input;
  const variants = input.variants?.map((patch, index) => {
    const known = matched.value[index] ?? null;
    return known === null ? patch : asKeptVariant(known, patch);
  });
  return asKept(before, { ...input, variants });
}

/** What a file says in columns that the shop has no field for, beside what is kept already. */
function withFields({ read: { fields }, before }: Placing, input: ProductPatch): ProductPatch {
  if (fields.product.length === 0 && fields.variants.every((some) => some.length === 0)) return input;
  const variants = input.variants ?? [];
  const matched = matchVariants(before, variants);
  const metafields = mergedFields(before?.metafields, fields.product);
  return {
    ...input,
    metafields,
    variants: variants.map((variant, index) => {
      const written = fields.variants[index] ?? [];
      const known = matched.ok ? matched.value[index]?.metafields : undefined;
      return written.length === 0 ? variant : { ...variant, metafields: mergedFields(known, written) };
    }),
  };
}

/** Variants are composed in the order of their rows. */
function countedIn(before: Product | null, after: Product, { quantities }: ReadProduct): ImportedProduct['counted'] {
  const known = new Set(before?.variants.map(({ id }) => id));
  return after.variants.flatMap(({ id, tracked, components }, index) => {
    const quantity = quantities[index] ?? null;
    const isCounted = known.has(id) && tracked !== false && components === undefined;
    return isCounted && quantity !== null ? [{ stockUnitId: stockUnitOf(id), quantity }] : [];
  });
}

/** A file names no order of option values: those that the product has keep theirs, and new ones come behind them. */
function withKnownValues(before: Product | null, input: ProductPatch): ProductPatch {
  if (before === null || input.options === undefined) return input;
  const options = input.options.map((option) => {
    const known = before.options.find(({ name }) => name === option.name)?.values ?? [];
    const used = new Set(input.variants?.flatMap(({ options: chosen }) => chosen?.[option.name] ?? []));
    const values = [...new Set([...known.filter((value) => used.has(value)), ...used])];
    return values.length === 0 ? option : { ...option, values };
  });
  return { ...input, options };
}

/** A product that was made by hand is the same after a file has only told how it calls it. */
function isSame(before: Product, after: Product): boolean {
  const { version, updatedAt } = before;
  const { importHandle } = before.importHandle === undefined ? before : after;
  return JSON.stringify({ ...after, importHandle, version, updatedAt }) === JSON.stringify(before);
}

function movedReason(written: string, address: string): string {
  return toHandle(written) === written
    ? `The address "${written}" is taken; "${address}" is used instead.`
    : `"${written}" cannot be an address; "${address}" is used instead.`;
}

/** Gives a variant another SKU where its own is taken, and reports that. Blank ones are filled in later (`defaultSku`). */
function withOwnSkus({ read, before, address }: Placing, { owners }: ChunkContext, faults: RowFault[]): ProductPatch {
  const used = new Set<string>();
  const variants = (read.input.variants ?? []).map((variant, index) => {
    const { sku } = variant;
    if (sku === undefined) return variant;
    const owner = owners.get(sku);
    const isOwn = owner === undefined || owner.productId === before?.id;
    if (isOwn && !used.has(sku)) {
      used.add(sku);
      return variant;
    }
    const distinct = distinctSku(sku, address, Object.values(variant.options ?? {}));
    const whose = isOwn ? 'another variant of this product' : `the product "${owner.handle}"`;
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
function wantedSkus({ read, address }: Placing): string[] {
  const variants = read.input.variants ?? [];
  return variants.map(({ sku, options }) => {
    const values = Object.values(options ?? {});
    const isOnly = variants.length === 1 && (values.length === 0 || values[0] === 'Default Title');
    return sku ?? generatedSku(address, values, isOnly);
  });
}
