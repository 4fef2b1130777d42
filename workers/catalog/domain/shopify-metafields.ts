/**
 * The columns of a file that the shop has no field for: Shopify's metafields by the names they have there, and every other one
 * under a name made from its own, so that nothing of a file is lost. What no storefront asked for is shown to merchants only.
 */
import type { ImportFault } from '../../../shared/contracts/catalog/imports.ts';
import { type Metafield, metafieldsMax, metafieldValueMax } from '../../../shared/values/metafields.ts';

interface FileRow {
  readonly cells: readonly string[];
}

export interface MetafieldColumn {
  readonly place: number;
  readonly name: string;
  /**
   * `variant` for what each variant has of its own, such as its cost. Null where nobody says whose it is: the variants' where
   * their rows differ in it, and else the product's.
   */
  readonly owner: 'product' | 'variant' | null;
  /** Whether the column itself names its metafield, and with it the owner. */
  readonly isNamed: boolean;
  readonly namespace: string;
  readonly key: string;
  readonly type: string | null;
}

/** Columns of which every variant has its own, in Shopify's templates and their translations; `variant …` is such in any case. */
const variantColumns: readonly RegExp[] = [
  /^variant\b/,
  /^(?:cost per item|kosten pro artikel|coût par (?:article|objet)|costo? por art[íi]culo|商品原価)$/,
  /^(?:price|compare-at price|compare at price) \/ /,
  /\b(?:mpn|gtin|ean|upc|isbn)\b/,
  /^(?:tax code|unit price .*|weight value .*|(?:hs|harmonized system) code|country (?:code )?of origin)$/,
  /^google shopping \/ (?:condition|custom label \d|size system|size type)$/,
];

/** Whether a column is neither a metafield by its name nor one of Google's. */
export const isForeign = ({ isNamed, namespace }: MetafieldColumn) => !isNamed && namespace === otherNamespace;

/** What a file says of one metafield; an empty text takes it away. */
export interface WrittenField extends Omit<Metafield, 'type'> {
  readonly type: string | null;
}

const otherNamespace = 'private-import';
const googleNamespace = 'mm-google-shopping';

/** Say how things were shown or handled elsewhere, and nothing of the product. */
const idleColumns: ReadonlySet<string> = new Set([
  'variant weight unit',
  'weight unit for display',
  'variant fulfillment service',
  'fulfillment service',
]);

/** @param columns those that the shop has no field for */
export function metafieldColumns(
  columns: readonly { readonly name: string; readonly place: number }[],
): MetafieldColumn[] {
  const seen = new Set<string>();
  return columns.flatMap(({ name, place }) => {
    if (name === '' || idleColumns.has(name.toLowerCase())) return [];
    const named = namedMetafield(name);
    let { key } = named;
    for (let number = 2; seen.has(`${named.owner} ${named.namespace} ${key}`); number += 1)
      key = `${named.key}-${number}`;
    seen.add(`${named.owner} ${named.namespace} ${key}`);
    return [{ place, name, ...named, key }];
  });
}

function namedMetafield(name: string): Omit<MetafieldColumn, 'place' | 'name'> {
  const [, owner, namespace, key, type = null] =
    /(?:^|\()(product|variant)\.metafields\.([\w-]{1,64})\.([\w-]{1,64})\)?(?:\s*\[([a-z_.]+)\])?$/i.exec(name) ?? [];
  if (owner !== undefined && namespace !== undefined && key !== undefined)
    return { owner: owner.toLowerCase() === 'variant' ? 'variant' : 'product', isNamed: true, namespace, key, type };
  const isOfVariants = variantColumns.some((column) => column.test(name.normalize('NFC').toLowerCase()));
  const unnamed = { owner: isOfVariants ? ('variant' as const) : null, isNamed: false, type: null };
  const google = /^google shopping \/ (.+)$/i.exec(name)?.[1];
  return google === undefined
    ? { ...unnamed, namespace: otherNamespace, key: keyOf(name, '-') }
    : { ...unnamed, namespace: googleNamespace, key: keyOf(google, '_') };
}

