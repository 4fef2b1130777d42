/**
 * The columns of the Shopify product CSV that are understood, under their older, newer and translated names, and the one of ours:
 * `Price / USD` states a further currency. Others, such as those of metafields and `Google Shopping / …`, are kept as metafields.
 *
 * @see https://help.shopify.com/en/manual/products/import-export/using-csv
 */
import { separatorHint } from '../../../shared/values/csv-header.ts';
import { type Currency, currencies } from '../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import { isForeign, type MetafieldColumn, metafieldColumns } from './shopify-metafields.ts';
import { type ColumnName, columnNames, newerNames } from './shopify-names.ts';
import { optionColumn, translatedNames } from './shopify-translations.ts';

export type { ColumnName } from './shopify-names.ts';

/** Without these a file cannot be a list of products. The handle of a product that states none is made from its title. */
const requiredColumns: readonly ColumnName[] = ['Title', 'Variant Price'];

export interface Columns {
  /** How many cells each row has. */
  readonly width: number;
  /** The place of each known column that the file has. */
  readonly places: ReadonlyMap<ColumnName, number>;
  /** What the file itself calls the known columns that it has, by their older names. */
  readonly written: ReadonlyMap<string, string>;
  readonly prices: readonly { readonly currency: Currency; readonly name: string; readonly place: number }[];
  readonly metafields: readonly MetafieldColumn[];
  /** Columns of a file in another language that are not known: what they say may be something that the shop has a field for. */
  readonly unread: readonly string[];
}

export interface HeaderFault {
  readonly code: 'unknown-header';
  readonly column: string;
  readonly detail: string;
}

/** Finds the columns in the header, whatever their order and case. A newer name counts where the older one is not there. */
export function readHeader(cells: readonly string[]): Result<Columns, HeaderFault> {
  const keys = new Set(cells.map(columnKey));
  const otherwise = [...Object.entries(translatedNames), ...Object.entries(newerNames)];
  const newer = otherwise.filter(([, known]) => !keys.has(known.toLowerCase()));
  const byName = new Map<string, ColumnName>([
    ...columnNames.map((name) => [name.toLowerCase(), name] as const),
    ...newer,
  ]);
  const places = new Map<ColumnName, number>();
  const prices: { currency: Currency; name: string; place: number }[] = [];
  const others: { name: string; place: number }[] = [];
  for (const [place, cell] of cells.entries()) {
    const name = cell.trim();
    const option = optionColumn(columnKey(cell));
    const known =
      byName.get(columnKey(cell)) ?? (option === undefined || keys.has(option.toLowerCase()) ? undefined : option);
    if (known !== undefined) {
      if (places.has(known))
        return refuse({ code: 'unknown-header', column: known, detail: `The column "${known}" is there twice.` });
      places.set(known, place);
    }
    const wanted = /^price \/ ([a-z]{3})$/i.exec(name)?.[1]?.toUpperCase();
    const currency = currencies.find((candidate) => candidate === wanted);
    if (currency !== undefined) prices.push({ currency, name, place });
    else if (known === undefined) others.push({ name, place });
  }
  const missing = requiredColumns.find((name) => !places.has(name));
  if (missing !== undefined) {
    const detail = `The column "${missing}" is missing.${separatorHint(cells.join(','))}`;
    return refuse({ code: 'unknown-header', column: missing, detail });
  }
  const written = new Map([...places].map(([known, place]) => [known, (cells[place] ?? '').trim()]));
  const metafields = metafieldColumns(others);
  const isTranslated = [...keys].some((key) => Object.hasOwn(translatedNames, key));
  const unread = isTranslated ? metafields.filter(isForeign).map(({ name }) => name) : [];
  return accept({ width: cells.length, places, written, prices, metafields, unread });
}

/** Whatever the letter case, and the apostrophe that a keyboard or a typesetter writes. */
const columnKey = (cell: string) => cell.trim().normalize('NFC').toLowerCase().replaceAll('’', "'");
