/**
 * The columns of the Shopify product CSV that are understood, under their older and newer names, and the one of ours: `Price / USD` states a further currency.
 * Others, such as `Google Shopping / …`, are ignored.
 *
 * @see https://help.shopify.com/en/manual/products/import-export/using-csv
 */
import { type Currency, currencies } from '../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';

const columnNames = [
  'Handle',
  'Title',
  'Body (HTML)',
  'Vendor',
  'Type',
  'Tags',
  'Published',
  'Status',
  'Option1 Name',
  'Option1 Value',
  'Option2 Name',
  'Option2 Value',
  'Option3 Name',
  'Option3 Value',
  'Variant SKU',
  'Variant Grams',
  'Variant Inventory Tracker',
  'Variant Inventory Qty',
  'Variant Inventory Policy',
  'Variant Price',
  'Variant Compare At Price',
  'Variant Requires Shipping',
  'Variant Taxable',
  'Variant Barcode',
  'Variant Image',
  'Image Src',
  'Image Position',
  'Image Alt Text',
  'SEO Title',
  'SEO Description',
] as const;
export type ColumnName = (typeof columnNames)[number];

/** What the columns are called in Shopify's template since 2025, where that is more than another letter case. */
const newerNames: Readonly<Record<string, ColumnName>> = {
  'url handle': 'Handle',
  description: 'Body (HTML)',
  'published on online store': 'Published',
  sku: 'Variant SKU',
  barcode: 'Variant Barcode',
  price: 'Variant Price',
  'compare-at price': 'Variant Compare At Price',
  'charge tax': 'Variant Taxable',
  'inventory tracker': 'Variant Inventory Tracker',
  'inventory quantity': 'Variant Inventory Qty',
  'continue selling when out of stock': 'Variant Inventory Policy',
  'weight value (grams)': 'Variant Grams',
  'requires shipping': 'Variant Requires Shipping',
  'product image url': 'Image Src',
  'variant image url': 'Variant Image',
};

/** Without these a file cannot be a list of products. */
const requiredColumns: readonly ColumnName[] = ['Handle', 'Title', 'Variant Price'];

export interface Columns {
  /** How many cells each row has. */
  readonly width: number;
  /** The place of each known column that the file has. */
  readonly places: ReadonlyMap<ColumnName, number>;
  readonly prices: readonly { readonly currency: Currency; readonly name: string; readonly place: number }[];
}

export interface HeaderFault {
  readonly code: 'unknown-header';
  readonly column: string;
  readonly detail: string;
}

/** Finds the columns in the header, whatever their order and case. A newer name counts where the older one is not there. */
export function readHeader(cells: readonly string[]): Result<Columns, HeaderFault> {
  const written = new Set(cells.map((cell) => cell.trim().toLowerCase()));
  const newer = Object.entries(newerNames).filter(([, known]) => !written.has(known.toLowerCase()));
  const byName = new Map<string, ColumnName>([
    ...columnNames.map((name) => [name.toLowerCase(), name] as const),
    ...newer,
  ]);
  const places = new Map<ColumnName, number>();
  const prices: { currency: Currency; name: string; place: number }[] = [];
  for (const [place, cell] of cells.entries()) {
    const name = cell.trim();
    const known = byName.get(name.toLowerCase());
    if (known !== undefined) {
      if (places.has(known))
        return refuse({ code: 'unknown-header', column: known, detail: `The column "${known}" is there twice.` });
      places.set(known, place);
    }
    const wanted = /^price \/ ([a-z]{3})$/i.exec(name)?.[1]?.toUpperCase();
    const currency = currencies.find((candidate) => candidate === wanted);
    if (currency !== undefined) prices.push({ currency, name, place });
  }
  const missing = requiredColumns.find((name) => !places.has(name));
  if (missing !== undefined) {
    const hint = cells.length === 1 && /[;\t]/.test(cells[0] ?? '') ? ' Columns are separated by commas.' : '';
    return refuse({ code: 'unknown-header', column: missing, detail: `The column "${missing}" is missing.${hint}` });
  }
  return accept({ width: cells.length, places, prices });
}
