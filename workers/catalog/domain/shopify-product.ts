/**
 * Turns the consecutive rows of one product into the input that the admin API takes, so that an imported product obeys the
 * same rules as any other. Each fault names its line and column. A product is imported whole or not at all.
 */
import type { ProductPatch, VariantPatch } from '../../../shared/contracts/catalog/products.ts';
import { type Currency, Currency as CurrencyCode, type Money } from '../../../shared/values/money.ts';
import { tagsIn } from './as-written.ts';
import { bundleIn } from './bundle-cells.ts';
import { cardCellFaults } from './card-cells.ts';
import { checkTitle, withoutRepeated } from './shopify-choices.ts';
import type { Columns } from './shopify-columns.ts';
import { keepable, type WrittenField, writtenFields } from './shopify-metafields.ts';
import { type ImportRow, optionNumbers, Row, type RowFault } from './shopify-row.ts';
import { isTrue, statusNames } from './shopify-translations.ts';

interface ImportSettings {
  /** Of the columns "Variant Price" and "Variant Compare At Price". */
  readonly currency: Currency;
  /** Opening stock of new variants that state none. */
  readonly openingStock: number;
  /** What quantities of variants that exist mean. */
  readonly stock: 'ignore' | 'set' | 'add';
}

/** What a group of rows says. Limits and formats are checked later, by the schema of the admin API. */
export interface ReadProduct {
  readonly input: ProductPatch;
  /** The line that each variant and each image of the input came from. */
  readonly variantLines: readonly number[];
  readonly imageLines: readonly number[];
  /** What the columns say that the shop has no field for; an entry per variant. */
  readonly fields: {
    readonly product: readonly WrittenField[];
    readonly variants: readonly (readonly WrittenField[])[];
  };
  /** The quantity that the row of each variant states; null where it states none. */
  readonly quantities: readonly (number | null)[];
  readonly faults: readonly RowFault[];
}

const variantColumns = ['Option1 Value', 'Variant SKU', 'Variant Price'] as const;

/** Reads the rows of one product; there is at least one. */
export function readProduct(group: readonly ImportRow[], columns: Columns, settings: ImportSettings): ReadProduct {
  const faults: RowFault[] = [...misshapen(group, columns), ...cardCellFaults(group, columns)];
  // When a row has too many or too few cells, its values are in the wrong columns: no other fault is reported for it.
  const rows = faults.length > 0 ? [] : group.map((row) => new Row(row, columns, faults));
  const [first] = rows;
  if (first === undefined)
    return {
      input: {},
      variantLines: [],
      imageLines: [],
      fields: { product: [], variants: [] },
      quantities: [],
      faults,
    };
  const isNamed = first.filled('Handle') !== undefined || first.filled('Title') !== undefined;
  if (!isNamed) first.reject('Handle', 'The row has neither a handle nor a title.');
  const isParent = isParentOf(first, rows);
  if (isParent)
    first.adjust('Option1 Value', 'The first row chooses no option value: it describes the product and is no variant.');
  const candidates = rows.filter((row, index) => (index === 0 ? !isParent : isVariant(row)));
  checkTitle(first, rows, candidates);
  const variantRows = withoutRepeated(candidates);
  const names = optionNumbers.map((number) => first.filled(`Option${number} Name`));
  const variants = variantRows.map((row) => readVariant(row, names, settings));
  const images = readImages(rows);
  const given = names.filter((name) => name !== undefined);
  const tags = first.text('Tags');
  const input: ProductPatch = {
    title:
      first.filled('Title') ??
      (isNamed ? first.reject('Title', 'The first row of a product has no title.') : undefined) ??
      '',
    ...present('descriptionHtml', first.text('Body (HTML)')),
    ...present('vendor', first.text('Vendor')),
    ...present('type', first.text('Type')),
    ...present('tags', tags === undefined ? undefined : tagsIn(tags)),
    ...present('status', readStatus(first)),
    ...present('isGiftCard', first.flag('Gift Card')),
    ...(given.length > 0 ? { options: given.map((name) => ({ name })) } : {}),
    variants,
    ...present(
      'images',
      images?.map(({ image }) => image),
    ),
    ...present('seo', readSeo(first)),
  };
  return {
    input,
    variantLines: variantRows.map(({ line }) => line),
    imageLines: images?.map(({ line }) => line) ?? [],
    fields: readFields(group, variantRows, columns, faults),
    quantities: variantRows.map((row) => quantityIn(row)),
    faults,
  };
}

