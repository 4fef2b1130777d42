/**
 * The public operations of the catalog: what storefronts browse and what merchants edit. The same schemas check input,
 * describe the answers in the OpenAPI document, and check the rows of an imported file.
 */
import * as z from 'zod';
import { operation } from '../http/operation.ts';
import { Cursor, Page, PageLimit } from '../http/pagination.ts';
import { Id } from '../values/ids.ts';
import { Currency, Money, Price } from '../values/money.ts';
import { StockQuantity } from '../values/quantity.ts';
import { Country, filledText, Handle, Sku, text } from '../values/text.ts';
import { Timestamp } from '../values/time.ts';
import { Collection, CollectionPatch, NewCollection } from './catalog-collections.ts';

/** The most of each list inside one product. They keep a product's row far below the 2 MB that D1 stores. */
export const productLimits = {
  options: 3,
  optionValues: 100,
  variants: 250,
  tags: 250,
  images: 100,
  pricesPerVariant: 20,
  descriptionCharacters: 65_536,
} as const;

export const ProductStatus = z.enum(['active', 'draft', 'archived']);
export const StockPolicy = z.enum(['deny', 'continue']);
export const WebUrl = z.url({ protocol: /^https?$/, error: 'An absolute http or https address.' }).max(2_000);
const OptionName = filledText(50);
const OptionValue = filledText(255);

const OptionInput = z.strictObject({
  name: OptionName,
  /** May be left out: then the values are those of the variants, in their order. */
  values: z.array(OptionValue).min(1).max(productLimits.optionValues).optional(),
});

const ImageInput = z.strictObject({
  id: Id('image').optional(),
  url: WebUrl,
  altText: text(1_000).nullable().optional(),
  width: z.int().min(1).max(100_000).nullable().optional(),
  height: z.int().min(1).max(100_000).nullable().optional(),
});

const Seo = z.strictObject({ title: text(255).nullable(), description: text(1_000).nullable() });

/** A variant inside a PATCH: matched by id, then SKU, then option values; what is left out stays as it was. */
export const VariantPatch = z.strictObject({
  id: Id('variant').optional(),
  sku: Sku.optional(),
  /** The chosen value per option, as in `{ "Size": "M" }`. */
  options: z.record(OptionName, OptionValue).optional(),
  price: Price.optional(),
  /** Further currencies. */
  prices: z.array(Price).max(productLimits.pricesPerVariant).optional(),
  compareAtPrice: Price.nullable().optional(),
  weightGrams: z.int().min(0).max(100_000_000).optional(),
  /** Opening stock of a new variant. Existing stock changes through the inventory. */
  quantity: StockQuantity.optional(),
  /** `continue` sells on when nothing is left (backorder). */
  policy: StockPolicy.optional(),
  barcode: text(100).nullable().optional(),
  imageUrl: WebUrl.nullable().optional(),
  taxable: z.boolean().optional(),
  requiresShipping: z.boolean().optional(),
});
export type VariantPatch = z.infer<typeof VariantPatch>;

export const ProductPatch = z.strictObject({
  handle: Handle.optional(),
  title: filledText(255).optional(),
  descriptionHtml: text(productLimits.descriptionCharacters).optional(),
  vendor: text(255).optional(),
  type: text(255).optional(),
  tags: z.array(filledText(255)).max(productLimits.tags).optional(),
  status: ProductStatus.optional(),
  options: z.array(OptionInput).max(productLimits.options).optional(),
  variants: z.array(VariantPatch).min(1).max(productLimits.variants).optional(),
  images: z.array(ImageInput).max(productLimits.images).optional(),
  seo: Seo.nullable().optional(),
});
export type ProductPatch = z.infer<typeof ProductPatch>;

export const NewProduct = ProductPatch.extend({
  title: filledText(255),
  variants: z
    .array(VariantPatch.omit({ id: true }).extend({ price: Price }))
    .min(1)
    .max(productLimits.variants),
});