/** Letters of other scripts have no place in a key: what is left of the name, and its code points where nothing is. */
function keyOf(name: string, separator: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .toLowerCase();
  const key = plain === '' ? [...name].map((letter) => letter.codePointAt(0)?.toString(16)).join(' ') : plain;
  return key.replaceAll(' ', separator).slice(0, 60);
}

/**
 * What the rows of a product say, of it and of each of its variants. An empty text is said as well, so that a value that has
 * moved from the product to its variants is not left behind.
 */
export function writtenFields(
  first: FileRow,
  variantRows: readonly FileRow[],
  columns: readonly MetafieldColumn[],
): { readonly product: WrittenField[]; readonly variants: WrittenField[][] } {
  const valueIn = ({ cells }: FileRow, { place }: MetafieldColumn) => (cells[place] ?? '').trim();
  const fieldOf = ({ namespace, key, type }: MetafieldColumn, value: string): WrittenField => ({
    namespace,
    key,
    type,
    value,
  });
  // A first row that is no variant describes the product, whatever the column is made for.
  const isVariant = variantRows.includes(first);
  const ofVariants = new Set(
    columns.filter((column) =>
      column.owner === null
        ? variantRows.some((row) => !['', valueIn(first, column)].includes(valueIn(row, column)))
        : column.owner === 'variant',
    ),
  );
  const saidOf = (owner: 'product' | 'variant', column: MetafieldColumn) => !column.isNamed || column.owner === owner;
  return {
    product: columns
      .filter((column) => saidOf('product', column))
      .map((column) => fieldOf(column, isVariant && ofVariants.has(column) ? '' : valueIn(first, column))),
    variants: variantRows.map((row) =>
      columns
        .filter((column) => saidOf('variant', column))
        .map((column) => fieldOf(column, ofVariants.has(column) ? valueIn(row, column) : '')),
    ),
  };
}

/** The metafields after a file has said what it says; those that it does not name stay. */
export function mergedFields(before: readonly Metafield[] = [], written: readonly WrittenField[]): Metafield[] {
  const nameOf = ({ namespace, key }: Pick<Metafield, 'namespace' | 'key'>) => `${namespace}.${key}`;
  const said = new Map(written.map((field) => [nameOf(field), field]));
  const known = new Set(before.map(nameOf));
  const kept = before.flatMap((field) => {
    const now = said.get(nameOf(field));
    // A cell shows neither that a text is empty nor the spaces around it.
    if (now === undefined || now.value === field.value.trim()) return [{ ...field, type: now?.type ?? field.type }];
    return now.value === '' ? [] : [{ ...field, value: now.value, type: now.type ?? field.type }];
  });
  const added = written.flatMap((field) => (field.value === '' || known.has(nameOf(field)) ? [] : [typed(field)]));
  return [...kept, ...added];
}

function typed({ namespace, key, type, value }: WrittenField): Metafield {
  const usual = /[\r\n]/.test(value) ? 'multi_line_text_field' : 'single_line_text_field';
  return { namespace, key, type: type ?? usual, value };
}

/** What cannot be kept of the columns of a row, which then is left out. */
export function keepable(
  fields: readonly WrittenField[],
  line: number,
  faults: Readonly<Omit<ImportFault, 'handle'>>[],
): WrittenField[] {
  const filled = fields.filter(({ value }) => value !== '');
  const extra = new Set(filled.slice(metafieldsMax));
  return fields.filter((field) => {
    const isLong = field.value.length > metafieldValueMax;
    if (!isLong && !extra.has(field)) return true;
    const reason = isLong
      ? `"${field.key}" has more than ${metafieldValueMax} characters and is left out.`
      : `"${field.key}" is left out: a product keeps at most ${metafieldsMax} further columns.`;
    faults.push({ line, column: field.key, severity: 'adjusted', reason });
    return false;
  });
}