function readFields(
  group: readonly ImportRow[],
  variantRows: readonly Row[],
  { metafields }: Columns,
  faults: RowFault[],
): ReadProduct['fields'] {
  const [first] = group;
  if (first === undefined || metafields.length === 0) return { product: [], variants: [] };
  const lines = new Set(variantRows.map(({ line }) => line));
  const rows = group.filter(({ line }) => lines.has(line));
  const { product, variants } = writtenFields(first, rows, metafields);
  return {
    product: keepable(product, first.line, faults),
    variants: variants.map((fields, index) => keepable(fields, rows[index]?.line ?? first.line, faults)),
  };
}

/** What is stated, as far as it can be read. */
function quantityIn(row: Row): number | null {
  const text = row.filled('Variant Inventory Qty');
  return text !== undefined && /^-?\d{1,10}$/.test(text) ? Math.max(0, Number(text)) : null;
}

function misshapen(group: readonly ImportRow[], { width }: Columns): RowFault[] {
  return group
    .filter(({ cells }) => cells.length !== width)
    .map(({ line, cells }) => ({
      line,
      column: null,
      severity: 'rejected' as const,
      reason: `The row has ${cells.length} cells, the header has ${width}.`,
    }));
}

/** A field that is left out when there is nothing to say about it. */
function present<Name extends string, Value>(name: Name, value: Value | undefined): { [key in Name]?: Value } {
  const field: { [key in Name]?: Value } = {};
  if (value !== undefined) field[name] = value;
  return field;
}

/** Some systems write a product into a row of its own, without a value of any option, and each variant behind it. */
function isParentOf(first: Row, rows: readonly Row[]): boolean {
  const choosesNothing = optionNumbers.every((number) => first.filled(`Option${number} Value`) === undefined);
  return choosesNothing && first.filled('Option1 Name') !== undefined && rows.slice(1).some(isVariant);
}

/** Rows behind the first may also carry nothing but one more image. */
function isVariant(row: Row): boolean {
  return variantColumns.some((name) => row.filled(name) !== undefined);
}

function readVariant(row: Row, names: readonly (string | undefined)[], settings: ImportSettings): VariantPatch {
  const options: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const column = `Option${optionNumbers[index] ?? 1} Value` as const;
    const value = row.filled(column);
    if (name !== undefined && value !== undefined) options[name] = value;
    if (name !== undefined && value === undefined) row.reject(column, `The variant chooses no "${name}".`);
    if (name === undefined && value !== undefined)
      row.reject(column, 'There is a value, but the first row names no such option.');
  }
  const currency = readCurrency(row) ?? settings.currency;
  const price = row.price('Variant Price', row.filled('Variant Price'), currency);
  if (row.filled('Variant Price') === undefined) row.reject('Variant Price', 'The variant has no price.');
  const compareAtPrice = row.price('Variant Compare At Price', row.filled('Variant Compare At Price'), currency);
  return {
    ...present('sku', row.filled('Variant SKU')),
    ...(Object.keys(options).length > 0 ? { options } : {}),
    ...present('price', price),
    ...(row.statesPrices ? { prices: row.otherPrices() } : {}),
    ...(row.text('Variant Compare At Price') === undefined
      ? {}
      : { compareAtPrice: wasDearer(compareAtPrice) ? compareAtPrice : null }),
    ...present('weightGrams', readGrams(row)),
    quantity: readQuantity(row, settings) ?? settings.openingStock,
    ...present('policy', readPolicy(row)),
    ...(row.text('Variant Inventory Tracker') === undefined
      ? {}
      : { tracked: row.filled('Variant Inventory Tracker') !== undefined }),
    ...(row.text('Variant Barcode') === undefined ? {} : { barcode: row.filled('Variant Barcode') ?? null }),
    ...(row.text('Variant Image') === undefined ? {} : { imageUrl: row.filled('Variant Image') ?? null }),
    ...present('taxable', row.flag('Variant Taxable')),
    ...present('requiresShipping', row.flag('Variant Requires Shipping')),
    ...present('components', readComponents(row)),
    ...present('taxClass', row.filled('Tax class')),
    ...present('shippingProfile', row.filled('Shipping profile')),
  };
}

/** Spreadsheets and other shops write 0 where there is no former price. */
const wasDearer = (compareAtPrice: Money | undefined) => compareAtPrice !== undefined && compareAtPrice.amount > 0;

