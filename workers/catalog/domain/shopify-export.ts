/**
 * Products as rows of the file that imports read: a file that is imported again changes nothing. What a row cannot say (sizes
 * of images) stays with the product.
 */

import type { Metafield } from '../../../shared/values/metafields.ts';
import { type Currency, formatDecimal, type Money } from '../../../shared/values/money.ts';
import { tagsCell } from './as-written.ts';
import { bundleCell } from './bundle-cells.ts';
import { defaultShippingProfile, type Product, standardTaxClass, stockUnitOf, type Variant } from './product.ts';

type Cell = string | number;
type Row = Readonly<Record<string, Cell>>;

/** A metafield that some product or variant has. */
export interface FieldColumn {
  readonly owner: 'product' | 'variant';
  readonly namespace: string;
  readonly key: string;
  /** Null where it has several. */
  readonly type: string | null;
}

const columns = [
  ...['Handle', 'Title', 'Body (HTML)', 'Vendor', 'Type', 'Tags', 'Published', 'Status', 'Gift Card'],
  ...['Option1 Name', 'Option1 Value', 'Option2 Name', 'Option2 Value', 'Option3 Name', 'Option3 Value'],
  ...['Variant SKU', 'Variant Grams', 'Variant Inventory Tracker', 'Variant Inventory Qty', 'Variant Inventory Policy'],
  ...['Variant Price', 'Variant Price Currency', 'Variant Compare At Price', 'Variant Requires Shipping'],
  ...['Variant Taxable', 'Variant Barcode', 'Variant Image', 'Image Src', 'Image Position', 'Image Alt Text'],
  ...['SEO Title', 'SEO Description', 'Bundle components', 'Tax class', 'Shipping profile'],
] as const;

const priceColumn = (currency: Currency) => `Price / ${currency}`;

function fieldColumn({ owner, namespace, key, type }: FieldColumn): string {
  const suffix = type === null || type === 'single_line_text_field' ? '' : ` [${type}]`;
  return `${key} (${owner}.metafields.${namespace}.${key})${suffix}`;
}

/** The metafields that products and their variants have, added to those that are known. */
export function collectFields(products: readonly Product[], known: Map<string, FieldColumn>): void {
  const note = (owner: FieldColumn['owner'], { namespace, key, type }: Metafield) => {
    const name = `${owner}.${namespace}.${key}`;
    const before = known.get(name);
    known.set(name, { owner, namespace, key, type: before === undefined || before.type === type ? type : null });
  };
  for (const { metafields = [], variants } of products) {
    for (const field of metafields) note('product', field);
    for (const variant of variants) for (const field of variant.metafields ?? []) note('variant', field);
  }
}

export function exportHeader(fields: readonly FieldColumn[], currencies: readonly Currency[]): string[] {
  return [...columns, ...currencies.map(priceColumn), ...fields.map(fieldColumn)];
}

/** The stock units of a product that are counted: what nobody counts has no quantity, and a bundle none of its own. */
export function countedUnits({ variants }: Product): string[] {
  return variants.flatMap((variant) => (isCounted(variant) ? [stockUnitOf(variant.id)] : []));
}

const isCounted = ({ tracked, components }: Variant) => tracked !== false && components === undefined;

/** What rows say that is not in the product itself. */
interface Surroundings {
  /** What is there of each stock unit at the place whose stock imports set, promised or not. */
  readonly onHand: ReadonlyMap<string, number>;
  /** The SKUs of variants of which bundles are made, by variant id. */
  readonly skus: ReadonlyMap<string, string>;
  /** The addresses that files call other products by. */
  readonly othersNames: ReadonlySet<string>;
  readonly fields: readonly FieldColumn[];
}

/**
 * What a file calls a product: as the last one did, else its address. Where that names another product in files, its id, so that
 * their rows never become one product.
 */
const nameIn = ({ importHandle, handle, id }: Product, { othersNames }: Surroundings) =>
  importHandle ?? (othersNames.has(handle) ? id : handle);