export const Product = z.strictObject({
  id: Id('product'),
  handle: z.string(),
  title: z.string(),
  descriptionHtml: z.string(),
  vendor: z.string(),
  type: z.string(),
  tags: z.array(z.string()),
  /** Shown to merchants only; storefronts see active products only. */
  status: ProductStatus.optional(),
  options: z.array(z.strictObject({ name: z.string(), values: z.array(z.string()) })),
  variants: z.array(
    z.strictObject({
      id: Id('variant'),
      sku: z.string(),
      title: z.string(),
      optionValues: z.array(z.strictObject({ name: z.string(), value: z.string() })),
      /** In the chosen currency, or the first one of the product. */
      price: Money,
      compareAtPrice: Money.nullable(),
      prices: z.array(Money),
      availableForSale: z.boolean(),
      /** What could be sold at `availability.asOf`; a hold at checkout decides. */
      available: z.int(),
      weightGrams: z.int(),
      imageUrl: z.string().nullable(),
      barcode: z.string().nullable(),
      policy: StockPolicy,
      taxable: z.boolean(),
      requiresShipping: z.boolean(),
    }),
  ),
  images: z.array(
    z.strictObject({
      id: Id('image'),
      url: z.string(),
      altText: z.string().nullable(),
      width: z.int().nullable(),
      height: z.int().nullable(),
    }),
  ),
  priceRange: z.strictObject({ min: Money, max: Money }),
  availableForSale: z.boolean(),
  availability: z.strictObject({ asOf: Timestamp }),
  seo: Seo.nullable(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  version: z.int(),
});

const ImportFault = z.strictObject({
  /** The physical line in the file; the header is line 1. */
  line: z.int(),
  column: z.string().nullable(),
  handle: z.string(),
  /** `rejected`: the product was not imported because of it. `adjusted`: it was, after the change that the reason names. */
  severity: z.enum(['rejected', 'adjusted']),
  reason: z.string(),
});

const Import = z.strictObject({
  id: Id('import'),
  status: z.enum(['running', 'done', 'failed']),
  startedAt: Timestamp,
  heartbeatAt: Timestamp,
  finishedAt: Timestamp.nullable(),
  rowsTotal: z.int(),
  rows: z.int(),
  rowsRejected: z.int(),
  products: z.strictObject({ created: z.int(), updated: z.int(), unchanged: z.int(), rejected: z.int() }),
  faultsTotal: z.int(),
  /** Why it failed, when it did. */
  error: z.string().nullable(),
});
export type Import = z.infer<typeof Import>;
export type ImportFault = z.infer<typeof ImportFault>;

const ImportReport = Import.extend({
  /** A page of what was rejected or adjusted, in the order of the file. */
  faults: z.array(ImportFault),
  next: z.string().nullable(),
});

const ProductKey = z.strictObject({ product: z.string().min(1).max(200) });
const CollectionKey = z.strictObject({ collection: z.string().min(1).max(200) });
const ImportKey = z.strictObject({ importId: Id('import') });

/** Which price is shown. A country stands for its own currency; an explicit currency wins. */
const Shopper = z.strictObject({ country: Country.optional(), currency: Currency.optional() });

export const productSorts = ['title', 'price', '-price', 'newest', 'manual'] as const;
export type ProductSort = (typeof productSorts)[number];

export const listProducts = operation({
  id: 'listProducts',
  method: 'GET',
  path: '/v1/products',
  summary: 'Products that are for sale',
  query: Shopper.extend({
    limit: PageLimit,
    cursor: Cursor,
    /** Id or handle. */
    collection: z.string().min(1).max(200).optional(),
    /** `manual` is the order of a collection and its default; otherwise the default is `title`. */
    sort: z.enum(productSorts).optional(),
  }),
  answer: Page(Product),
  status: 200,
  refusals: ['not-found', 'invalid-cursor'],
});

export const readProduct = operation({
  id: 'readProduct',
  method: 'GET',
  path: '/v1/products/:product',
  summary: 'One product by id or handle',
  params: ProductKey,
  query: Shopper,
  answer: Product,
  status: 200,
  refusals: ['not-found'],
});

export const listCollections = operation({
  id: 'listCollections',
  method: 'GET',
  path: '/v1/collections',
  summary: 'Collections of products',
  query: z.strictObject({ limit: PageLimit, cursor: Cursor }),
  answer: Page(Collection),
  status: 200,
  refusals: ['invalid-cursor'],
});

export const readCollection = operation({
  id: 'readCollection',
  method: 'GET',
  path: '/v1/collections/:collection',
  summary: 'One collection by id or handle',
  params: CollectionKey,
  answer: Collection,
  status: 200,
  refusals: ['not-found'],
});

export const listAllProducts = operation({
  id: 'listAllProducts',
  method: 'GET',
  path: '/admin/v1/products',
  summary: 'Every product, newest first',
  query: z.strictObject({ limit: PageLimit, cursor: Cursor, status: ProductStatus.optional() }),
  answer: Page(Product),
  status: 200,
  refusals: ['invalid-cursor'],
});

export const createProduct = operation({
  id: 'createProduct',
  method: 'POST',
  path: '/admin/v1/products',
  summary: 'Create a product with its variants and their opening stock',
  body: NewProduct,
  answer: Product,
  status: 201,
  refusals: ['handle-taken', 'sku-taken', 'invalid-options'],
  idempotency: 'optional',
});

export const readAnyProduct = operation({
  id: 'readAnyProduct',
  method: 'GET',
  path: '/admin/v1/products/:product',
  summary: 'One product of any status',
  params: ProductKey,
  answer: Product,
  status: 200,
  refusals: ['not-found'],
});

export const editProduct = operation({
  id: 'editProduct',
  method: 'PATCH',
  path: '/admin/v1/products/:product',
  summary: 'Change a product; lists are replaced as a whole',
  params: ProductKey,
  body: ProductPatch,
  answer: Product,
  status: 200,
  refusals: ['not-found', 'precondition-failed', 'handle-taken', 'sku-taken', 'invalid-options'],
  idempotency: 'optional',
});

export const deleteProduct = operation({
  id: 'deleteProduct',
  method: 'DELETE',
  path: '/admin/v1/products/:product',
  summary: 'Delete a product',
  params: ProductKey,
  answer: z.null(),
  status: 204,
  refusals: ['not-found', 'precondition-failed'],
});

export const listAllCollections = operation({
  id: 'listAllCollections',
  method: 'GET',
  path: '/admin/v1/collections',
  summary: 'Collections with their rules',
  query: z.strictObject({ limit: PageLimit, cursor: Cursor }),
  answer: Page(Collection),
  status: 200,
  refusals: ['invalid-cursor'],
});

export const createCollection = operation({
  id: 'createCollection',
  method: 'POST',
  path: '/admin/v1/collections',
  summary: 'Create a collection from a list of products or from rules',
  body: NewCollection,
  answer: Collection,
  status: 201,
  refusals: ['handle-taken', 'unknown-product'],
  idempotency: 'optional',
});

export const readAnyCollection = operation({
  id: 'readAnyCollection',
  method: 'GET',
  path: '/admin/v1/collections/:collection',
  summary: 'One collection with its rules',
  params: CollectionKey,
  answer: Collection,
  status: 200,
  refusals: ['not-found'],
});

export const editCollection = operation({
  id: 'editCollection',
  method: 'PATCH',
  path: '/admin/v1/collections/:collection',
  summary: 'Change a collection, its rules or its products',
  params: CollectionKey,
  body: CollectionPatch,
  answer: Collection,
  status: 200,
  refusals: ['not-found', 'precondition-failed', 'handle-taken', 'unknown-product'],
  idempotency: 'optional',
});

export const deleteCollection = operation({
  id: 'deleteCollection',
  method: 'DELETE',
  path: '/admin/v1/collections/:collection',
  summary: 'Delete a collection; its products stay',
  params: CollectionKey,
  answer: z.null(),
  status: 204,
  refusals: ['not-found', 'precondition-failed'],
});

export const createImport = operation({
  id: 'createImport',
  method: 'POST',
  path: '/admin/v1/imports',
  summary: 'Import products from a CSV file in the Shopify format',
  bodyType: 'text/csv',
  query: z.strictObject({
    /** Opening stock of new variants whose row states none. */
    openingStock: z
      .string()
      .regex(/^\d{1,10}$/, { error: 'A whole number.' })
      .transform(Number)
      .pipe(StockQuantity)
      .default(0),
    currency: Currency.default('EUR'),
  }),
  answer: ImportReport,
  status: 201,
  refusals: ['malformed-csv', 'import-running', 'content-too-large', 'unsupported-media-type'],
  idempotency: 'optional',
});

export const listImports = operation({
  id: 'listImports',
  method: 'GET',
  path: '/admin/v1/imports',
  summary: 'Imports, newest first',
  query: z.strictObject({ limit: PageLimit, cursor: Cursor }),
  answer: Page(Import),
  status: 200,
  refusals: ['invalid-cursor'],
});

export const readImport = operation({
  id: 'readImport',
  method: 'GET',
  path: '/admin/v1/imports/:importId',
  summary: 'One import and a page of its report',
  params: ImportKey,
  query: z.strictObject({ limit: PageLimit, cursor: Cursor }),
  answer: ImportReport,
  status: 200,
  refusals: ['not-found', 'invalid-cursor'],
});

export const catalogOperations = [
  listProducts,
  readProduct,
  listCollections,
  readCollection,
  listAllProducts,
  createProduct,
  readAnyProduct,
  editProduct,
  deleteProduct,
  listAllCollections,
  createCollection,
  readAnyCollection,
  editCollection,
  deleteCollection,
  createImport,
  listImports,
  readImport,
];