/** A bundle stays one where the cell is blank: without its components it would be sold without end. */
function readComponents(row: Row): VariantPatch['components'] {
  const text = row.filled('Bundle components');
  if (text === undefined) return undefined;
  const reason = `"${text}" names no components: write them as "SKU x 2; OTHER-SKU x 1".`;
  return bundleIn(text) ?? row.reject('Bundle components', reason);
}

/** The one of the row, where a file of ours says it. */
function readCurrency(row: Row): Currency | undefined {
  const text = row.filled('Variant Price Currency');
  if (text === undefined) return undefined;
  const currency = CurrencyCode.safeParse(text.toUpperCase());
  return currency.success
    ? currency.data
    : row.reject('Variant Price Currency', `"${text}" is not a currency that prices may be in.`);
}

function readGrams(row: Row): number | undefined {
  const text = row.filled('Variant Grams');
  if (text === undefined) return row.text('Variant Grams') === undefined ? undefined : 0;
  return /^\d{1,9}(?:\.\d+)?$/.test(text)
    ? Math.round(Number(text))
    : row.reject('Variant Grams', `"${text}" is not a weight in grams.`);
}

function readQuantity(row: Row, { stock }: ImportSettings): number | undefined {
  const text = row.filled('Variant Inventory Qty');
  if (text === undefined) return undefined;
  if (!/^-?\d{1,10}$/.test(text)) return row.reject('Variant Inventory Qty', `"${text}" is not a whole number.`);
  const quantity = Number(text);
  if (quantity < 0)
    row.adjust(
      'Variant Inventory Qty',
      stock === 'add'
        ? `${text} is read as 0: an import that adds to the stock takes nothing away.`
        : `${text} is read as 0: goods owed elsewhere are not owed here.`,
    );
  return Math.max(0, quantity);
}

function readPolicy(row: Row): 'deny' | 'continue' | undefined {
  const written = row.filled('Variant Inventory Policy');
  const text = written?.toLowerCase();
  if (text === undefined || text === 'deny' || text === 'continue') return text;
  const isContinued = isTrue(text);
  if (isContinued !== undefined) return isContinued ? 'continue' : 'deny';
  return row.reject('Variant Inventory Policy', `"${written}" is neither DENY nor CONTINUE.`);
}

/** `Status` decides, except that nothing is sold which the file publishes nowhere; where it says nothing, `Published` does. */
function readStatus(first: Row): 'active' | 'draft' | 'archived' | undefined {
  const written = first.filled('Status')?.normalize('NFC').toLowerCase();
  const status = written === undefined || !Object.hasOwn(statusNames, written) ? undefined : statusNames[written];
  if (written !== undefined && status === undefined)
    return first.reject('Status', `"${written}" is neither active, draft nor archived.`);
  if (status === 'draft' || status === 'archived') return status;
  const isPublished = first.flag('Published');
  if (status === 'active' && isPublished === false) {
    first.adjust('Published', 'It is active but not published in the online store: it is a draft, and nobody sees it.');
    return 'draft';
  }
  if (written === 'unlisted')
    first.adjust('Status', 'The shop has no unlisted products: it is active, and lists show it like any other.');
  return status !== undefined ? status : isPublished === undefined ? undefined : isPublished ? 'active' : 'draft';
}

function readSeo(first: Row): ProductPatch['seo'] | undefined {
  if (first.text('SEO Title') === undefined && first.text('SEO Description') === undefined) return undefined;
  const seo = { title: first.filled('SEO Title') ?? null, description: first.filled('SEO Description') ?? null };
  return seo.title === null && seo.description === null ? null : seo;
}

type ReadImage = {
  readonly line: number;
  readonly position: number;
  readonly image: { url: string; altText: string | null };
};

/** Images in the order of their positions; one that is named again is the same image. */
function readImages(rows: readonly Row[]): ReadImage[] | undefined {
  if (rows[0]?.text('Image Src') === undefined) return undefined;
  const images: ReadImage[] = [];
  for (const row of rows) {
    const url = row.filled('Image Src');
    if (url === undefined || images.some(({ image }) => image.url === url)) continue;
    const text = row.filled('Image Position');
    if (text !== undefined && !/^\d{1,6}$/.test(text)) row.reject('Image Position', `"${text}" is not a position.`);
    const position = text === undefined ? Number.MAX_SAFE_INTEGER : Number(text);
    images.push({ line: row.line, position, image: { url, altText: row.filled('Image Alt Text') ?? null } });
  }
  return images.sort((a, b) => a.position - b.position);
}