/** The rows of a product: one per variant, and one for each image that is left. */
export function exportRows(product: Product, around: Surroundings): Row[] {
  const { variants, images } = product;
  const name = nameIn(product, around);
  return Array.from({ length: Math.max(variants.length, images.length) }, (_, index): Row => {
    const variant = variants[index];
    const image = images[index];
    return {
      Handle: name,
      ...(index === 0 ? describedIn(product, around.fields) : {}),
      ...(variant === undefined ? {} : variantIn(product, variant, around)),
      ...(image === undefined
        ? {}
        : { 'Image Src': image.url, 'Image Position': index + 1, 'Image Alt Text': image.altText ?? '' }),
    };
  });
}

function describedIn(product: Product, fields: readonly FieldColumn[]): Row {
  const { title, descriptionHtml, vendor, type, tags, status, seo, options } = product;
  return {
    ...{ Title: title, 'Body (HTML)': descriptionHtml, Vendor: vendor, Type: type, Tags: tagsCell(tags) },
    ...{ Published: flag(status === 'active'), Status: status, 'Gift Card': flag(product.isGiftCard === true) },
    ...{ 'SEO Title': seo?.title ?? '', 'SEO Description': seo?.description ?? '' },
    ...Object.fromEntries(options.map(({ name }, index) => [`Option${index + 1} Name`, name])),
    ...fieldsIn('product', product.metafields, fields),
  };
}

function variantIn(product: Product, variant: Variant, { onHand, skus, fields }: Surroundings): Row {
  const [own, ...others] = variant.prices;
  const { compareAtPrice, optionValues, components = [] } = variant;
  const { taxClass = standardTaxClass, shippingProfile = defaultShippingProfile } = variant;
  const made = components.map(({ variantId, quantity }) => ({ sku: skus.get(variantId) ?? '', quantity }));
  const isSame = compareAtPrice !== null && compareAtPrice.currency === own?.currency;
  return {
    ...Object.fromEntries(
      product.options.map(({ name }, index) => [
        `Option${index + 1} Value`,
        optionValues.find((chosen) => chosen.name === name)?.value ?? '',
      ]),
    ),
    ...{ 'Variant SKU': variant.sku, 'Variant Grams': variant.weightGrams },
    ...{ 'Variant Inventory Tracker': isCounted(variant) ? 'shopify' : '' },
    ...{
      'Variant Inventory Qty': onHand.get(stockUnitOf(variant.id)) ?? '',
      'Variant Inventory Policy': variant.policy,
    },
    ...{ 'Variant Price': decimal(own), 'Variant Price Currency': own?.currency ?? '' },
    ...{ 'Variant Compare At Price': isSame ? decimal(compareAtPrice) : '' },
    ...{ 'Variant Requires Shipping': flag(variant.requiresShipping), 'Variant Taxable': flag(variant.taxable) },
    ...{ 'Variant Barcode': variant.barcode ?? '', 'Variant Image': variant.imageUrl ?? '' },
    ...{ 'Bundle components': bundleCell(made), 'Tax class': taxClass, 'Shipping profile': shippingProfile },
    ...Object.fromEntries(others.map((price) => [priceColumn(price.currency), decimal(price)])),
    ...fieldsIn('variant', variant.metafields, fields),
  };
}

function fieldsIn(owner: FieldColumn['owner'], own: readonly Metafield[] = [], fields: readonly FieldColumn[]): Row {
  const values = new Map(own.map(({ namespace, key, value }) => [`${namespace}.${key}`, value]));
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = field.owner === owner ? values.get(`${field.namespace}.${field.key}`) : undefined;
      return value === undefined ? [] : [[fieldColumn(field), value] as const];
    }),
  );
}

const flag = (isTrue: boolean) => (isTrue ? 'TRUE' : 'FALSE');
const decimal = (price: Money | undefined | null) => (price ? formatDecimal(price.amount, price.currency) : '');
